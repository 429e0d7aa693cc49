package io.millrace.ops;

import io.millrace.Output;
import io.millrace.Shape;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Gradient;
import io.millrace.op.Lowering;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies tensors side by side into one. */
final class Joining {
  private Joining() {}

  /** Returns the strides but one. */
  static long[] without(long[] strides, int axis) {
    long[] rest = new long[strides.length - 1];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = strides[i < axis ? i : i + 1];
    }
    return rest;
  }

  /** Returns the gradients that arrive at all outputs of a node, zeros where none does. */
  static List<Output> gradients(Gradient call) {
    Ops tf = Ops.of(call.graph());
    List<Output> gradients = new ArrayList<>();
    for (int i = 0; i < call.outputs(); i++) {
      Output output = call.output(i);
      gradients.add(call.gradient(i).orElseGet(() -> tf.zerosLike(output)));
    }
    return gradients;
  }

  /**
   * Copies inputs one after another into the first output.
   *
   * @param strides how to walk the output over one input
   * @param step distance in the output between neighbours along the joined axis
   * @param axis the inputs' joined axis, or -1 if they have none and count as one
   */
  static void lower(Lowering to, int count, long[] strides, long step, int axis) {
    List<Value> inputs = new ArrayList<>();
    List<Primitive.Move.Piece> pieces = new ArrayList<>();
    long offset = 0;
    for (int i = 0; i < count; i++) {
      Shape extent = to.inputType(i).shape();
      inputs.add(to.input(i));
      if (extent.size() > 0) {
        pieces.add(
            new Primitive.Move.Piece(i, extent, View.dense(extent), View.of(offset, strides)));
      }
      offset += step * (axis < 0 ? 1 : extent.dim(axis));
    }
    to.output(
        0,
        inputs.size() == 1
            ? to.reshape(inputs.get(0), to.outputType(0).shape())
            : to.emit(new Primitive.Move(pieces, Optional.empty()), inputs, to.outputType(0)));
  }
}
