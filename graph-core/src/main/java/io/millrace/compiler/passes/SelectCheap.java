package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Cost;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes all branches of a choice and selects, where they are a few element-wise functions of
 * little: that costs less than to choose, most of all where the host would have to, and can be
 * fused.
 */
final class SelectCheap implements Pass {
  /** Operations and bytes, of all branches together. */
  private static final long CHEAP = 4096;

  @Override
  public String name() {
    return "select-cheap";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Control.Choose choose && isCheap(choose)) {
        select(rewrite, ControlParts.of(instruction), choose);
      } else {
        rewrite.add(instruction);
      }
    }
    return rewrite.build();
  }

  private static boolean isCheap(Control.Choose choose) {
    Cost all = choose.branches().stream().map(Program::cost).reduce(Cost.NOTHING, Cost::plus);
    return !choose.mayFail()
        && all.flops() + all.read() + all.written() <= CHEAP
        && choose.branches().stream()
            .flatMap(b -> b.instructions().stream())
            .allMatch(i -> i.primitive() instanceof Primitive.Map || i.primitive().isPlace());
  }

  private static void select(Rewrite rewrite, ControlParts parts, Control.Choose choose) {
    List<List<Value>> results =
        choose.branches().stream().map(b -> Branches.inline(rewrite, parts, b)).toList();
    List<Value> outputs = parts.instruction().outputs();
    for (int i = 0; i < outputs.size(); i++) {
      int position = i;
      List<Value> values = results.stream().map(r -> r.get(position)).toList();
      if (values.stream().distinct().count() == 1) {
        rewrite.replace(outputs.get(i), values.get(0));
      } else {
        rewrite.add(selection(parts, values, outputs.get(i)));
      }
    }
  }

  /** Returns what gives the value of the branch that the index stands for. */
  private static Instruction selection(ControlParts parts, List<Value> values, Value output) {
    Shape domain = output.type().shape();
    ScalarBuilder builder = new ScalarBuilder();
    Scalar index = builder.parameter(DType.INT32);
    List<Scalar> elements =
        values.stream().map(v -> builder.parameter(output.type().dtype())).toList();
    int last = values.size() - 1;
    Scalar selected = elements.get(last);
    for (int i = last - 1; i >= 0; i--) {
      selected = index.eq(index.constant(i)).select(elements.get(i), selected);
    }
    List<Value> operands = new ArrayList<>(List.of(parts.told().get(0)));
    operands.addAll(values);
    List<View> views = new ArrayList<>(List.of(View.broadcast(Shape.of(), domain)));
    values.forEach(v -> views.add(View.dense(domain)));
    return new Instruction(
        new Primitive.Map(builder.build(List.of(selected)), domain, views),
        operands,
        List.of(output),
        parts.instruction().origin());
  }
}
