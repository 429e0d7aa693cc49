package io.millrace.io;

import io.millrace.io.proto.DataType;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import java.util.Locale;

/** Translates element types. */
final class ElementTypes {
  private ElementTypes() {}

  /** Returns TensorFlow's name of one of our types. */
  static DataType encode(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> DataType.DT_FLOAT;
      case FLOAT64 -> DataType.DT_DOUBLE;
      case INT32 -> DataType.DT_INT32;
      case INT64 -> DataType.DT_INT64;
      case UINT8 -> DataType.DT_UINT8;
      case BOOL -> DataType.DT_BOOL;
    };
  }

  /**
   * Returns our name of one of TensorFlow's types.
   *
   * @param number as in the file, for which there may be no name
   * @throws RuleException if the engine does not have the type
   * @throws MalformedException if it is no type
   */
  static DType decode(int number) {
    DataType type = DataType.forNumber(number);
    if (type == DataType.DT_INVALID) {
      throw new MalformedException("the element type is not set");
    }
    for (DType dtype : DType.values()) {
      if (encode(dtype) == type) {
        return dtype;
      }
    }
    throw new RuleException("element type " + name(number) + " is not supported");
  }

  private static String name(int number) {
    DataType type = DataType.forNumber(number);
    if (type == DataType.DT_HALF) {
      return "float16";
    }
    if (type != null) {
      return type.name().substring("DT_".length()).toLowerCase(Locale.ROOT);
    }
    return "number " + number;
  }
}
