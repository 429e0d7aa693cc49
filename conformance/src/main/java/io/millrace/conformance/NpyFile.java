package io.millrace.conformance;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads tensors in NumPy's format npy, version 1.0: little-endian and in C order only.
 *
 * <p>A file is six bytes of magic, two of version, two that count the header's, the header, which
 * is a Python dictionary, and the elements. Source: NEP 1, a simple file format for NumPy arrays.
 */
final class NpyFile {
  private static final byte[] START = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
  private static final int HEADER = START.length + 2;

  private static final Pattern DICTIONARY =
      Pattern.compile(
          "\\{'descr': '([^']*)', 'fortran_order': (True|False),"
              + " 'shape': \\(((?:[0-9]+, ?)*[0-9]*)\\), ?\\}\\s*");

  private NpyFile() {}

  /**
   * Returns the tensor in a file.
   *
   * @param file the file's name, for messages
   * @param bytes the whole file
   * @throws BrokenCaseException if the bytes are not of this format, of a type that tensors do not
   *     have, or more or fewer than the header says
   */
  static Literal read(String file, byte[] bytes) throws BrokenCaseException {
    if (bytes.length < HEADER || !Arrays.equals(bytes, 0, START.length, START, 0, START.length)) {
      throw new BrokenCaseException(file, "is not an npy file of version 1.0");
    }
    int start = HEADER + (bytes[HEADER - 2] & 0xFF) + 256 * (bytes[HEADER - 1] & 0xFF);
    if (start > bytes.length) {
      throw new BrokenCaseException(
          file, "is cut off in its header: it has " + bytes.length + " bytes of " + start);
    }
    String header = new String(bytes, HEADER, start - HEADER, StandardCharsets.ISO_8859_1);
    Matcher fields = DICTIONARY.matcher(header);
    if (!fields.matches()) {
      throw new BrokenCaseException(file, "has a header that npy 1.0 does not allow: " + header);
    }
    DType dtype =
        DType.ofElements().stream()
            .filter(d -> d.numpy().equals(fields.group(1)))
            .findFirst()
            .orElseThrow(
                () -> new BrokenCaseException(file, "holds elements of type " + fields.group(1)));
    if (fields.group(2).equals("True")) {
      throw new BrokenCaseException(file, "is in Fortran's order, not in C's");
    }
    TensorType type;
    long size;
    try {
      type = TensorType.of(dtype, dims(fields.group(3)));
      size = type.bytes();
    } catch (ArithmeticException | NumberFormatException e) {
      throw new BrokenCaseException(file, "has an absurd shape: (" + fields.group(3) + ")", e);
    }
    if (bytes.length - start != size) {
      throw new BrokenCaseException(
          file, type + " takes " + size + " bytes, but there are " + (bytes.length - start));
    }
    byte[] elements = Arrays.copyOfRange(bytes, start, bytes.length);
    for (int i = 0; dtype.isBoolean() && i < elements.length; i++) {
      if (elements[i] != 0 && elements[i] != 1) {
        throw new BrokenCaseException(file, "holds a boolean that is " + elements[i]);
      }
    }
    return Literal.wrap(type, elements);
  }

  private static long[] dims(String tuple) {
    return Pattern.compile(",")
        .splitAsStream(tuple)
        .map(String::strip)
        .filter(extent -> !extent.isEmpty())
        .mapToLong(Long::parseLong)
        .toArray();
  }
}
