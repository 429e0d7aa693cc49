package io.millrace;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Consumer;
import java.util.function.Function;

/** A handful of operations, enough to test graphs and sessions without the catalogue. */
final class TestOps {
  private final Graph graph;

  TestOps(Graph graph) {
    this.graph = graph;
  }

  /**
   * An operation made of its parts.
   *
   * @param result the type of its only output; an operation with none has no outputs
   * @param body what {@link Op#lower} does
   * @param value what {@link Op#value} returns
   * @param counting what {@link Op#lowerSizes} does, if there is a size that data decide
   */
  private record TestOp(
      String type,
      Signature signature,
      boolean isStateful,
      Optional<Function<Inference, TensorType>> result,
      Consumer<Lowering> body,
      Optional<Literal> value,
      Optional<Consumer<Lowering>> counting)
      implements Op {

    @Override
    public boolean refersToState() {
      return type.equals("VariableV2");
    }

    /** Returns a function of inputs that the signature names, unless there are none. */
    static TestOp of(
        String type,
        Function<Inference, TensorType> result,
        Consumer<Lowering> body,
        String... inputs) {
      Signature signature = inputs.length == 0 ? Signature.unknown() : Signature.of(inputs);
      return new TestOp(
          type, signature, false, Optional.of(result), body, Optional.empty(), Optional.empty());
    }

    /** Returns the same operation that touches state. */
    TestOp ofState() {
      return new TestOp(type, signature, true, result, body, value, counting);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return result.stream().map(r -> r.apply(in)).toList();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("tests need none");
    }

    @Override
    public void lower(Lowering to) {
      body.accept(to);
    }

    @Override
    public Optional<Literal> value(Inference in) {
      return value;
    }

    @Override
    public int sizes() {
      return counting.isPresent() ? 1 : 0;
    }

    @Override
    public void lowerSizes(Lowering to) {
      counting.orElseThrow().accept(to);
    }

    @Override
    public String toString() {
      return type;
    }
  }

  private Output output(Op op, String name, Operand... inputs) {
    return graph.add(op, name, List.of(inputs)).output(0);
  }

  Output placeholder(String name, DType dtype, long... dims) {
    TensorType type = TensorType.of(dtype, dims);
    return output(TestOp.of("Placeholder", in -> type, Lowering::unfed), name);
  }

  Output constant(String name, Object value) {
    Literal literal = Tensor.of(value).toLiteral();
    return output(
        new TestOp(
            "Const",
            Signature.unknown(),
            false,
            Optional.of(in -> literal.type()),
            to -> to.output(0, to.literal(literal)),
            Optional.of(literal),
            Optional.empty()),
        name);
  }

  Output add(String name, Operand x, Operand y) {
    return binary("Add", Scalar::plus, name, x, y);
  }

  Output div(String name, Operand x, Operand y) {
    return binary("Div", Scalar::dividedBy, name, x, y);
  }

  private Output binary(String type, BinaryOperator<Scalar> fn, String name, Operand x, Operand y) {
    return output(
        TestOp.of(
            type,
            in -> new TensorType(in.dtype(0), in.broadcast(0, 1)),
            to -> to.output(0, to.map(to.input(0), to.input(1), fn)),
            "x: T",
            "y: T"),
        name,
        x,
        y);
  }

  Output identity(String name, Operand x) {
    return output(
        TestOp.of("Identity", in -> in.type(0), to -> to.output(0, to.input(0))), name, x);
  }

  Output variable(String name, DType dtype, long... dims) {
    TensorType type = TensorType.of(dtype, dims);
    TestOp variable =
        TestOp.of(
            "VariableV2", in -> type, to -> to.outputReference(0, new Resource(to.name(), type)));
    return output(variable.ofState(), name);
  }

  /** Adds what takes three numbers in each run, and returns how many were taken before. */
  Output counter(String name) {
    TestOp counter =
        TestOp.of(
            "Counter", in -> TensorType.of(DType.INT64), to -> to.output(0, to.reserve(3, true)));
    return output(counter.ofState(), name);
  }

  Operation assign(String name, Operand variable, Operand value) {
    return write("Assign", false, name, variable, value);
  }

  Operation assignAdd(String name, Operand variable, Operand value) {
    return write("AssignAdd", true, name, variable, value);
  }

  private Operation write(
      String type, boolean adds, String name, Operand variable, Operand operand) {
    TestOp write =
        TestOp.of(
            type,
            in -> {
              in.require(
                  in.shape(0).isCompatibleWith(in.shape(1)),
                  "a variable of shape %s cannot hold %s",
                  in.shape(0),
                  in.shape(1));
              return in.type(0);
            },
            to -> {
              Value value = to.input(1);
              Value sum = adds ? to.map(to.input(0), value, Scalar::plus) : value;
              to.write(to.reference(0), sum);
              to.outputReference(0, to.reference(0));
            },
            "ref: T",
            "value: T");
    return graph.add(write.ofState(), name, List.of(variable, operand));
  }

  /** Adds float32 zeros of the shape that an input holds, so that values decide shapes. */
  Output zeros(String name, Operand shape) {
    return output(
        TestOp.of(
            "Zeros",
            in ->
                new TensorType(
                    DType.FLOAT32,
                    in.constant(0).map(v -> Shape.of(v.toLongs())).orElse(Shape.unknown())),
            to -> to.output(0, zeros(to, to.outputType(0).shape()))),
        name,
        shape);
  }

  private static Value zeros(Lowering to, Shape shape) {
    return to.map(shape, List.of(to.scalar(to.outputType(0).dtype(), 0)), s -> s.get(0));
  }

  /** Adds the positive elements of a vector, in order, so that data decide the size. */
  Output positives(String name, Operand x) {
    return output(
        new TestOp(
            "Positives",
            Signature.unknown(),
            false,
            Optional.of(in -> in.type(0).withShape(Shape.of(in.size()))),
            TestOps::pickPositives,
            Optional.empty(),
            Optional.of(
                to ->
                    to.output(
                        0,
                        to.reshape(to.reduceAll(Reduction.SUM, flags(to), e -> e), Shape.of(1))))),
        name,
        x);
  }

  private static Value flags(Lowering to) {
    return to.map(to.input(0), x -> x.gt(0).cast(DType.INT64));
  }

  private static void pickPositives(Lowering to) {
    TensorType from = to.inputType(0);
    Shape column = Shape.of(from.shape().dim(0), 1);
    Value flags = to.reshape(flags(to), Shape.of(1, column.dim(0), 1));
    Value before =
        to.emit(new Primitive.Scan(Reduction.SUM, true, false), List.of(flags), flags.type());
    Value targets =
        to.map(
            to.reshape(flags, from.shape()),
            to.reshape(before, from.shape()),
            (flag, at) -> flag.gt(0).select(at, at.constant(-1)));
    TensorType wanted = to.outputType(0);
    Value base = zeros(to, Shape.of(wanted.shape().dim(0), 1));
    Value picked =
        to.emit(
            new Primitive.Scatter(Primitive.Scatter.Combine.SET),
            List.of(base, targets, to.reshape(to.input(0), column)),
            base.type());
    to.output(0, to.reshape(picked, wanted.shape()));
  }

  /** Adds an operation that does nothing but depend on others. */
  Operation group(String name, Operation... parts) {
    TestOp noOp =
        new TestOp(
            "NoOp",
            Signature.unknown(),
            false,
            Optional.empty(),
            to -> {},
            Optional.empty(),
            Optional.empty());
    return graph.add(noOp, name, List.of(), List.of(parts));
  }
}
