package io.millrace.type;

/** Pairs an element type with a shape: what is known of a tensor before it has a value. */
public record TensorType(DType dtype, Shape shape) {
  public TensorType {
    Given.value(dtype, "dtype");
    Given.value(shape, "shape");
  }

  /** Returns the type of a tensor with these extents, -1 for unknown ones. */
  public static TensorType of(DType dtype, long... dims) {
    return new TensorType(dtype, Shape.of(dims));
  }

  /** Returns this type with another shape. */
  public TensorType withShape(Shape other) {
    return new TensorType(dtype, other);
  }

  /** Returns this type with another element type. */
  public TensorType withDType(DType other) {
    return new TensorType(other, shape);
  }

  /** Returns the bytes that a tensor of this fully defined type takes. */
  public long bytes() {
    return Math.multiplyExact(shape.size(), dtype.bytes());
  }

  /** Returns a text such as {@code float32[2,3]}. */
  @Override
  public String toString() {
    return dtype + shape.toString();
  }
}
