package io.millrace.ops.list;

import io.millrace.op.Arguments;
import io.millrace.ops.Building;
import io.millrace.ops.TensorArray;
import io.millrace.ops.TensorArrayOptions;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;

/** Arrays of tensors that are read and written element by element. */
public interface ListOps extends Building {

  /**
   * Returns an array of so many tensors of this element type, of any one shape. TensorFlow:
   * TensorArray.
   *
   * @param size how many elements it has, a number or an int32 scalar
   */
  default TensorArray tensorArray(DType dtype, Object size) {
    return tensorArray(dtype, size, TensorArrayOptions.defaults());
  }

  /**
   * Returns an array of so many tensors of this element type. TensorFlow: TensorArray.
   *
   * @param size how many elements it has, a number or an int32 scalar
   */
  default TensorArray tensorArray(DType dtype, Object size, TensorArrayOptions options) {
    Arguments.requireEach("dtype, size, options", dtype, size, options);
    if (dtype.isHandle()) {
      throw Refusal.of("TensorArray", "the elements are tensors, which cannot be %s", dtype);
    }
    return TensorArray.of(
        result(
            new ListStackOps.TensorListReserve(dtype),
            ListTypes.shape(tf(), options.elementShape()),
            operand("TensorArray", size, DType.INT32)),
        options);
  }
}
