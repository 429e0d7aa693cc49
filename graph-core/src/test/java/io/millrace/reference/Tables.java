package io.millrace.reference;

import io.millrace.ir.WindowAxis;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Reads the recorded tables and makes the tensors that they are about. */
final class Tables {
  private Tables() {}

  /** Returns a table's lines but its comments. */
  static List<String> lines(String name) {
    try (InputStream in = Objects.requireNonNull(Tables.class.getResourceAsStream(name))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static double[] doubles(String line) {
    return Arrays.stream(line.split(", ", -1)).mapToDouble(Double::parseDouble).toArray();
  }

  static Shape shape(String text) {
    return Shape.of(Arrays.stream(text.split(",", -1)).mapToLong(Long::parseLong).toArray());
  }

  static List<WindowAxis> axes(String text) {
    return Arrays.stream(text.split(" ", -1))
        .map(axis -> shape(axis).dims())
        .map(a -> new WindowAxis(a[0], a[1], a[2], a[3], a[4]))
        .toList();
  }

  /** Returns a tensor whose element i is {@code (factor * i mod modulus) - minus}. */
  static Literal pattern(DType dtype, Shape shape, int factor, int modulus, int minus) {
    Literal.Builder builder = new Literal.Builder(new TensorType(dtype, shape));
    for (long i = 0; i < shape.size(); i++) {
      builder.setLong(i, factor * i % modulus - minus);
    }
    return builder.build();
  }

  static Literal of(DType dtype, Shape shape, double... values) {
    return Numbers.ofDoubles(new TensorType(dtype, shape), values);
  }

  static double[] values(Literal literal) {
    double[] values = new double[(int) literal.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = literal.getDouble(i);
    }
    return values;
  }
}
