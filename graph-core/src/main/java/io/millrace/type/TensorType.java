package io.millrace.type;

import java.util.Optional;

/**
 * Pairs an element type with a shape: what is known of a tensor before it has a value.
 *
 * @param refers of a handle, what is known of the tensor that it refers to; of a list, of its
 *     elements stacked
 */
public record TensorType(DType dtype, Shape shape, Optional<TensorType> refers) {
  public TensorType {
    Given.value(dtype, "dtype");
    Given.value(shape, "shape");
    Given.value(refers, "refers");
  }

  /** Returns the type of a tensor. */
  public TensorType(DType dtype, Shape shape) {
    this(dtype, shape, Optional.empty());
  }

  /** Returns the type of a tensor with these extents, -1 for unknown ones. */
  public static TensorType of(DType dtype, long... dims) {
    return new TensorType(dtype, Shape.of(dims));
  }

  /** Returns the type of handles of variables that hold such tensors. */
  public static TensorType handle(TensorType variable) {
    return new TensorType(
        DType.RESOURCE, Shape.scalar(), Optional.of(Given.value(variable, "variable")));
  }

  /**
   * Returns the type of lists of tensors.
   *
   * @param rows what is known of the elements stacked: how many there are, then their shape
   */
  public static TensorType list(TensorType rows) {
    return new TensorType(DType.VARIANT, Shape.scalar(), Optional.of(Given.value(rows, "rows")));
  }

  /** Returns whether this is the type of lists of tensors. */
  public boolean isList() {
    return dtype == DType.VARIANT;
  }

  /** Returns this type with another shape. */
  public TensorType withShape(Shape other) {
    return new TensorType(dtype, other, refers);
  }

  /** Returns this type with another element type. */
  public TensorType withDType(DType other) {
    return new TensorType(other, shape);
  }

  /** Returns the type of what a handle refers to, if that is known; of a tensor its own. */
  public TensorType target() {
    return refers.orElse(this);
  }

  /**
   * Returns the type of lists of such elements, however many there are; of a tensor its own type.
   */
  public TensorType ofAnyLength() {
    return !isList() || refers.isEmpty() || !target().shape().isRankKnown()
        ? this
        : list(target().withShape(target().shape().with(0, Shape.UNKNOWN)));
  }

  /**
   * Returns whether gradients pass: of floating tensors, and of lists of them. A list of which
   * nothing is known counts as such.
   */
  public boolean isDifferentiable() {
    return isList() ? refers.map(r -> r.dtype().isFloating()).orElse(true) : dtype.isFloating();
  }

  /** Returns whether a tensor may be of both types, as far as they are known. */
  public boolean isCompatibleWith(TensorType other) {
    boolean fits =
        Given.value(other, "other").dtype == dtype && shape.isCompatibleWith(other.shape);
    return fits
        && (!isList()
            || refers.isEmpty()
            || other.refers.isEmpty()
            || target().isCompatibleWith(other.target()));
  }

  /** Returns the bytes that a tensor of this fully defined type takes. */
  public long bytes() {
    long size = shape.size();
    try {
      return Math.multiplyExact(size, dtype.bytes());
    } catch (ArithmeticException e) {
      throw new ArithmeticException(this + " has more bytes than int64 can count");
    }
  }

  /**
   * Returns a text such as {@code float32[2,3]}; of a handle {@code resource(float32[2,3])}, of
   * several {@code variant[4](float32[2,3])}.
   */
  @Override
  public String toString() {
    boolean one = refers.isPresent() && shape.isRankKnown() && shape.rank() == 0;
    return dtype + (one ? "" : shape.toString()) + refers.map(r -> "(" + r + ")").orElse("");
  }
}
