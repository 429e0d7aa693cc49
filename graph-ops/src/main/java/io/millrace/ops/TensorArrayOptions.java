package io.millrace.ops;

import io.millrace.op.Arguments;
import io.millrace.type.Shape;

/**
 * How a {@link TensorArray} is made.
 *
 * @param dynamicSize whether writing behind the last element makes the array longer; otherwise it
 *     fails
 * @param elementShape what is known of the shape of an element, which all have in common
 * @param inferShape of no effect: what is known of the shape is always inferred
 * @param clearAfterRead of no effect: an element may be read as often as one likes
 */
public record TensorArrayOptions(
    boolean dynamicSize, Shape elementShape, boolean inferShape, boolean clearAfterRead) {
  public TensorArrayOptions {
    Arguments.require(elementShape, "elementShape");
  }

  /** Returns the options of an array of fixed size, of elements of any one shape. */
  public static TensorArrayOptions defaults() {
    return new TensorArrayOptions(false, Shape.unknown(), true, false);
  }

  /** Returns these options for an array that grows or does not. */
  public TensorArrayOptions dynamicSize(boolean grows) {
    return new TensorArrayOptions(grows, elementShape, inferShape, clearAfterRead);
  }

  /** Returns these options with what is known of the shape of an element. */
  public TensorArrayOptions elementShape(Shape shape) {
    return new TensorArrayOptions(dynamicSize, shape, inferShape, clearAfterRead);
  }

  /** Returns these options with or without inferring, which has no effect. */
  public TensorArrayOptions inferShape(boolean on) {
    return new TensorArrayOptions(dynamicSize, elementShape, on, clearAfterRead);
  }

  /** Returns these options with or without clearing, which has no effect. */
  public TensorArrayOptions clearAfterRead(boolean on) {
    return new TensorArrayOptions(dynamicSize, elementShape, inferShape, on);
  }
}
