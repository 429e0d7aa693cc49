package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.View;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.ops.Ops;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A concatenation, whichever way TensorFlow orders its inputs.
 *
 * @param axis position of the input that says the axis
 * @param first position of the first tensor
 * @param count number of tensors
 */
record Concatenation(int axis, int first, int count) {

  /** Returns the type of the result. */
  TensorType infer(Inference in) {
    Optional<Long> wished = ShapeVectors.scalar(in, axis);
    Shape common = Shape.unknown();
    for (int i = first; i < first + count; i++) {
      in.require(
          !common.isRankKnown()
              || !in.shape(i).isRankKnown()
              || common.rank() == in.shape(i).rank(),
          "inputs must have the same number of axes, but %s has another",
          in.type(i));
      common = common.isRankKnown() ? common : in.shape(i);
    }
    if (!common.isRankKnown() || wished.isEmpty()) {
      return in.type(first).withShape(common.isRankKnown() ? Shape.unknown(common.rank()) : common);
    }
    return in.type(first)
        .withShape(joined(in, in.axis(wished.get(), common.rank()), common.rank()));
  }

  private Shape joined(Inference in, int along, int rank) {
    long total = 0;
    Shape others = Shape.unknown(rank);
    for (int i = first; i < first + count; i++) {
      Shape shape = in.shape(i).isRankKnown() ? in.shape(i) : Shape.unknown(rank);
      long extent = shape.dim(along);
      total = total < 0 || extent < 0 ? Shape.UNKNOWN : Math.addExact(total, extent);
      Shape rest = shape.with(along, Shape.UNKNOWN);
      in.require(
          rest.isCompatibleWith(others),
          "inputs must agree but for axis %d, and %s does not",
          along,
          in.type(i));
      others = others.merge(rest);
    }
    return others.with(along, total);
  }

  /** Returns the parts of the gradient that belong to each tensor. */
  Gradients gradient(Gradient call) {
    Ops tf = Ops.of(call.graph());
    List<Output> shapes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      shapes.add(Broadcasting.shapeOf(call.input(first + i)));
    }
    List<Object> inputs = new ArrayList<>(List.of(tf.cast(call.input(axis), DType.INT32)));
    inputs.addAll(shapes);
    List<Output> offsets = tf.apply(new ConcatOps.ConcatOffset(), inputs.toArray()).outputs();
    List<Optional<Output>> gradients = new ArrayList<>();
    for (int i = 0; i < first; i++) {
      gradients.add(Optional.empty());
    }
    for (int i = 0; i < count; i++) {
      gradients.add(Optional.of(tf.slice(call.gradient(), offsets.get(i), shapes.get(i))));
    }
    return Gradients.of(gradients, "the axis only says how to join");
  }

  /** Copies the tensors side by side. */
  void lower(Lowering to) {
    Shape shape = to.outputType(0).shape();
    int wished = (int) to.constant(axis).getLong(0);
    int along = wished < 0 ? wished + shape.rank() : wished;
    long[] strides = shape.strides();
    Joining joining = new Joining(to);
    long offset = 0;
    for (int i = first; i < first + count; i++) {
      joining.add(to.input(i), View.of(offset, strides));
      offset += strides[along] * to.inputType(i).shape().dim(along);
    }
    joining.finish();
  }
}
