package io.millrace.conformance;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Writes npy files as NumPy does, and damaged ones. */
final class NpyBytes {
  private NpyBytes() {}

  /** Returns the file that NumPy writes for a tensor. */
  static byte[] of(Literal value) {
    byte[] elements = new byte[value.bytes().remaining()];
    value.bytes().get(elements);
    String shape =
        Arrays.stream(value.type().shape().dims())
            .mapToObj(dim -> dim + ",")
            .collect(Collectors.joining(" "));
    return of(header(descr(value.type().dtype()), "False", shape), elements);
  }

  static String header(String descr, String fortran, String shape) {
    return "{'descr': '"
        + descr
        + "', 'fortran_order': "
        + fortran
        + ", 'shape': ("
        + shape
        + "), }";
  }

  /** Returns a file with this header, padded to a multiple of 64 bytes, and these elements. */
  static byte[] of(String header, byte[] elements) {
    String padded = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    file.write(padded.length() & 0xFF);
    file.write(padded.length() >> 8);
    file.writeBytes(padded.getBytes(StandardCharsets.ISO_8859_1));
    file.writeBytes(elements);
    return file.toByteArray();
  }

  private static String descr(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> "<f4";
      case FLOAT64 -> "<f8";
      case INT32 -> "<i4";
      case INT64 -> "<i8";
      case UINT8 -> "|u1";
      case BOOL -> "|b1";
      case RESOURCE, VARIANT -> throw new IllegalArgumentException(dtype + " has no elements");
    };
  }
}
