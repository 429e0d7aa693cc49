package io.millrace.ops.building;

import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;

/** Rules on shapes that several families state. */
public final class Shapes {
  private Shapes() {}

  /** Returns {@code [before, dim, after]}: the axes on both sides of one put together. */
  public static Shape around(Shape shape, int axis) {
    return Shape.of(
        shape.slice(0, axis).size(), shape.dim(axis), shape.slice(axis + 1, shape.rank()).size());
  }

  /** Requires two inputs to have one shape, and returns the first one's type as both know it. */
  public static TensorType same(Inference in, int a, int b) {
    return in.type(a).withShape(merge(in, in.shape(a), in.shape(b)));
  }

  /** Requires two shapes to be compatible, and returns what is known from both. */
  public static Shape merge(Inference in, Shape a, Shape b) {
    in.require(a.isCompatibleWith(b), "shapes %s and %s differ", a, b);
    return a.merge(b);
  }

  /** Requires at least this many axes, if their number is known. */
  public static void requireAxes(Inference in, int input, int least) {
    Shape shape = in.shape(input);
    in.require(
        !shape.isRankKnown() || shape.rank() >= least,
        "input %d must have at least %s, but has shape %s",
        input,
        Messages.axes(least),
        shape);
  }

  /** Requires two extents to be equal, if both are known, and returns what is known. */
  public static long equal(Inference in, long a, long b, String rule, Object... arguments) {
    in.require(a == b || a < 0 || b < 0, rule, arguments);
    return Math.max(a, b);
  }
}
