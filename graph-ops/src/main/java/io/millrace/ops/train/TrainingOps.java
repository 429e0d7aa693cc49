package io.millrace.ops.train;

import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.state.WritingOp;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The steps of the optimizers: operations that change a variable by its gradient. */
public interface TrainingOps extends Building {

  /**
   * One step of a rule: changes the variable that input 0 leads to and the slots beside it.
   *
   * @param option the value of the rule's option; false if it has none
   */
  record ApplyUpdate(UpdateRule rule, boolean option, boolean handle) implements WritingOp {
    @Override
    public String type() {
      return (handle ? "ResourceApply" : "Apply") + rule.name();
    }

    @Override
    public Signature signature() {
      return handle ? rule.byHandles() : rule.signature();
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      int gradient = 1 + rule.inputs().indexOf(rule.inputs(UpdateRule.Role.GRADIENT).get(0));
      Inference in = inputs.dereferenced(inputs.dtype(gradient));
      for (int i = 1; i < in.count(); i++) {
        switch (rule.inputs().get(i - 1).role()) {
          case SLOT -> requireFit(in, "a slot", i);
          case GRADIENT -> requireFit(in, "a gradient", i);
          case SETTING, POWER ->
              in.require(
                  in.shape(i).isCompatibleWith(Shape.scalar()),
                  "input %d must be a scalar, but has shape %s",
                  i,
                  in.shape(i));
        }
      }
      return results(in.type(0));
    }

    private static void requireFit(Inference in, String what, int input) {
      in.require(
          in.shape(0).isCompatibleWith(in.shape(input)),
          "%s of shape %s does not fit a variable of %s",
          what,
          in.shape(input),
          in.shape(0));
    }

    @Override
    public void lower(Lowering to) {
      List<String> names = rule.names();
      Map<String, Value> held = new HashMap<>();
      for (UpdateRule.Assignment assignment : rule.assignments()) {
        int written = names.indexOf(assignment.target());
        Value value =
            value(
                to,
                written < 0 ? Shape.scalar() : to.reference(written).type().shape(),
                assignment,
                name -> held.computeIfAbsent(name, n -> to.input(names.indexOf(n))));
        held.put(assignment.target(), value);
        if (written >= 0) {
          to.write(to.reference(written), value);
        }
      }
      result(to, to.reference(0));
    }

    /** Adds one expression; its operands are what it mentions, in that order. */
    private Value value(
        Lowering to,
        Shape domain,
        UpdateRule.Assignment assignment,
        Function<String, Value> operand) {
      ScalarBuilder builder = new ScalarBuilder();
      Map<String, Scalar> terms = new LinkedHashMap<>();
      Function<String, Scalar> term =
          name ->
              terms.computeIfAbsent(name, n -> builder.parameter(operand.apply(n).type().dtype()));
      Scalar result = assignment.value().apply(new UpdateRule.Terms(term, option));
      List<Value> operands = terms.keySet().stream().map(operand).toList();
      List<View> views =
          operands.stream().map(v -> View.broadcast(v.type().shape(), domain)).toList();
      return to.emit(
          new Primitive.Map(builder.build(List.of(result)), domain, views),
          operands,
          new TensorType(result.type(), domain));
    }

    /** Returns the kind with the attribute that there is. */
    @Override
    public String toString() {
      return type() + rule.option().map(o -> "[" + o.attribute() + "=" + option + "]").orElse("");
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Update update : Update.values()) {
        examples.addAll(examples(update.rule()));
      }
      return examples;
    }

    /** Returns what a rule accepts in each of its forms, and what it refuses. */
    public static List<Example> examples(UpdateRule rule) {
      List<Example> examples = new ArrayList<>();
      for (boolean handle : new boolean[] {false, true}) {
        ApplyUpdate op = new ApplyUpdate(rule, false, handle);
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
          examples.add(accepts(op, dtype));
          rule.option()
              .ifPresent(o -> examples.add(accepts(new ApplyUpdate(rule, true, handle), dtype)));
        }
        for (UpdateRule.Role role : UpdateRule.Role.values()) {
          if (!rule.inputs(role).isEmpty()) {
            examples.add(rejects(op, role));
          }
        }
        examples.add(Example.rejects(op, "takes " + (1 + rule.inputs().size()) + " inputs, not 0"));
      }
      return examples;
    }

    private static Example accepts(ApplyUpdate op, DType dtype) {
      Example example = Example.accepts(op).withVariable(op.handle, -2, 2, dtype, 2, 3);
      for (UpdateRule.Input input : op.rule.inputs()) {
        example =
            switch (input.role()) {
              case SLOT -> example.withVariable(op.handle, 0, 2, dtype, 2, 3);
              case GRADIENT -> example.with(dtype, 2, 3);
              case SETTING, POWER -> example.within(0.1, 0.9, dtype);
            };
      }
      return example;
    }

    /** Returns inputs of shape [2] where a scalar is wanted, or of [3] beside a variable of [2]. */
    private static Example rejects(ApplyUpdate op, UpdateRule.Role role) {
      boolean scalar = role == UpdateRule.Role.SETTING || role == UpdateRule.Role.POWER;
      Example example =
          Example.rejects(op, scalar ? "must be a scalar, but has shape [2]" : " of shape [3] does")
              .withVariable(op.handle, 0, 2, DType.FLOAT32, 2);
      for (UpdateRule.Input input : op.rule.inputs()) {
        boolean wrong = input.role() == role;
        example =
            switch (input.role()) {
              case SLOT -> example.withVariable(op.handle, 0, 2, DType.FLOAT32, wrong ? 3 : 2);
              case GRADIENT -> example.with(DType.FLOAT32, wrong ? 3 : 2);
              case SETTING, POWER ->
                  example.with(DType.FLOAT32, wrong ? new long[] {2} : new long[0]);
            };
      }
      return example;
    }
  }
}
