package io.millrace.io;

import io.millrace.io.proto.DataType;
import io.millrace.op.RuleException;
import io.millrace.type.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Translates element types. */
final class ElementTypes {
  private static final Set<String> NAMES =
      Arrays.stream(DataType.values())
          .filter(type -> type != DataType.UNRECOGNIZED)
          .map(type -> name(type.getNumber()))
          .collect(Collectors.toUnmodifiableSet());

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
    throw RuleException.unsupported("element type " + name(number) + " is not supported");
  }

  /** Returns whether a number is that of one of our types. */
  static boolean isKnown(int number) {
    return Arrays.stream(DType.values()).anyMatch(dtype -> dtype.number() == number);
  }

  /** Returns whether TensorFlow has a type of this name. */
  static boolean isName(String text) {
    return NAMES.contains(text);
  }

  /** Returns our type of this name, if there is one. */
  static Optional<DType> named(String name) {
    return Arrays.stream(DType.values()).filter(d -> d.toString().equals(name)).findAny();
  }

  /** Returns TensorFlow's name of one of its types, which we may not have. */
  static String name(int number) {
    DataType type = DataType.forNumber(number);
    if (type == null) {
      return "number " + number;
    }
    return switch (type) {
      case DT_HALF -> "float16";
      case DT_FLOAT -> "float32";
      case DT_DOUBLE -> "float64";
      default -> type.name().substring("DT_".length()).toLowerCase(Locale.ROOT);
    };
  }
}
