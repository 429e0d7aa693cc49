package io.millrace.benchmarks;

import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import java.util.List;

/** A net that reads rows one after another, with the weights of an LSTM: gates i, f, g and o. */
final class RecurrentNet {
  private static final int UNITS = 128;

  private final Ops tf;
  private final Variable fromRow;
  private final Variable fromBefore;
  private final Variable bias;

  /** Says how the turns are stated. */
  interface Road {
    /** Returns the last state {@code [batch, units]} over rows {@code [batch, turns, width]}. */
    Output last(RecurrentNet net, Output rows, Output zero);
  }

  private RecurrentNet(Ops tf, int width) {
    this.tf = tf;
    fromRow = tf.variable(Numbers.glorot(911, width, 4 * UNITS), "wx");
    fromBefore = tf.variable(Numbers.glorot(912, UNITS, 4 * UNITS), "wh");
    bias = tf.variable(Tensor.zeros(DType.FLOAT32, 4 * UNITS), "b");
  }

  /** Returns the logits of ten classes for rows {@code [batch, turns, width]}. */
  static Output logits(Ops tf, Output rows, Road road) {
    RecurrentNet net = new RecurrentNet(tf, (int) rows.shape().dim(2));
    Output last = road.last(net, rows, tf.zeros(DType.FLOAT32, rows.shape().dim(0), UNITS));
    Variable w = tf.variable(Numbers.glorot(913, UNITS, 10), "wo");
    return tf.add(tf.matmul(last, w), tf.variable(Tensor.zeros(DType.FLOAT32, 10), "bo"));
  }

  static Output unrolled(RecurrentNet net, Output rows, Output zero) {
    List<Output> state = List.of(zero, zero);
    for (Output row : net.tf.unstack(rows, 1)) {
      state = net.turn(row, state.get(0), state.get(1));
    }
    return state.get(0);
  }

  static Output looped(RecurrentNet net, Output rows, Output zero) {
    Ops tf = net.tf;
    Output turns = tf.transpose(rows, 1, 0, 2);
    return tf.whileLoop(
            v -> tf.less(v.get(0), (int) rows.shape().dim(1)),
            v -> {
              List<Output> next = net.turn(tf.gather(turns, v.get(0)), v.get(1), v.get(2));
              return List.of(tf.add(v.get(0), 1), next.get(0), next.get(1));
            },
            List.of(tf.constant(0), zero, zero))
        .get(1);
  }

  /** Returns the next state and cell. */
  private List<Output> turn(Output row, Output state, Output cell) {
    Output sum = tf.add(tf.add(tf.matmul(row, fromRow), tf.matmul(state, fromBefore)), bias);
    List<Output> gates = tf.split(sum, 4, 1);
    Output next =
        tf.add(
            tf.multiply(tf.sigmoid(gates.get(1)), cell),
            tf.multiply(tf.sigmoid(gates.get(0)), tf.tanh(gates.get(2))));
    return List.of(tf.multiply(tf.sigmoid(gates.get(3)), tf.tanh(next)), next);
  }
}
