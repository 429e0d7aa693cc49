package io.millrace.ops.building;

import io.millrace.op.Inference;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Shapes that come as tensors. */
public final class Sizes {
  private Sizes() {}

  /** Returns the shape that a vector holds, which must have this number of axes. */
  public static Shape read(Inference in, Literal sizes, int axes) {
    Shape shape = read(in, sizes);
    in.require(shape.rank() == axes, "the shape must be a vector of %d sizes, not %s", axes, sizes);
    return shape;
  }

  /** Returns the shape that a vector holds. */
  public static Shape read(Inference in, Literal sizes) {
    in.require(
        sizes.type().shape().rank() == 1
            && Arrays.stream(sizes.toLongs()).allMatch(size -> size >= 0),
        "a shape must be a vector of sizes that are 0 or more, not %s",
        sizes);
    return Shape.of(sizes.toLongs());
  }

  /**
   * Returns the shape that an input holds, that of a tensor whose gradient is wanted; what is known
   * of it as long as the input is not.
   *
   * @param result gives the shape of the result for that of the tensor
   * @param gradient the shape of the gradient that arrives at the result
   */
  public static Shape original(
      Inference in, int input, Shape known, UnaryOperator<Shape> result, Shape gradient) {
    Optional<Literal> sizes = in.constant(input);
    if (sizes.isEmpty()) {
      in.requireRank(input, 1);
      return known;
    }
    Shape shape = read(in, sizes.get(), known.rank());
    requireResult(in, result.apply(shape), gradient);
    return shape;
  }

  /**
   * Requires a size or a position to fit the type in which it is told; negative ones are unknown.
   *
   * @param what what the number is, such as {@code the size}
   */
  public static void requireFits(Inference in, DType type, long number, String what) {
    in.require(
        number < 0 || type.fits(number),
        "%s, %d, does not fit %s: ask for int64",
        what,
        number,
        type);
  }

  /** Requires the gradient that arrives at a result to have its shape. */
  public static void requireResult(Inference in, Shape result, Shape gradient) {
    in.require(
        result.isCompatibleWith(gradient),
        "a gradient of shape %s does not fit a result of %s",
        gradient,
        result);
  }
}
