package io.millrace.ops.nn;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import java.util.OptionalLong;

/** Leaving out a part of a layer at random, so that the rest learns to do without it. */
public interface DropoutOps extends Building {

  /**
   * Returns x with each element set to 0 at this rate, and the others divided by {@code 1 - rate}.
   * TensorFlow: tf.nn.dropout. Source: arXiv:1207.0580.
   *
   * @param rate a number or a scalar tensor in [0, 1); for the number 0, x comes back
   */
  default Output dropout(Object x, Object rate) {
    return dropout(x, rate, OptionalLong.empty());
  }

  /** Returns x with each element set to 0 at this rate, which depends on this seed. */
  default Output dropout(Object x, Object rate, OptionalLong seed) {
    Output data = operand(x);
    return dropout(data, rate, Broadcasting.shapeOf(data), seed);
  }

  /**
   * Returns x with parts set to 0 at this rate.
   *
   * @param noiseShape the shape of the decisions, which broadcast to x: 1 where they are shared
   */
  default Output dropout(Object x, Object rate, Object noiseShape, OptionalLong seed) {
    Output data = operand(x);
    if (!data.dtype().isFloating()) {
      throw Refusal.of("dropout", "takes a floating tensor, not %s", data);
    }
    if (rate instanceof Number number) {
      double value = number.doubleValue();
      if (!(value >= 0 && value < 1)) {
        throw Refusal.of("dropout", "the rate must be in [0, 1), not %s", value);
      }
      if (value == 0) {
        return data;
      }
    }
    return scope(
        "dropout",
        () -> {
          Ops tf = tf();
          DType dtype = data.dtype();
          Output dropped =
              rate instanceof Operand operand ? operand.asOutput() : tf.operand(rate, dtype);
          Output scale = tf.divide(tf.constant(1, dtype), tf.subtract(1, dropped));
          Output drawn = tf.random.uniform(noiseShape, 0, 1, dtype, seed);
          Output kept = tf.greaterEqual(drawn, dropped);
          return tf.where(kept, tf.multiply(data, scale), 0);
        });
  }
}
