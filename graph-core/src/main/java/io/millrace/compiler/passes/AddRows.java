package io.millrace.compiler.passes;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.ir.Program;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Adds rows to a tensor where they are: a sum of which a term is zero but for some rows becomes a
 * scatter into the sum of the others. So a loop that adds a row to what it carries in each turn, as
 * gradients of what is read row by row do, touches that row alone.
 */
final class AddRows implements Pass {
  @Override
  public String name() {
    return "add-rows";
  }

  @Override
  public Program apply(Program program) {
    return new Adding(program).apply();
  }

  private static final class Adding {
    private final Program program;
    private final Rewrite rewrite;
    private final Map<Value, Integer> uses = new HashMap<>();
    private final Map<Value, Instruction> producers = new HashMap<>();

    Adding(Program program) {
      this.program = program;
      rewrite = new Rewrite(program);
      RemoveDead.live(
              program.instructions(), program.fetches(), program.updates(), program.checks())
          .forEach(i -> i.inputs().forEach(this::use));
      program.fetches().forEach(this::use);
      program.checks().forEach(this::use);
      program.updates().forEach(u -> use(u.value()));
    }

    private void use(Value value) {
      uses.merge(value, 1, Integer::sum);
    }

    Program apply() {
      for (Instruction old : program.instructions()) {
        Instruction instruction = rewrite.updated(old);
        List<Value> rest = new ArrayList<>();
        List<Deque<Instruction>> rows = new ArrayList<>();
        for (Value term : isSum(instruction) ? instruction.inputs() : List.<Value>of()) {
          Deque<Instruction> scatters = rows(term);
          if (scatters.isEmpty()) {
            rest.add(term);
          } else {
            rows.add(scatters);
          }
        }
        if (rows.isEmpty()) {
          rewrite.add(instruction);
        } else {
          add(instruction, rest, rows);
        }
        instruction.outputs().forEach(o -> producers.put(o, instruction));
      }
      return rewrite.build();
    }

    private void add(Instruction sum, List<Value> rest, List<Deque<Instruction>> rows) {
      if (rest.isEmpty()) {
        rest.add(rows.remove(0).getLast().output());
      }
      Value x = rest.size() == 1 ? rest.get(0) : sum(sum, rest);
      for (Deque<Instruction> scatters : rows) {
        for (Instruction scatter : scatters) {
          List<Value> inputs = new ArrayList<>(scatter.inputs());
          inputs.set(0, reshaped(x, scatter.output().type(), sum.origin()));
          x = rewrite.fresh(scatter.output().type());
          rewrite.add(
              new Instruction(
                  new Primitive.Scatter(Combine.ADD), inputs, List.of(x), scatter.origin()));
        }
      }
      rewrite.replaceReshaped(sum.output(), x, sum.origin());
    }

    private Value sum(Instruction sum, List<Value> terms) {
      Shape domain = ((Primitive.Map) sum.primitive()).domain();
      ScalarBuilder builder = new ScalarBuilder();
      Scalar total =
          terms.stream()
              .map(t -> builder.parameter(t.type().dtype()))
              .reduce(Scalar::plus)
              .orElseThrow();
      Value x = rewrite.fresh(sum.output().type());
      Primitive map =
          new Primitive.Map(
              builder.build(List.of(total)),
              domain,
              terms.stream().map(t -> View.dense(domain)).toList());
      rewrite.add(new Instruction(map, terms, List.of(x), sum.origin()));
      return x;
    }

    private Value reshaped(Value x, TensorType type, Origin origin) {
      if (x.type().equals(type)) {
        return x;
      }
      Value shaped = rewrite.fresh(type);
      rewrite.add(new Instruction(new Primitive.Reshape(), List.of(x), List.of(shaped), origin));
      return shaped;
    }

    /** Returns the scatters, the first one into zeros, that make a tensor; none if nothing else. */
    private Deque<Instruction> rows(Value term) {
      Deque<Instruction> scatters = new ArrayDeque<>();
      Value value = term;
      while (uses.getOrDefault(value, 0) == 1) {
        Instruction producer = producers.get(value);
        if (producer != null && producer.isReshape()) {
          value = producer.inputs().get(0);
          continue;
        }
        if (producer == null || !(producer.primitive() instanceof Primitive.Scatter scatter)) {
          break;
        }
        scatters.addFirst(producer);
        value = producer.inputs().get(0);
        boolean zero = isZero(value);
        boolean one = producer.inputs().get(1).type().shape().size() == 1;
        if (zero
            && (scatter.combine() == Combine.ADD || (scatter.combine() == Combine.SET && one))) {
          return scatters;
        }
        if (zero || scatter.combine() != Combine.ADD) {
          break;
        }
      }
      return new ArrayDeque<>();
    }

    private boolean isZero(Value value) {
      Instruction producer = producers.get(value);
      if (producer == null) {
        return false;
      }
      if (producer.primitive() instanceof Primitive.Constant constant) {
        Literal literal = constant.literal();
        return LongStream.range(0, literal.size()).allMatch(i -> literal.bits(i) == 0);
      }
      if (producer.isReshape()) {
        return isZero(producer.inputs().get(0));
      }
      if (producer.primitive() instanceof Primitive.Map map && producer.outputs().size() == 1) {
        ScalarFunction.Node result = map.function().nodes().get(map.function().results().get(0));
        return result instanceof ScalarFunction.Parameter parameter
            ? isZero(producer.inputs().get(parameter.index()))
            : result instanceof ScalarFunction.Constant constant && constant.bits() == 0;
      }
      return false;
    }
  }

  /** Returns whether an instruction adds up its inputs, element by element. */
  private static boolean isSum(Instruction instruction) {
    if (!(instruction.primitive() instanceof Primitive.Map map) || map.views().size() < 2) {
      return false;
    }
    int terms = map.views().size();
    List<ScalarFunction.Node> nodes = map.function().nodes();
    long additions = nodes.stream().filter(AddRows::isAddition).count();
    long parameters = nodes.stream().filter(ScalarFunction.Parameter.class::isInstance).count();
    return map.function().results().size() == 1
        && parameters == terms
        && additions == terms - 1
        && nodes.size() == parameters + additions
        && instruction.outputs().size() == 1
        && map.views().stream().allMatch(v -> v.isDense(map.domain()))
        && instruction.inputs().stream()
            .allMatch(v -> v.type().shape().size() == map.domain().size());
  }

  private static boolean isAddition(ScalarFunction.Node node) {
    return node instanceof ScalarFunction.Binary binary && binary.fn() == BinaryFn.ADD;
  }
}
