package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Scalar;
import io.millrace.ir.UnaryFn;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.math.UnaryOps;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** The functions between the layers of a network, applied to each element. */
public interface ActivationOps extends Building {

  /** Returns {@code max(x, 0)}. TensorFlow: Relu. */
  default Output relu(Object x) {
    return result(Activation.RELU, x);
  }

  /** Returns {@code min(max(x, 0), 6)}. TensorFlow: Relu6. */
  default Output relu6(Object x) {
    return result(Activation.RELU6, x);
  }

  /** Returns x where it is positive, else {@code exp(x) - 1}. TensorFlow: Elu. */
  default Output elu(Object x) {
    return result(Activation.ELU, x);
  }

  /** Returns the scaled exponential linear unit of arXiv:1706.02515. TensorFlow: Selu. */
  default Output selu(Object x) {
    return result(Activation.SELU, x);
  }

  /** Returns {@code log(exp(x) + 1)}. TensorFlow: Softplus. */
  default Output softplus(Object x) {
    return result(Activation.SOFTPLUS, x);
  }

  /** Returns {@code x / (|x| + 1)}. TensorFlow: Softsign. */
  default Output softsign(Object x) {
    return result(Activation.SOFTSIGN, x);
  }

  /** Returns x where it is positive, else {@code 0.2 x}. TensorFlow: LeakyRelu. */
  default Output leakyRelu(Object x) {
    return leakyRelu(x, 0.2f);
  }

  /** Returns x where it is positive, else {@code alpha x}. TensorFlow: LeakyRelu. */
  default Output leakyRelu(Object x, float alpha) {
    return result(new LeakyRelu(alpha), x);
  }

  /** Functions of one tensor, element by element; the gradient of each is an {@link Slope}. */
  enum Activation implements Op {
    RELU("Relu", Slope.RELU, x -> x.max(0)),
    RELU6("Relu6", Slope.RELU6, x -> x.max(0).min(6)),
    ELU("Elu", Slope.ELU, x -> x.lt(x.constant(0)).select(x.apply(UnaryFn.EXPM1), x)),
    SELU(
        "Selu",
        Slope.SELU,
        x ->
            x.lt(x.constant(0))
                .select(
                    x.apply(UnaryFn.EXPM1).times(Slope.SELU_SCALE_ALPHA),
                    x.times(Slope.SELU_SCALE))),
    SOFTPLUS("Softplus", Slope.SOFTPLUS, Activation::softplus),
    SOFTSIGN("Softsign", Slope.SOFTSIGN, Activation::softsign);

    private final String type;
    private final Slope slope;
    private final UnaryOperator<Scalar> rule;
    private final Signature signature;

    Activation(String type, Slope slope, UnaryOperator<Scalar> rule) {
      this.type = type;
      this.slope = slope;
      this.rule = rule;
      this.signature = Signature.of("features: T in " + slope.types());
    }

    private static Scalar softsign(Scalar x) {
      Scalar infinite = x.abs().eq(x.constant(Double.POSITIVE_INFINITY));
      return infinite.select(x.apply(UnaryFn.SIGN), x.dividedBy(x.abs().plus(1)));
    }

    /** Keeps to x or exp(x) where the sum with 1 would lose all of one of them. */
    private static Scalar softplus(Scalar x) {
      double epsilon = x.type().toDouble(x.type().ofDouble(1) + 1) - 1;
      Scalar threshold = x.constant(Math.log(epsilon) + 2);
      Scalar exp = x.exp();
      return x.gt(threshold.negate()).select(x, x.lt(threshold).select(exp, exp.log1p()));
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public Signature signature() {
      return signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output dy = call.gradient();
      // From x: of a y next to its limit, nothing is left of what it lacks.
      return Gradients.of(
          switch (this) {
            case ELU -> tf.multiply(dy, decay(tf, x));
            case SELU -> {
              Output decay = decay(tf, x);
              Output below = tf.multiply(decay, Slope.SELU_SCALE_ALPHA);
              Output above = tf.multiply(decay, Slope.SELU_SCALE);
              yield tf.multiply(dy, tf.whereV2(tf.less(x, 0), below, above));
            }
            default -> tf.result(slope, dy, slope.atOutput() ? call.output(0) : x);
          });
    }

    /** Returns {@code exp(x)} where x is negative, else 1. */
    private static Output decay(Ops tf, Output x) {
      return tf.exp(tf.negative(tf.nn.relu(tf.negative(x))));
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.map(to.input(0), rule));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Activation op : values()) {
        examples.add(Example.accepts(op).with(DType.FLOAT32, 2, 3));
        examples.add(Example.accepts(op).within(-8, 8, DType.FLOAT64, 7));
        examples.add(Example.accepts(op).with(DType.FLOAT32, 0, 3));
        if (op.slope.types().equals("numeric")) {
          examples.add(Example.accepts(op).with(DType.INT32, 4));
        }
      }
      return examples;
    }
  }

  /**
   * The gradients of the activations: input 0 is the gradient that arrives, input 1 the point,
   * which is the activation's input or, where that is as good, its output.
   */
  enum Slope implements Op {
    // Nothing passes where the slope is 0, be it NaN or infinite; all passes where the value is
    // NaN.
    RELU("ReluGrad", true, (dy, y) -> y.le(y.constant(0)).select(dy.constant(0), dy)),
    RELU6(
        "Relu6Grad",
        true,
        (dy, y) ->
            y.le(y.constant(0)).apply(BinaryFn.OR, y.ge(y.constant(6))).select(dy.constant(0), dy)),
    ELU("EluGrad", true, (dy, y) -> y.lt(y.constant(0)).select(y.plus(1).times(dy), dy)),
    SELU(
        "SeluGrad",
        true,
        (dy, y) ->
            y.lt(y.constant(0))
                .select(y.plus(Slope.SELU_SCALE_ALPHA).times(dy), dy.times(Slope.SELU_SCALE))),
    SOFTPLUS("SoftplusGrad", false, (dy, x) -> dy.times(x.sigmoid())),
    SOFTSIGN(
        "SoftsignGrad", false, (dy, x) -> dy.dividedBy(x.abs().plus(1)).dividedBy(x.abs().plus(1)));

    static final double SELU_SCALE = 1.0507009873554805;
    static final double SELU_SCALE_ALPHA = 1.7580993408473768;

    private final String type;
    private final boolean atOutput;
    private final BinaryOperator<Scalar> rule;
    private final Signature signature;

    Slope(String type, boolean atOutput, BinaryOperator<Scalar> rule) {
      this.type = type;
      this.atOutput = atOutput;
      this.rule = rule;
      String point = atOutput ? "outputs: T" : "features: T";
      this.signature = Signature.of("gradients: T in " + types(), point);
    }

    boolean atOutput() {
      return atOutput;
    }

    /** Returns the set of element types. */
    String types() {
      return type.startsWith("Relu") ? "numeric" : "floating";
    }

    @Override
    public String type() {
      return type;
    }

    @Override
    public Signature signature() {
      return signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(Shapes.same(in, 0, 1));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output ddy = call.gradient();
      Output dy = call.input(0);
      Output point = call.input(1);
      return Gradients.of(tf.result(this, ddy, point), second(tf, tf.multiply(ddy, dy), point));
    }

    /** Returns the gradient with respect to the point, of which {@code both} is a factor. */
    private Output second(Ops tf, Output both, Output point) {
      return switch (this) {
        case RELU, RELU6 -> tf.zerosLike(point);
        case ELU, SELU -> tf.whereV2(tf.less(point, 0), both, tf.zerosLike(both));
        case SOFTPLUS ->
            tf.multiply(both, UnaryOps.Unary.slopeOfSigmoid(tf, point, tf.sigmoid(point)));
        case SOFTSIGN -> {
          Output base = tf.add(tf.abs(point), 1);
          Output cube = tf.multiply(base, tf.square(base));
          yield tf.divide(tf.multiply(both, tf.multiply(tf.sign(point), -2)), cube);
        }
      };
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.map(to.input(0), to.input(1), rule));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Slope op : values()) {
        examples.add(Example.accepts(op).with(DType.FLOAT32, 2, 3).with(DType.FLOAT32, 2, 3));
        examples.add(Example.accepts(op).with(DType.FLOAT64, 5).with(DType.FLOAT64, 5));
        examples.add(
            Example.rejects(op, "shapes [2] and [3] differ")
                .with(DType.FLOAT32, 2)
                .with(DType.FLOAT32, 3));
      }
      return examples;
    }
  }

  /** Returns x where it is positive, else alpha times x. */
  record LeakyRelu(float alpha) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("features: T in floating").optional("alpha", 0.2f);

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
          Ops.of(call.graph()).result(new LeakyReluGrad(alpha), call.gradient(), call.input(0)));
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.map(to.input(0), x -> x.gt(0).select(x, below(alpha, x, x))));
    }

    /** Returns alpha times a factor; 0 times what is infinite is 0, as it is of every number. */
    static Scalar below(float alpha, Scalar x, Scalar factor) {
      Scalar zero = x.constant(0);
      return alpha == 0 ? x.lt(zero).select(zero, factor) : factor.times(alpha);
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new LeakyRelu(0.2f)).with(DType.FLOAT32, 2, 3),
          Example.accepts(new LeakyRelu(0)).with(DType.FLOAT64, 4),
          Example.accepts(new LeakyRelu(2)).with(DType.FLOAT64, 4));
    }
  }

  /** The gradient of {@link LeakyRelu}: inputs are the gradient that arrives and the point. */
  record LeakyReluGrad(float alpha) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("gradients: T in floating", "features: T").optional("alpha", 0.2f);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(Shapes.same(in, 0, 1));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.result(this, call.gradient(), call.input(1)), tf.zerosLike(call.input(1)));
    }

    @Override
    public void lower(Lowering to) {
      to.output(
          0,
          to.map(
              to.input(0),
              to.input(1),
              (dy, x) -> x.gt(0).select(dy, LeakyRelu.below(alpha, x, dy))));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new LeakyReluGrad(0.2f))
              .with(DType.FLOAT64, 2, 3)
              .with(DType.FLOAT64, 2, 3),
          Example.rejects(new LeakyReluGrad(0.2f), "shapes [2] and [3] differ")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 3));
    }
  }
}
