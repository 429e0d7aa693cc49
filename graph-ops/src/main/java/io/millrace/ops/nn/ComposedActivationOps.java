package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import java.util.List;

/** Activations made of other operations. */
public interface ComposedActivationOps extends Building {
  /** Beyond it the sigmoid and its derivative have their limits in every type. */
  int SATURATION = 750;

  /**
   * Returns the positive parts of x and of -x beside each other along the last axis, which becomes
   * twice as long. TensorFlow: crelu.
   */
  default Output crelu(Object x) {
    return crelu(x, -1);
  }

  /**
   * Returns the positive parts of x and of -x beside each other along an axis. TensorFlow: crelu.
   */
  default Output crelu(Object x, Object axis) {
    Arguments.requireEach("x, axis", x, axis);
    Output input = operand(x);
    return scope(
        "CRelu",
        () -> {
          Ops tf = tf();
          return tf.nn.relu(tf.concat(List.of(input, tf.negative(input)), axis));
        });
  }

  /** Returns {@code x * sigmoid(x)}, 0 at -infinity. TensorFlow: swish. */
  default Output swish(Object x) {
    Output input = operand(x);
    return scope(
        "swish",
        () -> {
          Ops tf = tf();
          return tf.multiplyNoNan(
              input, tf.sigmoid(tf.clipByValue(input, -SATURATION, SATURATION)));
        });
  }

  /** Returns x times the normal distribution function of x (arXiv:1606.08415). TensorFlow: gelu. */
  default Output gelu(Object x) {
    return gelu(x, false);
  }

  /**
   * Returns x times the normal distribution function of x (arXiv:1606.08415). TensorFlow: gelu.
   *
   * @param approximate whether the function is approximated by a hyperbolic tangent
   */
  default Output gelu(Object x, boolean approximate) {
    Output input = operand(x);
    return scope(
        "Gelu",
        () -> {
          Ops tf = tf();
          if (!approximate) {
            Output near = tf.clipByValue(input, -40, 40);
            Output twice = tf.erfc(tf.multiply(tf.negative(near), Math.sqrt(0.5)));
            return tf.multiplyNoNan(tf.multiply(0.5, input), twice);
          }
          // (1 + tanh(u)) / 2 is the sigmoid of 2 u, which keeps its digits. It has its limits long
          // before 30, and nothing overflows on the way there.
          Output near = tf.clipByValue(input, -30, 30);
          Output factor = tf.add(1, tf.multiply(0.044715, tf.square(near)));
          Output inner = tf.multiply(tf.multiply(Math.sqrt(8 / Math.PI), near), factor);
          return tf.multiplyNoNan(input, tf.sigmoid(inner));
        });
  }
}
