package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Gradient;
import io.millrace.op.Lowering;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Copies tensors side by side into the first output of an operation. */
public final class Joining {
  private final Lowering to;
  private final List<Value> parts = new ArrayList<>();
  private final List<Primitive.Move.Piece> pieces = new ArrayList<>();

  Joining(Lowering to) {
    this.to = to;
  }

  /** Returns the strides but one. */
  static long[] without(long[] strides, int axis) {
    long[] rest = new long[strides.length - 1];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = strides[i < axis ? i : i + 1];
    }
    return rest;
  }

  /** Returns the gradients that arrive at all outputs of a node, zeros where none does. */
  public static List<Output> gradients(Gradient call) {
    Ops tf = Ops.of(call.graph());
    List<Output> gradients = new ArrayList<>();
    for (int i = 0; i < call.outputs(); i++) {
      Output output = call.output(i);
      gradients.add(call.gradient(i).orElseGet(() -> tf.zerosLike(output)));
    }
    return gradients;
  }

  /** Copies a tensor to the places of the output that a view walks. */
  void add(Value part, View target) {
    Shape extent = part.type().shape();
    if (extent.size() > 0) {
      pieces.add(new Primitive.Move.Piece(parts.size(), extent, View.dense(extent), target));
    }
    parts.add(part);
  }

  /** Sets the output, which the parts cover. */
  void finish() {
    to.output(
        0,
        parts.size() == 1
            ? to.reshape(parts.get(0), to.outputType(0).shape())
            : to.emit(new Primitive.Move(pieces, Optional.empty()), parts, to.outputType(0)));
  }
}
