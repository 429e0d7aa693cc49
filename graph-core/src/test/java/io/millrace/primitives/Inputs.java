package io.millrace.primitives;

import io.millrace.ir.WindowAxis;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/** Makes what tests feed. */
public final class Inputs {
  private Inputs() {}

  /** Returns the whole numbers of a text. */
  public static long[] numbers(String text, String separator) {
    return Pattern.compile(separator).splitAsStream(text).mapToLong(Long::parseLong).toArray();
  }

  /** Reads axes {@code size/stride/dilation/padBefore/padAfter}, divided by spaces. */
  public static List<WindowAxis> axes(String text) {
    return Pattern.compile(" ")
        .splitAsStream(text)
        .map(axis -> numbers(axis, "/"))
        .map(v -> new WindowAxis(v[0], v[1], v[2], v[3], v[4]))
        .toList();
  }

  /** Returns small whole numbers or, for floating types, numbers with one exact decimal bit. */
  public static Literal numbers(TensorType type, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, random.nextInt(9) - 4 + (type.dtype().isFloating() ? 0.5 : 0));
    }
    return builder.build();
  }

  /** Returns normally distributed numbers. */
  public static Literal normal(TensorType type, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, random.nextGaussian());
    }
    return builder.build();
  }
}
