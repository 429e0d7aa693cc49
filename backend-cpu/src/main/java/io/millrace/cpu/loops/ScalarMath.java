package io.millrace.cpu.loops;

/**
 * The functions that generated loops call, one element at a time.
 *
 * <p>float32 values are computed in double precision and rounded.
 */
public final class ScalarMath {
  private ScalarMath() {}

  static double exp(double x) {
    return Math.exp(x);
  }

  static double expm1(double x) {
    return Math.expm1(x);
  }

  static double log(double x) {
    return Math.log(x);
  }

  static double log1p(double x) {
    return Math.log1p(x);
  }

  static double sin(double x) {
    return Math.sin(x);
  }

  static double cos(double x) {
    return Math.cos(x);
  }

  static double tan(double x) {
    return Math.tan(x);
  }

  static double asin(double x) {
    return Math.asin(x);
  }

  static double acos(double x) {
    return Math.acos(x);
  }

  static double atan(double x) {
    return Math.atan(x);
  }

  static double sinh(double x) {
    return Math.sinh(x);
  }

  static double cosh(double x) {
    return Math.cosh(x);
  }

  static double tanh(double x) {
    return Math.tanh(x);
  }

  /** ln(a + sqrt(a^2 + 1)), written so that nothing cancels near 0. */
  static double asinh(double x) {
    double a = Math.abs(x);
    double value =
        a < 0x1p28
            ? Math.log1p(a + a * (a / (Math.sqrt(a * a + 1) + 1)))
            : Math.log(a) + Math.log(2);
    return Math.copySign(value, x);
  }

  /** ln(x + sqrt(x^2 - 1)), written in terms of the distance from 1. */
  static double acosh(double x) {
    if (x < 1) {
      return Double.NaN;
    }
    double d = x - 1;
    return x < 0x1p28 ? Math.log1p(d + Math.sqrt(d * (d + 2))) : Math.log(x) + Math.log(2);
  }

  /** ln((1 + x) / (1 - x)) / 2. */
  static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(0.5 * Math.log1p((a + a) / (1 - a)), x);
  }

  /** By its series of positive terms up to 1, by the continued fraction of erfc beyond. */
  static double erf(double x) {
    double a = Math.abs(x);
    if (Double.isNaN(x)) {
      return x;
    }
    return a < 1 ? Math.copySign(erfSeries(a), x) : Math.copySign(1 - erfcFraction(a), x);
  }

  static double erfc(double x) {
    if (Double.isNaN(x)) {
      return x;
    }
    if (Math.abs(x) < 1) {
      return 1 - Math.copySign(erfSeries(Math.abs(x)), x);
    }
    return x > 0 ? erfcFraction(x) : 2 - erfcFraction(-x);
  }

  /** 2 / sqrt(pi) e^(-a^2) (a + 2 a^3 / 3 + 4 a^5 / 15 + ...). */
  private static double erfSeries(double a) {
    double term = a;
    double sum = a;
    for (int n = 1; term > sum * 1e-17; n++) {
      term *= 2 * a * a / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-a * a) * sum;
  }

  /** e^(-a^2) / sqrt(pi) / (a + (1/2) / (a + 1 / (a + (3/2) / (a + ...)))), from the inside. */
  private static double erfcFraction(double a) {
    if (a > 27.5) {
      return 0;
    }
    double inner = a;
    for (int n = 20 + (int) (160 / (a * a)); n > 0; n--) {
      inner = a + 0.5 * n / inner;
    }
    // The square in two parts: the exponential would magnify the rounding of one.
    double high = (float) a;
    double scale = Math.exp(-high * high) * Math.exp((high - a) * (high + a));
    return scale / (Math.sqrt(Math.PI) * inner);
  }

  /** As C's pow, which knows two more cases than Java's: 1 to any power, -1 to an infinite one. */
  static double power(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
  }

  static double atan2(double y, double x) {
    return Math.atan2(y, x);
  }

  static double nextAfter(double x, double y) {
    return Math.nextAfter(x, y);
  }

  /** Returns the next float32. */
  static double nextFloatAfter(double x, double y) {
    return Math.nextAfter((float) x, y);
  }

  static double remainder(double x, double y) {
    return x % y;
  }

  static double floorMod(double x, double y) {
    double remainder = x % y;
    return remainder != 0 && remainder < 0 != y < 0 ? remainder + y : remainder;
  }

  static int shiftLeft(int x, int y) {
    return x << y;
  }

  static int shiftRight(int x, int y) {
    return x >> y;
  }

  static long shiftLeft(long x, long y) {
    return x << y;
  }

  static long shiftRight(long x, long y) {
    return x >> y;
  }

  static int divide(int x, int y) {
    return x / y;
  }

  static int floorDivide(int x, int y) {
    return Math.floorDiv(x, y);
  }

  static int floorMod(int x, int y) {
    return Math.floorMod(x, y);
  }

  static int remainder(int x, int y) {
    return x % y;
  }

  static int power(int x, int y) {
    return (int) power((long) x, y);
  }

  static long divide(long x, long y) {
    return x / y;
  }

  static long floorDivide(long x, long y) {
    return Math.floorDiv(x, y);
  }

  static long floorMod(long x, long y) {
    return Math.floorMod(x, y);
  }

  static long remainder(long x, long y) {
    return x % y;
  }

  /** By squaring; wraps as repeated multiplication does. */
  static long power(long x, long y) {
    if (y < 0) {
      throw new NegativePowerException();
    }
    long result = 1;
    long square = x;
    for (long rest = y; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }

  /** An integer was raised to a negative power. */
  public static final class NegativePowerException extends ArithmeticException {
    private static final long serialVersionUID = 1;

    NegativePowerException() {
      super("integers to negative integer powers are not allowed");
    }
  }
}
