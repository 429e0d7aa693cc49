package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
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
import io.millrace.ops.array.Axes;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.function.Function;

/** Scores turned into probabilities. */
public interface SoftmaxOps extends Building {

  /** Returns {@code exp(x) / sum(exp(x))} along the last axis. TensorFlow: Softmax. */
  default Output softmax(Object logits) {
    return result(new Softmax(), logits);
  }

  /** Returns {@code exp(x) / sum(exp(x))} along an axis. TensorFlow: Softmax. */
  default Output softmax(Object logits, Object axis) {
    Arguments.requireEach("logits, axis", logits, axis);
    return Axes.alongLast(
        this, "Softmax", operand(logits), axis(axis), (tf, x) -> tf.result(new Softmax(), x));
  }

  /** Returns {@code x - log(sum(exp(x)))} along the last axis. TensorFlow: LogSoftmax. */
  default Output logSoftmax(Object logits) {
    return result(new LogSoftmax(), logits);
  }

  /** Returns {@code x - log(sum(exp(x)))} along an axis. TensorFlow: LogSoftmax. */
  default Output logSoftmax(Object logits, Object axis) {
    Arguments.requireEach("logits, axis", logits, axis);
    return Axes.alongLast(
        this, "LogSoftmax", operand(logits), axis(axis), (tf, x) -> tf.result(new LogSoftmax(), x));
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
      return Gradients.of(slope(Ops.of(call.graph()), call.output(0), call.gradient()));
    }

    /**
     * Returns the gradient by the scores where {@code dy} arrives at their probabilities y. What
     * arrives at one above a half is taken off everywhere first, which changes nothing but keeps
     * the digits of 1 - y where y is rounded to 1.
     */
    static Output slope(Ops tf, Output y, Output dy) {
      Output likely = tf.whereV2(tf.greater(y, 0.5), dy, tf.zerosLike(dy));
      Output moved = tf.subtract(dy, tf.stopGradient(tf.reduceSum(likely, true, -1)));
      Output mean = tf.reduceSum(tf.multiply(moved, y), true, -1);
      return tf.multiply(tf.subtract(moved, mean), y);
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Value greatest = greatest(to, x);
      List<Value> both = List.of(x, greatest);
      Value sum = sum(to, both, Softmax::exponential);
      to.output(0, to.map(List.of(x, greatest, sum), s -> exponential(s).dividedBy(s.get(2))));
    }

    /**
     * Returns the scores, the greatest along the last axis, which is kept, the sum of all {@code
     * exp(x - greatest)} less 1, which is that of the greatest: so small ones are not lost; and the
     * logarithm of the whole sum.
     */
    static List<Value> parts(Lowering to, Value x) {
      Value greatest = greatest(to, x);
      List<Value> both = List.of(x, greatest);
      Value others = sum(to, both, s -> isGreatest(s).select(s.get(0).constant(0), exponential(s)));
      Value equal = sum(to, both, s -> isGreatest(s).cast(s.get(0).type()));
      Value rest = to.map(others, equal, (o, e) -> o.plus(e.minus(1)));
      return List.of(x, greatest, rest, to.map(rest, Scalar::log1p));
    }

    private static Value greatest(Lowering to, Value x) {
      return to.reduce(Reduction.MAX, x, List.of(x.type().shape().rank() - 1), true);
    }

    private static Value sum(
        Lowering to, List<Value> parts, Function<List<Scalar>, Scalar> element) {
      List<Integer> last = List.of(parts.get(0).type().shape().rank() - 1);
      return to.reduce(Reduction.SUM, parts, last, true, (b, s) -> element.apply(s));
    }

    private static Scalar isGreatest(List<Scalar> parts) {
      return parts.get(0).eq(parts.get(1));
    }

    /** Returns {@code exp(x - greatest)} of the parts. */
    static Scalar exponential(List<Scalar> parts) {
      return parts.get(0).minus(parts.get(1)).exp();
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
          Example.rejects(op, "must have at least 1 axis").with(DType.FLOAT32));
    }
  }

  /** Logarithms of the probabilities along the last axis. */
  record LogSoftmax() implements OfScores {
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output dy = call.gradient();
      Output y = call.output(0);
      Output sum = tf.reduceSum(dy, true, -1);
      // Of probabilities near 1 the digits are in what they lack; the logarithm of small ones has
      // lost some.
      Output likely = tf.subtract(tf.subtract(dy, sum), tf.multiply(sum, tf.expm1(y)));
      Output unlikely = tf.subtract(dy, tf.multiply(sum, tf.nn.softmax(call.input(0))));
      return Gradients.of(tf.whereV2(tf.greater(y, -Math.log(2)), likely, unlikely));
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.map(Softmax.parts(to, to.input(0)), LogSoftmax::score));
    }

    /** Returns the logarithm of the probability from the parts. */
    static Scalar score(List<Scalar> parts) {
      return parts.get(0).minus(parts.get(1)).minus(parts.get(3));
    }

    static List<Example> examples() {
      return Softmax.examples(new LogSoftmax());
    }
  }
}
