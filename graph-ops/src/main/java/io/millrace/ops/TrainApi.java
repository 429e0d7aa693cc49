package io.millrace.ops;

import io.millrace.GraphException;
import io.millrace.GraphKeys;
import io.millrace.op.Arguments;
import io.millrace.ops.array.Constants;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.train.RuleOptimizer;
import io.millrace.ops.train.TrainingOps;
import io.millrace.ops.train.Update;
import io.millrace.ops.train.UpdateRule;
import io.millrace.type.DType;
import java.util.Optional;

/**
 * The view {@code tf.train}: optimizers, and the count of training steps.
 *
 * <p>A rate, like every other setting of an optimizer, is a number or a scalar tensor, so it may
 * change from step to step.
 */
public final class TrainApi extends Facade implements TrainingOps {
  private static final String GLOBAL_STEP = "global_step";

  TrainApi(Ops ops) {
    super(ops);
  }

  /** Returns plain gradient descent. TensorFlow: GradientDescentOptimizer. */
  public Optimizer gradientDescent(Object rate) {
    return optimizer(Update.GRADIENT_DESCENT, false, rate);
  }

  /** Returns gradient descent with momentum. TensorFlow: MomentumOptimizer. */
  public Optimizer momentum(Object rate, Object momentum) {
    Arguments.requireEach("rate, momentum", rate, momentum);
    return optimizer(Update.MOMENTUM, false, rate, momentum);
  }

  /**
   * Returns gradient descent with Nesterov's momentum. TensorFlow: MomentumOptimizer with
   * use_nesterov.
   */
  public Optimizer nesterov(Object rate, Object momentum) {
    Arguments.requireEach("rate, momentum", rate, momentum);
    return optimizer(Update.MOMENTUM, true, rate, momentum);
  }

  /** Returns Adagrad, its accumulators starting at 0.1. TensorFlow: AdagradOptimizer. */
  public Optimizer adagrad(Object rate) {
    return optimizer(Update.ADAGRAD, true, rate);
  }

  /** Returns Adam with the rate 0.001. TensorFlow: AdamOptimizer. */
  public Optimizer adam() {
    return adam(0.001f);
  }

  /** Returns Adam with its usual decays, 0.9 and 0.999, and epsilon, 1e-8: AdamOptimizer. */
  public Optimizer adam(Object rate) {
    return adam(rate, 0.9f, 0.999f, 1e-8f);
  }

  /** Returns Adam. TensorFlow: AdamOptimizer. Source: arXiv:1412.6980. */
  public Optimizer adam(Object rate, Object beta1, Object beta2, Object epsilon) {
    Arguments.requireEach("rate, beta1, beta2, epsilon", rate, beta1, beta2, epsilon);
    return optimizer(Update.ADAM, false, rate, beta1, beta2, epsilon);
  }

  private Optimizer optimizer(Update update, boolean option, Object... settings) {
    UpdateRule rule = update.rule();
    return RuleOptimizer.of(graph(), nameOr(rule.name()), rule, option, settings);
  }

  /**
   * Returns a new variable that counts training steps, an int64 scalar named {@code global_step}.
   *
   * @throws GraphException if the graph has one
   */
  public Variable createGlobalStep() {
    if (!graph().collection(GraphKeys.GLOBAL_STEP, Variable.class).isEmpty()) {
      throw Refusal.of(
          "createGlobalStep", "the graph has a global step already: use getOrCreateGlobalStep");
    }
    return tf().variable(
            Constants.named(
                graph(), GLOBAL_STEP + "/Initializer/zeros", 0, Optional.of(DType.INT64)),
            GLOBAL_STEP,
            Variable.Options.notTrainable()
                .collections(GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP));
  }

  /** Returns the variable that counts training steps, made if the graph has none. */
  public Variable getOrCreateGlobalStep() {
    return graph().collection(GraphKeys.GLOBAL_STEP, Variable.class).stream()
        .findFirst()
        .orElseGet(this::createGlobalStep);
  }
}
