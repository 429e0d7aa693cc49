package io.millrace;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
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

/** A handful of operations, enough to test graphs and sessions without the catalogue. */
final class TestOps {
  private final Graph graph;

  TestOps(Graph graph) {
    this.graph = graph;
  }

  Output placeholder(String name, DType dtype, long... dims) {
    return graph.add(new Placeholder(TensorType.of(dtype, dims)), name, List.of()).output(0);
  }

  Output constant(String name, Object value) {
    return graph.add(new Constant(Tensor.of(value).toLiteral()), name, List.of()).output(0);
  }

  Output add(String name, Operand x, Operand y) {
    return graph.add(new Binary(BinaryFn.ADD), name, List.of(x, y)).output(0);
  }

  Output div(String name, Operand x, Operand y) {
    return graph.add(new Binary(BinaryFn.DIV), name, List.of(x, y)).output(0);
  }

  Output identity(String name, Operand x) {
    return graph.add(new Identity(), name, List.of(x)).output(0);
  }

  Output variable(String name, DType dtype, long... dims) {
    return graph.add(new Variable(TensorType.of(dtype, dims)), name, List.of()).output(0);
  }

  /** Adds what takes three numbers in each run, and returns how many were taken before. */
  Output counter(String name) {
    return graph.add(new Counter(), name, List.of()).output(0);
  }

  Operation assign(String name, Operand variable, Operand value) {
    return graph.add(new Assign(false), name, List.of(variable, value));
  }

  Operation assignAdd(String name, Operand variable, Operand value) {
    return graph.add(new Assign(true), name, List.of(variable, value));
  }

  Output zeros(String name, Operand shape) {
    return graph.add(new Zeros(), name, List.of(shape)).output(0);
  }

  Output positives(String name, Operand x) {
    return graph.add(new Positives(), name, List.of(x)).output(0);
  }

  Operation group(String name, Operation... parts) {
    return graph.add(new NoOp(), name, List.of(), List.of(parts));
  }

  private static Gradients noGradient() {
    return Gradients.none("tests need none");
  }

  record Placeholder(TensorType of) implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(of);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.unfed();
    }
  }

  record Constant(Literal literal) implements Op {
    @Override
    public String type() {
      return "Const";
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(literal.type());
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.output(0, lowering.literal(literal));
    }

    @Override
    public Optional<Literal> value(Inference in) {
      return Optional.of(literal);
    }
  }

  record Identity() implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.output(0, lowering.input(0));
    }
  }

  record Binary(BinaryFn fn) implements Op {
    @Override
    public String type() {
      return fn == BinaryFn.ADD ? "Add" : "Div";
    }

    @Override
    public Signature signature() {
      return Signature.of("x: T", "y: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(new TensorType(in.dtype(0), in.broadcast(0, 1)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.output(
          0,
          lowering.map(
              lowering.input(0),
              lowering.input(1),
              (x, y) -> fn == BinaryFn.ADD ? x.plus(y) : x.dividedBy(y)));
    }
  }

  record Variable(TensorType of) implements Op {
    @Override
    public String type() {
      return "VariableV2";
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(of);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.outputReference(0, new Resource(lowering.name(), of));
    }

    @Override
    public boolean isStateful() {
      return true;
    }
  }

  record Counter() implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(TensorType.of(DType.INT64));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.output(0, lowering.reserve(3));
    }

    @Override
    public boolean isStateful() {
      return true;
    }
  }

  record Assign(boolean adds) implements Op {
    @Override
    public String type() {
      return adds ? "AssignAdd" : "Assign";
    }

    @Override
    public Signature signature() {
      return Signature.of("ref: T", "value: T");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(
          in.shape(0).isCompatibleWith(in.shape(1)),
          "a variable of shape %s cannot hold %s",
          in.shape(0),
          in.shape(1));
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      Value value = lowering.input(1);
      lowering.write(
          lowering.reference(0),
          adds ? lowering.map(lowering.input(0), value, (x, y) -> x.plus(y)) : value);
      lowering.outputReference(0, lowering.reference(0));
    }

    @Override
    public boolean isStateful() {
      return true;
    }
  }

  /** Makes float32 zeros of the shape that its input holds, so that values decide shapes. */
  record Zeros() implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(
          new TensorType(
              DType.FLOAT32,
              in.constant(0).map(v -> Shape.of(v.toLongs())).orElse(Shape.unknown())));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      lowering.output(
          0,
          lowering.mapViews(
              lowering.outputType(0).shape(),
              List.of(),
              List.of(),
              (b, none) -> b.constant(DType.FLOAT32, 0)));
    }
  }

  /** Picks the positive elements of a vector, in order, so that data decide the size. */
  record Positives() implements Op {
    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering lowering) {
      Value flags = flags(lowering);
      lowering.output(
          0,
          lowering.reshape(lowering.reduce(Reduction.SUM, flags, List.of(0), false), Shape.of(1)));
    }

    private static Value flags(Lowering lowering) {
      return lowering.map(lowering.input(0), x -> x.gt(0).cast(DType.INT64));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 1);
      long size = in.sizes().map(s -> s[0]).orElse(Shape.UNKNOWN);
      return List.of(in.type(0).withShape(Shape.of(size)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      TensorType from = lowering.inputType(0);
      Shape column = Shape.of(from.shape().dim(0), 1);
      Value flags = lowering.reshape(flags(lowering), Shape.of(1, column.dim(0), 1));
      Value before =
          lowering.emit(
              new Primitive.Scan(Reduction.SUM, true, false), List.of(flags), flags.type());
      Value targets =
          lowering.map(
              lowering.reshape(flags, from.shape()),
              lowering.reshape(before, from.shape()),
              (flag, at) -> flag.gt(0).select(at, at.constant(-1)));
      TensorType wanted = lowering.outputType(0);
      Shape rows = Shape.of(wanted.shape().dim(0), 1);
      Value base = lowering.map(rows, List.of(lowering.scalar(wanted.dtype(), 0)), s -> s.get(0));
      Value picked =
          lowering.emit(
              new Primitive.Scatter(Primitive.Scatter.Combine.SET),
              List.of(base, targets, lowering.reshape(lowering.input(0), column)),
              base.type());
      lowering.output(0, lowering.reshape(picked, wanted.shape()));
    }
  }

  record NoOp() implements Op {
    @Override
    public List<TensorType> infer(Inference in) {
      return List.of();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return noGradient();
    }

    @Override
    public void lower(Lowering lowering) {
      // Its control inputs are all that it does.
    }
  }
}
