package io.millrace.ops.flow;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Suspect;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/** Letting a run fail where something is not as it must be. */
public interface CheckOps extends Building {

  /**
   * Returns the same tensor; a run fails with this message, and the first such element and its
   * place, if there is NaN or an infinity in it. TensorFlow: CheckNumerics.
   */
  default Output checkNumerics(Object x, String message) {
    return result(new CheckNumerics(message), x);
  }

  /**
   * Returns an operation that fails the run unless a condition holds. TensorFlow: Assert.
   *
   * <p>It is run like any operation: as a target, or where another one depends on it.
   *
   * @param condition a boolean scalar
   * @param data tensors that the failure is to tell of
   */
  default Operation assertThat(Object condition, Object... data) {
    Arguments.require(condition, "condition");
    Arguments.requireAll(data, "data");
    Object[] inputs = new Object[data.length + 1];
    inputs[0] = operand(condition);
    for (int i = 0; i < data.length; i++) {
      inputs[i + 1] = operand(data[i]);
    }
    return apply(new Assert(3), inputs);
  }

  /** The input, unchanged; the run fails if there is NaN or an infinity in it. */
  record CheckNumerics(String message) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("tensor: T in floating").sharing().alias("CheckNumericsV2");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).checkNumerics(call.gradient(), "in the gradient of " + message));
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Indexing.requireAll(
          to,
          x,
          e -> e.apply(UnaryFn.IS_NAN).apply(UnaryFn.NOT),
          x,
          Suspect.NotFinite.NAN,
          message + " : Tensor had NaN values");
      Indexing.requireAll(
          to,
          x,
          e -> e.apply(UnaryFn.IS_FINITE).apply(BinaryFn.OR, e.apply(UnaryFn.IS_NAN)),
          x,
          Suspect.NotFinite.INFINITE,
          message + " : Tensor had Inf values");
      to.output(0, x);
    }

    static List<Example> examples() {
      Op op = new CheckNumerics("weights");
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3),
          Example.accepts(op).with(DType.FLOAT64),
          Example.accepts(op).with(DType.FLOAT32, 0),
          Example.rejects(op, "weights : Tensor had Inf values: it is -Infinity")
              .scalar(DType.FLOAT32, Double.NEGATIVE_INFINITY),
          Example.rejects(op, "weights : Tensor had NaN values: it is NaN")
              .scalar(DType.FLOAT64, Double.NaN));
    }
  }

  /** Nothing; the run fails unless the first input is true. */
  record Assert(int summarize) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("condition: bool", "data: T>=1...").optional("summarize", 3);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 0);
      return List.of();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no outputs");
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      List<Value> data = IntStream.range(1, to.inputs()).mapToObj(to::input).toList();
      to.check(to.input(0), new Primitive.Check("assertion failed", summarize), data);
    }

    static List<Example> examples() {
      Literal yes = Literal.scalar(DType.BOOL, 1);
      Literal no = Literal.scalar(DType.BOOL, 0);
      Literal fraction = Literal.scalar(DType.FLOAT32, 0.1);
      return List.of(
          Example.accepts(new Assert(3)).with(yes).with(DType.FLOAT32, 2, 3).with(DType.INT32),
          Example.rejects(new Assert(2), "assertion failed: [0.1] [5 6 ...] [false]")
              .with(no)
              .with(fraction)
              .ints(5, 6, 7)
              .with(no),
          Example.rejects(new Assert(-1), "assertion failed: [4 5 6 7]")
              .with(no)
              .longs(4, 5, 6, 7));
    }
  }
}
