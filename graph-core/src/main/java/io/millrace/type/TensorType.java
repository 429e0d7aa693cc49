package io.millrace.type;

import java.util.Optional;

/**
 * Pairs an element type with a shape: what is known of a tensor before it has a value.
 *
 * @param refers of a handle, what is known of the tensor that it refers to
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

  /** Returns the bytes that a tensor of this fully defined type takes. */
  public long bytes() {
    return Math.multiplyExact(shape.size(), dtype.bytes());
  }

  /** Returns a text such as {@code float32[2,3]}; of a handle {@code resource(float32[2,3])}. */
  @Override
  public String toString() {
    return dtype + refers.map(r -> "(" + r + ")").orElseGet(shape::toString);
  }
}
