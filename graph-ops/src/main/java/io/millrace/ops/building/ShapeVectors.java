package io.millrace.ops.building;

import io.millrace.op.Inference;
import io.millrace.type.Shape;
import java.util.Optional;

/** Reads operands that say a shape, axes or the like. */
public final class ShapeVectors {
  private ShapeVectors() {}

  /** Returns the values of an input that must be a vector, if they are known. */
  public static Optional<long[]> vector(Inference in, int input) {
    in.requireRank(input, 1);
    return in.constant(input).map(literal -> literal.toLongs());
  }

  /** Returns the values of an input that must be a vector, if nothing has to run for them. */
  public static Optional<long[]> knownVector(Inference in, int input) {
    in.requireRank(input, 1);
    return in.known(input).map(literal -> literal.toLongs());
  }

  /** Returns the value of an input that must be a scalar, if it is known. */
  public static Optional<Long> scalar(Inference in, int input) {
    in.requireRank(input, 0);
    return in.constant(input).map(literal -> literal.getLong(0));
  }

  /** Returns the shape that an input says, all extents known or none. */
  public static Shape shape(Inference in, int input) {
    Optional<long[]> dims = vector(in, input);
    if (dims.isEmpty()) {
      return in.ofRank(in.requireRank(input, 1).dim(0));
    }
    for (int axis = 0; axis < dims.get().length; axis++) {
      long dim = dims.get()[axis];
      in.require(dim >= 0, "a shape has no negative extents: element [%d] is %d", axis, dim);
    }
    return Shape.of(dims.get());
  }
}
