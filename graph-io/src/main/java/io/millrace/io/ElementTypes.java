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
    return DataType.forNumber(dtype.number());
  }

  /**
   * Returns our name of one of TensorFlow's types.
   *
   * @param number as in the file, for which there may be no name
   * @throws RuleException if the engine does not have the type
   * @throws MalformedException if it is no type
   */
  static DType decode(int number) {
    if (number == DataType.DT_INVALID_VALUE) {
      throw new MalformedException("the element type is not set");
    }
    for (DType dtype : DType.values()) {
      if (dtype.number() == number) {
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
