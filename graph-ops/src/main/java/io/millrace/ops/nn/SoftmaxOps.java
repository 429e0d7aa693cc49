package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.array.Axes;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;

/** Scores turned into probabilities. */
public interface SoftmaxOps extends Building {

  /** Returns {@code exp(x) / sum(exp(x))} along the last axis. TensorFlow: Softmax. */
  default Output softmax(Object logits) {
    return result(new Softmax(), logits);
  }

  /** Returns {@code exp(x) / sum(exp(x))} along an axis. TensorFlow: Softmax. */
  default Output softmax(Object logits, int axis) {
    return Axes.alongLast(tf(), "Softmax", operand(logits), axis, x -> result(new Softmax(), x));
  }

  /** Returns {@code x - log(sum(exp(x)))} along the last axis. TensorFlow: LogSoftmax. */
  default Output logSoftmax(Object logits) {
    return result(new LogSoftmax(), logits);
  }

  /** Returns {@code x - log(sum(exp(x)))} along an axis. TensorFlow: LogSoftmax. */
  default Output logSoftmax(Object logits, int axis) {
    return Axes.alongLast(
        tf(), "LogSoftmax", operand(logits), axis, x -> result(new LogSoftmax(), x));
  }

  /** A function of scores along the last axis, safe for large ones. */
  interface OfScores extends Op {
    Signature SIGNATURE = Signature.of("logits: T in floating");

    @Override
    default Signature signature() {
      return SIGNATURE;
    }

    @Override
    default List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      return List.of(in.type(0));
    }
  }

  /** Probabilities along the last axis. */
  record Softmax() implements OfScores {
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output y = call.output(0);
      Output dy = call.gradient();
      Output mean = tf.reduceSum(tf.multiply(dy, y), true, -1);
      return Gradients.of(tf.multiply(tf.subtract(dy, mean), y));
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Value greatest = greatest(to, x);
      Value sum = sumOfExponentials(to, x, greatest);
      to.output(
          0,
          to.map(
              List.of(x, greatest, sum), s -> s.get(0).minus(s.get(1)).exp().dividedBy(s.get(2))));
    }

    /** Returns the greatest element along the last axis, which is kept. */
    static Value greatest(Lowering to, Value x) {
      return to.reduce(Reduction.MAX, x, List.of(x.type().shape().rank() - 1), true);
    }

    /** Returns the sum of {@code exp(x - greatest)} along the last axis, which is kept. */
    static Value sumOfExponentials(Lowering to, Value x, Value greatest) {
      return to.reduce(
          Reduction.SUM,
          List.of(x, greatest),
          List.of(x.type().shape().rank() - 1),
          true,
          (b, s) -> s.get(0).minus(s.get(1)).exp());
    }

    static List<Example> examples() {
      return examples(new Softmax());
    }

    private static List<Example> examples(Op op) {
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 2, 3),
          Example.accepts(op).with(DType.FLOAT64, 5),
          Example.accepts(op).within(-60, 60, DType.FLOAT64, 2, 4),
          Example.accepts(op).with(DType.FLOAT64, 2, 1, 3),
          Example.accepts(op).with(DType.FLOAT32, 0, 3),
          Example.accepts(op).with(DType.FLOAT32, 3, 1),
          Example.rejects(op, "must have at least 1 axes").with(DType.FLOAT32));
    }
  }

  /** Logarithms of the probabilities along the last axis. */
  record LogSoftmax() implements OfScores {
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output dy = call.gradient();
      Output sum = tf.reduceSum(dy, true, -1);
      return Gradients.of(tf.subtract(dy, tf.multiply(sum, tf.exp(call.output(0)))));
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Value greatest = Softmax.greatest(to, x);
      Value sum = Softmax.sumOfExponentials(to, x, greatest);
      to.output(0, to.map(List.of(x, greatest, sum), LogSoftmax::score));
    }

    /** Returns the logarithm of the probability from a score, the greatest one, and the sum. */
    static Scalar score(List<Scalar> s) {
      return s.get(0).minus(s.get(1)).minus(s.get(2).log());
    }

    static List<Example> examples() {
      return Softmax.examples(new LogSoftmax());
    }
  }
}
