package io.millrace.ops.nn;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Dropout;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import java.util.List;

/** Leaving out a part of a layer at random, so that the rest learns to do without it. */
public interface DropoutOps extends Building {

  /**
   * Returns x with elements kept with a probability ({@code Dropout.keep(0.8)}, keep_prob) and
   * divided by it, and the others set to 0. TensorFlow: tf.nn.dropout. Source: arXiv:1207.0580.
   *
   * <p>Where all is kept, x comes back. A probability that is fed must be in [0, 1], or the run
   * fails.
   */
  default Output dropout(Object x, Dropout how) {
    Arguments.requireEach("x, how", x, how);
    Output data = operand(x);
    if (!data.dtype().isFloating()) {
      throw Refusal.of("dropout", "takes a floating tensor, not %s", data);
    }
    if (how.share() instanceof Number number && number.doubleValue() == (how.isKept() ? 1 : 0)) {
      return named(data);
    }
    return scope(
        "dropout",
        () -> {
          Ops tf = tf();
          DType dtype = data.dtype();
          Output share = share(tf, how, dtype);
          Output dropped = how.isKept() ? tf.subtract(1, share) : share;
          Output kept = how.isKept() ? share : tf.subtract(1, share);
          Output scale = tf.divide(tf.constant(1, dtype), kept);
          Object shape = how.noiseShape().orElseGet(() -> Broadcasting.shapeOf(data));
          Output drawn = tf.random.uniform(shape, 0, 1, dtype, how.seed());
          return tf.whereV2(tf.greaterEqual(drawn, dropped), tf.multiply(data, scale), 0);
        });
  }

  private static Output share(Ops tf, Dropout how, DType dtype) {
    Output share = tf.operand(how.share(), dtype);
    if (how.share() instanceof Number) {
      return share;
    }
    boolean scalar = !share.shape().isRankKnown() || share.shape().rank() == 0;
    if (share.dtype() != dtype || !scalar) {
      throw Refusal.of("dropout", "the probability must be a scalar %s, not %s", dtype, share);
    }
    Output possible = tf.logicalAnd(tf.greaterEqual(share, 0), tf.lessEqual(share, 1));
    Operation check = tf.withName("probability_is_in_0_to_1").assertThat(possible, share);
    Graph.Scope scope = tf.graph().controlDependencies(List.of(check));
    try (scope) {
      return tf.identity(share);
    }
  }
}
