package io.millrace.ops.train;

import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.state.WritingOp;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;

/** The steps of the optimizers: operations that change a variable by its gradient. */
public interface TrainingOps extends Building {

  /** {@code var -= rate * gradient}; inputs are the variable, the rate and the gradient. */
  record ApplyGradientDescent() implements WritingOp {
    @Override
    public String type() {
      return "ApplyGradientDescent";
    }

    @Override
    public Signature signature() {
      return Signature.of("var: T", "alpha: T", "delta: T").ignoring("use_locking");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return Steps.infer(in, 3, 1, 2);
    }

    @Override
    public void lower(Lowering to) {
      Steps.write(
          to,
          0,
          List.of(to.input(0), to.input(1), to.input(2)),
          s -> s.get(0).minus(s.get(1).times(s.get(2))));
    }

    static List<Example> examples() {
      Op op = new ApplyGradientDescent();
      return List.of(
          Example.accepts(op)
              .withVariable(-2, 2, DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32)
              .with(DType.FLOAT32, 2, 3),
          Example.rejects(op, "a gradient of shape [3] does not fit a variable of [2]")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32)
              .with(DType.FLOAT32, 3),
          Example.rejects(op, "input 1 must be a scalar, but has shape [1]")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 1)
              .with(DType.FLOAT32, 2),
          Example.rejects(op, "takes 3 inputs, not 0"));
    }
  }

  /**
   * {@code sum = momentum * sum + gradient; var -= rate * sum}, or with Nesterov's look ahead
   * {@code var -= rate * gradient + rate * momentum * sum}; inputs are the variable, the sum, the
   * rate, the gradient and the momentum.
   */
  record ApplyMomentum(boolean useNesterov) implements WritingOp {
    @Override
    public String type() {
      return "ApplyMomentum";
    }

    @Override
    public Signature signature() {
      return Signature.of("var: T", "accum: T", "lr: T", "grad: T", "momentum: T")
          .optional("use_nesterov", false)
          .ignoring("use_locking");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      List<TensorType> types = Steps.infer(in, 5, 2, 3);
      Steps.requireSlot(in, 1);
      Steps.requireScalar(in, 4);
      return types;
    }

    @Override
    public void lower(Lowering to) {
      Value rate = to.input(2);
      Value gradient = to.input(3);
      Value momentum = to.input(4);
      Value sum =
          Steps.write(
              to,
              1,
              List.of(to.input(1), momentum, gradient),
              s -> s.get(0).times(s.get(1)).plus(s.get(2)));
      Steps.write(
          to,
          0,
          List.of(to.input(0), sum, rate, gradient, momentum),
          s -> {
            Scalar step = s.get(1).times(s.get(2));
            return s.get(0)
                .minus(
                    useNesterov
                        ? s.get(3).times(s.get(2)).plus(s.get(1).times(s.get(4)).times(s.get(2)))
                        : step);
          });
    }

    static List<Example> examples() {
      Op op = new ApplyMomentum(false);
      return List.of(
          momentum(op),
          momentum(new ApplyMomentum(true)),
          Example.rejects(op, "a slot of shape [3] does not fit a variable of [2]")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 3)
              .with(DType.FLOAT32)
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32),
          Example.rejects(op, "input 4 must be a scalar, but has shape [2]")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32)
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 2));
    }

    private static Example momentum(Op op) {
      return Example.accepts(op)
          .withVariable(-2, 2, DType.FLOAT64, 2)
          .withVariable(-2, 2, DType.FLOAT64, 2)
          .with(DType.FLOAT64)
          .with(DType.FLOAT64, 2)
          .with(DType.FLOAT64);
    }
  }

  /**
   * Adam: {@code m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2); var -= m r / (sqrt(v) + e)}
   * with {@code r = rate sqrt(1 - beta2^t) / (1 - beta1^t)}.
   *
   * <p>Inputs are var, m, v, beta1^t, beta2^t, the rate, beta1, beta2, epsilon and the gradient.
   * Source: arXiv:1412.6980, in the form before its section 2.1; with Nesterov's look ahead {@code
   * beta1 m + (1 - beta1) g} stands for the last m.
   */
  record ApplyAdam(boolean useNesterov) implements WritingOp {
    @Override
    public String type() {
      return "ApplyAdam";
    }

    @Override
    public Signature signature() {
      return Signature.of(
              "var: T",
              "m: T",
              "v: T",
              "beta1_power: T",
              "beta2_power: T",
              "lr: T",
              "beta1: T",
              "beta2: T",
              "epsilon: T",
              "grad: T")
          .optional("use_nesterov", false)
          .ignoring("use_locking");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      List<TensorType> types = Steps.infer(in, 10, 5, 9);
      Steps.requireSlot(in, 1);
      Steps.requireSlot(in, 2);
      for (int scalar : new int[] {3, 4, 6, 7, 8}) {
        Steps.requireScalar(in, scalar);
      }
      return types;
    }

    @Override
    public void lower(Lowering to) {
      Value beta1 = to.input(6);
      Value gradient = to.input(9);
      Value m =
          Steps.write(
              to,
              1,
              List.of(to.input(1), gradient, beta1),
              s -> s.get(0).plus(s.get(1).minus(s.get(0)).times(oneMinus(s.get(2)))));
      Value v =
          Steps.write(
              to,
              2,
              List.of(to.input(2), gradient, to.input(7)),
              s -> s.get(0).plus(s.get(1).square().minus(s.get(0)).times(oneMinus(s.get(2)))));
      Value rate =
          to.map(
              List.of(to.input(5), to.input(3), to.input(4)),
              s -> s.get(0).times(oneMinus(s.get(2)).sqrt()).dividedBy(oneMinus(s.get(1))));
      Steps.write(
          to,
          0,
          List.of(to.input(0), m, v, rate, to.input(8), beta1, gradient),
          s -> {
            Scalar first =
                useNesterov
                    ? s.get(6).times(oneMinus(s.get(5))).plus(s.get(5).times(s.get(1)))
                    : s.get(1);
            Scalar size = s.get(2).sqrt().plus(s.get(4));
            return s.get(0).minus(first.times(s.get(3)).dividedBy(size));
          });
    }

    private static Scalar oneMinus(Scalar x) {
      return x.constant(1).minus(x);
    }

    static List<Example> examples() {
      return List.of(
          adam(new ApplyAdam(false)),
          adam(new ApplyAdam(true)),
          Example.rejects(new ApplyAdam(false), "takes 10 inputs, not 0"));
    }

    private static Example adam(Op op) {
      return Example.accepts(op)
          .withVariable(-2, 2, DType.FLOAT32, 2, 3)
          .withVariable(-2, 2, DType.FLOAT32, 2, 3)
          .withVariable(0, 2, DType.FLOAT32, 2, 3)
          .within(0.1, 0.9, DType.FLOAT32)
          .within(0.1, 0.9, DType.FLOAT32)
          .within(0, 1, DType.FLOAT32)
          .within(0.1, 0.9, DType.FLOAT32)
          .within(0.1, 0.9, DType.FLOAT32)
          .within(0.1, 0.2, DType.FLOAT32)
          .with(DType.FLOAT32, 2, 3);
    }
  }
}
