package io.millrace.host;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

/**
 * Writes floating-point numbers as NumPy 2 does: the fewest digits that identify the number, at
 * most eight after the point, all of one array aligned.
 */
final class FloatFormat {
  private static final int PRECISION = 8;

  private final boolean single;
  private final boolean scientific;
  private int left;
  private int right;
  private int fraction;
  private int exponent;

  /** Chooses the format that suits all these numbers. */
  FloatFormat(double[] values, boolean single) {
    this.single = single;
    double[] finite = Arrays.stream(values).filter(Double::isFinite).toArray();
    scientific = needsExponent(finite);
    for (double value : finite) {
      String text = scientific ? scientific(value, PRECISION, 0, 2) : positional(value);
      int end = scientific ? text.indexOf('e') : text.length();
      left = Math.max(left, text.indexOf('.'));
      fraction = Math.max(fraction, end - text.indexOf('.') - 1);
      exponent = Math.max(exponent, text.length() - end - 2);
    }
    right = scientific ? exponent + 2 + fraction : fraction;
    for (double value : values) {
      if (!Double.isFinite(value)) {
        left = Math.max(left, special(value).length() - right - 1);
      }
    }
  }

  private boolean needsExponent(double[] finite) {
    double max = 0;
    double min = Double.POSITIVE_INFINITY;
    for (double value : finite) {
      if (value != 0) {
        max = Math.max(max, Math.abs(value));
        min = Math.min(min, Math.abs(value));
      }
    }
    double ratio = single ? (float) max / (float) min : max / min;
    return max != 0 && (max >= (single ? 1e6 : 1e8) || min < 0.0001 || ratio > 1000);
  }

  /** Returns one of the numbers, aligned. */
  String format(double value) {
    if (!Double.isFinite(value)) {
      return padLeft(special(value), left + right + 1);
    }
    if (scientific) {
      String text = scientific(value, fraction, fraction, exponent);
      return padLeft(text, text.length() + left - text.indexOf('.'));
    }
    String text = positional(value);
    String aligned = padLeft(text, text.length() + left - text.indexOf('.'));
    return aligned + " ".repeat(left + 1 + right - aligned.length());
  }

  /** Returns a number that stands alone. */
  static String single(double value, boolean single) {
    if (!Double.isFinite(value)) {
      return special(value);
    }
    double size = Math.abs(value);
    FloatFormat format = new FloatFormat(new double[0], single);
    if (size != 0 && (size < 1e-4 || size >= (single ? 1e6 : 1e16))) {
      return format.scientific(value, 17, 0, 2).replace(".e", "e");
    }
    String digits = format.shortest(value).toPlainString();
    return sign(value) + digits + (digits.contains(".") ? "" : ".0");
  }

  private static String special(double value) {
    return Double.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  }

  private static String sign(double value) {
    return Double.doubleToRawLongBits(value) < 0 ? "-" : "";
  }

  /** Returns the absolute value with the fewest digits that identify it. */
  private BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(Math.abs(value));
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal rounded = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      boolean same =
          single
              ? rounded.floatValue() == (float) Math.abs(value)
              : rounded.doubleValue() == Math.abs(value);
      if (same) {
        return strip(rounded);
      }
    }
    return strip(exact.round(new MathContext(17, RoundingMode.HALF_EVEN)));
  }

  private static BigDecimal strip(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.scale() < 0 ? stripped.setScale(0) : stripped;
  }

  private String positional(double value) {
    BigDecimal digits = shortest(value);
    if (digits.scale() > PRECISION) {
      BigDecimal exact = new BigDecimal(Math.abs(value));
      digits = strip(exact.setScale(PRECISION, RoundingMode.HALF_EVEN));
    }
    String text = digits.toPlainString();
    return sign(value) + text + (text.contains(".") ? "" : ".");
  }

  private String scientific(double value, int most, int least, int exponentDigits) {
    BigDecimal digits = shortest(value);
    if (digits.precision() > most + 1) {
      BigDecimal exact = new BigDecimal(Math.abs(value));
      digits = exact.round(new MathContext(most + 1, RoundingMode.HALF_EVEN));
    }
    digits = digits.stripTrailingZeros();
    String figures = digits.unscaledValue().toString();
    int power = value == 0 ? 0 : digits.precision() - digits.scale() - 1;
    String rest = figures.substring(1);
    String size = Integer.toString(Math.abs(power));
    return sign(value)
        + figures.charAt(0)
        + "."
        + rest
        + "0".repeat(Math.max(0, least - rest.length()))
        + (power < 0 ? "e-" : "e+")
        + "0".repeat(Math.max(0, exponentDigits - size.length()))
        + size;
  }

  static String padLeft(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
