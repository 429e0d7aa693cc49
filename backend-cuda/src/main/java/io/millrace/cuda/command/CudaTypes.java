package io.millrace.cuda.command;

import io.millrace.type.DType;

/** How kernels write element types: a row a type. */
public final class CudaTypes {
  private CudaTypes() {}

  /**
   * What C++ says of a type.
   *
   * @param name in memory
   * @param literal the format of a literal, of which the number is written first
   * @param suffix what the names of the library's functions for it end with
   * @param bits the format of a floating expression's bits
   * @param ofBits the format of the floating number that has these bits
   * @param truncate the function that truncates a floating number to it
   */
  private record Row(
      String name, String literal, String suffix, String bits, String ofBits, String truncate) {

    static Row floating(String name, String suffix, String bits, String ofBits) {
      return new Row(name, "%s" + suffix, suffix, bits, ofBits, "");
    }

    static Row other(String name, String literal, String truncate) {
      return new Row(name, literal, "", "", "", truncate);
    }
  }

  private static Row row(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> Row.floating("float", "f", "__float_as_uint(%s)", "__int_as_float(0x%08x)");
      case FLOAT64 ->
          Row.floating(
              "double", "", "(u64)__double_as_longlong(%s)", "__longlong_as_double(0x%016xll)");
      case INT32 -> Row.other("int", "%s", "toInt");
      case INT64 -> Row.other("long long", "%sll", "toLong");
      case UINT8 -> Row.other("u8", "(u8)%s", "toByte");
      case BOOL -> Row.other("u8", "%s", "");
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(dtype + " has no elements");
    };
  }

  /** Returns C++'s name of the type in memory. */
  public static String of(DType dtype) {
    return row(dtype).name();
  }

  /** Returns C++'s name of the type in a register. */
  public static String register(DType dtype) {
    return dtype.isBoolean() ? "bool" : of(dtype);
  }

  /** Returns the name of the unsigned type in which integers of so many bytes are computed. */
  public static String unsigned(int bytes) {
    return bytes <= Integer.BYTES ? "u32" : "u64";
  }

  /** Returns a literal of these bits, as {@link DType} says them. */
  public static String literal(DType dtype, long bits) {
    Row row = row(dtype);
    if (dtype.isFloating()) {
      double value = dtype.toDouble(bits);
      return Double.isFinite(value)
          ? row.literal().formatted(Double.toHexString(value))
          : row.ofBits().formatted(bits & -1L >>> (Long.SIZE - Byte.SIZE * dtype.bytes()));
    }
    // The least number has no literal: a minus is an operator.
    return dtype.isSigned() && bits == dtype.lowest()
        ? "(" + row.literal().formatted(bits + 1) + " - 1)"
        : row.literal().formatted(dtype.text(bits));
  }

  /** Returns the name of the library's function of a floating type. */
  public static String function(String name, DType dtype) {
    return name + row(dtype).suffix();
  }

  /** Returns the bits of a floating expression. */
  public static String bits(DType dtype, String expression) {
    return row(dtype).bits().formatted(expression);
  }

  /** Returns the name of the function that truncates a floating number to an integer type. */
  public static String truncate(DType dtype) {
    return row(dtype).truncate();
  }
}
