package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {
  /** What {@code numpy.save} writes for {@code numpy.array([[1, -2, 3]], '<i4')}. */
  private static final String FROM_NUMPY =
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDEsIDMp"
          + "LCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoB"
          + "AAAA/v///wMAAAA=";

  @Test
  void readsWhatNumPyWrites() throws IOException {
    Literal value = NpyFile.read("x.npy", Base64.getDecoder().decode(FROM_NUMPY));
    assertEquals(TensorType.of(DType.INT32, 1, 3), value.type());
    assertArrayEquals(new long[] {1, -2, 3}, value.toLongs());
  }

  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void readsEveryTypeAndRank(DType dtype) throws IOException {
    for (long[] dims : new long[][] {{}, {3}, {0}, {2, 0, 3}, {1, 2, 3}}) {
      Literal.Builder builder = new Literal.Builder(TensorType.of(dtype, dims));
      for (int i = 0; i < TensorType.of(dtype, dims).shape().size(); i++) {
        builder.setLong(i, i);
      }
      Literal value = builder.build();
      assertEquals(value, NpyFile.read("x.npy", NpyBytes.of(value)));
    }
  }

  @Test
  void refusesEveryTruncation() {
    byte[] whole = NpyBytes.of(Literal.ofLongs(1, 2, 3));
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThrows(BrokenCaseException.class, () -> NpyFile.read("x.npy", part));
    }
  }

  @Test
  void refusesBytesAfterTheLastElement() {
    byte[] whole = NpyBytes.of(Literal.ofLongs(1, 2, 3));
    assertRefused(
        "int64[3] takes 24 bytes, but there are 25", Arrays.copyOf(whole, whole.length + 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ">f4 | False | 2, | holds elements of type >f4",
        "<f2 | False | 2, | holds elements of type <f2",
        "<f4 | True  | 2, | is in Fortran's order",
        "<f4 | False | 4611686018427387904, 4, | has an absurd shape",
        "<f4 | False | 99999999999999999999, | has an absurd shape",
        "<f4 | False | -2, | has a header that npy 1.0 does not allow",
        "<f4 | Maybe | 2, | has a header that npy 1.0 does not allow"
      })
  void refusesOtherHeaders(String descr, String fortran, String shape, String message) {
    assertRefused(message, NpyBytes.of(NpyBytes.header(descr, fortran, shape), new byte[8]));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 255})
  void refusesBooleansOtherThanZeroAndOne(int bits) {
    byte[] file = NpyBytes.of(NpyBytes.header("|b1", "False", ""), new byte[] {(byte) bits});
    assertRefused("holds a boolean", file);
  }

  @Test
  void refusesVersionTwo() {
    byte[] file = NpyBytes.of(Literal.ofLongs(1));
    file[6] = 2;
    assertRefused("is not an npy file of version 1.0", file);
  }

  private static void assertRefused(String message, byte[] file) {
    String actual =
        assertThrows(BrokenCaseException.class, () -> NpyFile.read("x.npy", file)).getMessage();
    assertTrue(actual.startsWith("x.npy: ") && actual.contains(message), actual);
  }
}
