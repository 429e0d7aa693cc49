package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Suspect;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.op.TypeSet;
import io.millrace.ops.Ops;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * An operation that computes one scalar function of its inputs, element by element, the inputs
 * broadcast by NumPy's rule: a row of a table.
 */
public interface Elementwise extends Op {
  /** Returns everything that tells this operation from others of its kind. */
  Row row();

  /** The derivative of {@code y = f(x)} times {@code dy}, in operations. */
  @FunctionalInterface
  interface Derivative {
    Output apply(Ops tf, Output x, Output y, Output dy);
  }

  /**
   * The derivatives of {@code z = f(x, y)} times {@code dz}, in operations, in the shape of z: two
   * of them.
   */
  @FunctionalInterface
  interface Derivatives {
    List<Output> apply(Ops tf, Output x, Output y, Output z, Output dz);
  }

  /** Returns 0 where x is 0, and else a value. */
  static Scalar unlessZero(Scalar x, Scalar value) {
    return x.eq(x.constant(0)).select(x.constant(0), value);
  }

  /** Bounds of the values that tests draw. */
  record Domain(double low, double high) {}

  /**
   * What the last input has to be where it is of integers.
   *
   * @param holds whether an element is so
   */
  record Demand(UnaryOperator<Scalar> holds, Suspect suspect, String message) {
    /** Makes the run fail, and tell of the first element that is not so. */
    private void require(Lowering to, int input) {
      Value values = to.input(input);
      DType dtype = values.type().dtype();
      boolean isKnown =
          to.known(input)
              .filter(
                  l ->
                      LongStream.range(0, l.size())
                          .noneMatch(i -> suspect.breaks(dtype, l::bits, i)))
              .isPresent();
      if (!isKnown) {
        Indexing.requireAll(to, values, holds, values, suspect, message);
      }
    }
  }

  /**
   * One operation.
   *
   * @param demand what integers have to be
   * @param domains for each input, what to draw it from; empty for the usual range
   * @param derivatives how to make the gradients, unless there are none
   * @param reason why there are no gradients
   * @param signature how TensorFlow writes it
   */
  record Row(
      String type,
      int inputs,
      Function<List<Scalar>, Scalar> value,
      Optional<Demand> demand,
      List<Optional<Domain>> domains,
      Optional<Derivatives> derivatives,
      String reason,
      Signature signature) {

    /** Returns a row for a function of one tensor of one of these types. */
    public static Row unary(String type, TypeSet types, UnaryOperator<Scalar> value) {
      return new Row(
          type,
          1,
          s -> value.apply(s.get(0)),
          Optional.empty(),
          List.of(Optional.empty()),
          Optional.empty(),
          "",
          signature(types, "x: "));
    }

    /** Returns a row for a function of two tensors of one of these types. */
    public static Row binary(String type, TypeSet types, BinaryOperator<Scalar> value) {
      return new Row(
          type,
          2,
          s -> value.apply(s.get(0), s.get(1)),
          Optional.empty(),
          List.of(Optional.empty(), Optional.empty()),
          Optional.empty(),
          "",
          signature(types, "x: ", "y: "));
    }

    private static Signature signature(TypeSet types, String... inputs) {
      boolean fixed = types.equals(TypeSet.BOOLEAN);
      String type = fixed ? "bool" : "T";
      String[] typed = Stream.of(inputs).map(name -> name + type).toArray(String[]::new);
      typed[0] += fixed ? "" : " in " + types;
      return Signature.of(typed);
    }

    /** Returns this row with what the last input has to be where it is of integers. */
    public Row demanding(UnaryOperator<Scalar> holds, Suspect suspect, String message) {
      Demand demanded = new Demand(holds, suspect, message);
      return new Row(
          type, inputs, value, Optional.of(demanded), domains, derivatives, reason, signature);
    }

    /** Returns this row with an input drawn from [low, high). */
    public Row within(int input, double low, double high) {
      List<Optional<Domain>> changed = new ArrayList<>(domains);
      changed.set(input, Optional.of(new Domain(low, high)));
      return new Row(
          type, inputs, value, demand, List.copyOf(changed), derivatives, reason, signature);
    }

    /** Returns this row with a gradient for its only input. */
    public Row derivative(Derivative derivative) {
      return derivatives((tf, x, y, z, dz) -> List.of(derivative.apply(tf, x, z, dz)));
    }

    /** Returns this row with gradients for its two inputs. */
    public Row derivatives(Derivatives rule) {
      return new Row(type, inputs, value, demand, domains, Optional.of(rule), reason, signature);
    }

    /** Returns this row without gradients, for this reason. */
    public Row notDifferentiable(String why) {
      return new Row(type, inputs, value, demand, domains, Optional.empty(), why, signature);
    }

    /** Returns this row written in TensorFlow's graphs as the rule makes of the usual way. */
    public Row written(UnaryOperator<Signature> rule) {
      return new Row(
          type, inputs, value, demand, domains, derivatives, reason, rule.apply(signature));
    }

    /** Returns this row of two inputs with the names that TensorFlow has for them. */
    public Row named(String first, String second) {
      String set = " in " + signature.inputs().get(0).set();
      return written(s -> Signature.of(first + ": T" + set, second + ": T"));
    }

    /** Returns this row with another name that TensorFlow has for it. */
    public Row alias(String other) {
      return written(s -> s.alias(other));
    }
  }

  @Override
  default String type() {
    return row().type();
  }

  @Override
  default Signature signature() {
    return row().signature();
  }

  @Override
  default List<TensorType> infer(Inference in) {
    Row row = row();
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> elements =
        IntStream.range(0, row.inputs()).mapToObj(i -> builder.parameter(in.dtype(0))).toList();
    Shape shape = row.inputs() == 1 ? in.shape(0) : in.broadcast(0, 1);
    return List.of(new TensorType(row.value().apply(elements).type(), shape));
  }

  @Override
  default Gradients gradient(Gradient call) {
    Row row = row();
    if (row.derivatives().isEmpty()) {
      return Gradients.none(row.reason());
    }
    Output x = call.input(0);
    Output y = call.input(row.inputs() - 1);
    List<Output> full =
        row.derivatives().get().apply(Ops.of(call.graph()), x, y, call.output(0), call.gradient());
    return row.inputs() == 1
        ? Gradients.of(full.get(0))
        : Gradients.of(
            Broadcasting.sumTo(full.get(0), x, call.output(0), List.of(y)),
            Broadcasting.sumTo(full.get(1), y, call.output(0), List.of(x)));
  }

  @Override
  default void lower(Lowering to) {
    List<Value> operands = IntStream.range(0, to.inputs()).mapToObj(to::input).toList();
    int last = to.inputs() - 1;
    if (operands.get(last).type().dtype().isInteger() && to.outputType(0).shape().size() > 0) {
      row().demand().ifPresent(d -> d.require(to, last));
    }
    to.output(0, to.map(operands, row().value()));
  }

  /** Returns examples for every row of a table. */
  static List<Example> examples(Elementwise... table) {
    List<Example> examples = new ArrayList<>();
    for (Elementwise op : table) {
      for (DType dtype : op.signature().inputs().get(0).set().types()) {
        examples.addAll(op.row().inputs() == 1 ? unary(op, dtype) : binary(op, dtype));
      }
    }
    return examples;
  }

  private static List<Example> unary(Elementwise op, DType dtype) {
    return List.of(with(Example.accepts(op), 0, dtype, 2, 3), with(Example.accepts(op), 0, dtype));
  }

  private static List<Example> binary(Elementwise op, DType dtype) {
    List<Example> examples = new ArrayList<>();
    examples.add(with(with(Example.accepts(op), 0, dtype, 2, 3), 1, dtype, 2, 3));
    examples.add(with(with(Example.accepts(op), 0, dtype, 2, 3), 1, dtype, 3));
    if (dtype == DType.FLOAT32 || dtype == DType.BOOL) {
      examples.add(with(with(Example.accepts(op), 0, dtype, 2, 1), 1, dtype, 1, 3));
      examples.add(with(with(Example.accepts(op), 0, dtype), 1, dtype, 4));
      examples.add(with(with(Example.accepts(op), 0, dtype, 0, 3), 1, dtype, 3));
      examples.add(
          with(with(Example.rejects(op, "do not broadcast"), 0, dtype, 2, 3), 1, dtype, 4));
    }
    return examples;
  }

  private static Example with(Example example, int input, DType dtype, long... dims) {
    Row row = ((Elementwise) example.op()).row();
    return row.domains()
        .get(input)
        .map(d -> example.within(d.low(), d.high(), dtype, dims))
        .orElseGet(() -> example.with(dtype, dims));
  }
}
