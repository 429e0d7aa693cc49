package io.millrace.ops.building;

import io.millrace.GraphFunction;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What operations that choose between others have in common. */
public final class Branches {
  private Branches() {}

  /**
   * Returns whether an input counts as true: a scalar unless it is zero or false, any other tensor
   * unless it is empty. The value is computed ahead of the run if need be.
   */
  public static boolean isTrue(Lowering to, int input) {
    TensorType type = to.inputType(input);
    if (type.shape().rank() > 0) {
      return type.shape().size() > 0;
    }
    Literal value = to.constant(input);
    return type.dtype().isFloating() ? value.getDouble(0) != 0 : value.getLong(0) != 0;
  }

  /**
   * Runs one of two functions: the first if an input counts as true.
   *
   * @param first the input that is the first argument of both
   */
  public static void choose(
      Lowering to, int input, GraphFunction then, GraphFunction otherwise, int first) {
    TensorType type = to.inputType(input);
    if (type.shape().rank() > 0 || to.known(input).isPresent()) {
      to.call(isTrue(to, input) ? then : otherwise, first);
      return;
    }
    Value decides = to.input(input);
    Value index =
        to.map(
            decides,
            to.literal(Literal.scalar(type.dtype(), 0)),
            (x, zero) -> x.eq(zero).cast(DType.INT32));
    to.choose(index, () -> isTrue(to, input) ? 0 : 1, List.of(then, otherwise), first);
  }

  /** Returns what is known of a tensor that is of one of two types of the same elements. */
  public static TensorType common(TensorType a, TensorType b) {
    Shape shape = common(a.shape(), b.shape());
    if (!a.isList()) {
      return a.withShape(shape);
    }
    boolean known = a.refers().isPresent() && b.refers().isPresent();
    return new TensorType(
        a.dtype(),
        shape,
        known && a.target().dtype() == b.target().dtype()
            ? Optional.of(common(a.target(), b.target()))
            : Optional.empty());
  }

  /** Returns what is known of a tensor that has one of two shapes. */
  public static Shape common(Shape a, Shape b) {
    if (!a.isRankKnown() || !b.isRankKnown() || a.rank() != b.rank()) {
      return Shape.unknown();
    }
    long[] dims = new long[a.rank()];
    Arrays.setAll(dims, i -> a.dim(i) == b.dim(i) ? a.dim(i) : Shape.UNKNOWN);
    return Shape.of(dims);
  }
}
