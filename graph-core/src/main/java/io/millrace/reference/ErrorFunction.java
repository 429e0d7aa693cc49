package io.millrace.reference;

/**
 * The error function and its complement to full double precision.
 *
 * <p>Source: W. J. Cody, "Rational Chebyshev approximations for the error function", Mathematics of
 * Computation 23 (1969), pages 631 to 637, with the coefficients of his program CALERF.
 */
final class ErrorFunction {
  private static final double SMALL = 0.46875;

  private static final double[] SMALL_ABOVE = {
    0.18577770618460315,
    3.1611237438705655,
    113.86415415105016,
    377.485237685302,
    3209.3775891384694
  };
  private static final double[] SMALL_BELOW = {
    1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171
  };
  private static final double[] MIDDLE_ABOVE = {
    2.1531153547440383e-08,
    0.5641884969886701,
    8.883149794388377,
    66.11919063714163,
    298.6351381974001,
    881.952221241769,
    1712.0476126340707,
    2051.0783778260716,
    1230.3393547979972
  };
  private static final double[] MIDDLE_BELOW = {
    1,
    15.744926110709835,
    117.6939508913125,
    537.1811018620099,
    1621.3895745666903,
    3290.7992357334597,
    4362.619090143247,
    3439.3676741437216,
    1230.3393548037495
  };
  private static final double[] LARGE_ABOVE = {
    0.016315387137302097,
    0.30532663496123236,
    0.36034489994980445,
    0.12578172611122926,
    0.016083785148742275,
    0.0006587491615298378
  };
  private static final double[] LARGE_BELOW = {
    1,
    2.568520192289822,
    1.8729528499234673,
    0.5279051029514285,
    0.06051834131244132,
    0.0023352049762686918
  };

  private ErrorFunction() {}

  static double erf(double x) {
    double a = Math.abs(x);
    return a <= SMALL ? small(x) : Math.copySign(1 - tail(a), x);
  }

  static double erfc(double x) {
    double a = Math.abs(x);
    if (a <= SMALL) {
      return 1 - small(x);
    }
    return x < 0 ? 2 - tail(a) : tail(a);
  }

  private static double small(double x) {
    return x * ratio(SMALL_ABOVE, SMALL_BELOW, x * x);
  }

  /** Returns erfc of an argument above 0.46875. */
  private static double tail(double x) {
    if (x > 28) {
      return 0;
    }
    double scaled;
    if (x <= 4) {
      scaled = ratio(MIDDLE_ABOVE, MIDDLE_BELOW, x);
    } else {
      double z = 1 / (x * x);
      scaled = (1 / Math.sqrt(Math.PI) - z * ratio(LARGE_ABOVE, LARGE_BELOW, z)) / x;
    }
    // x^2 in two parts: the exponential would magnify the rounding of a single product.
    double high = Math.rint(x * 16) / 16;
    return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high)) * scaled;
  }

  private static double ratio(double[] above, double[] below, double x) {
    return polynomial(above, x) / polynomial(below, x);
  }

  /** Evaluates by Horner's rule, the highest power's coefficient first. */
  private static double polynomial(double[] coefficients, double x) {
    double sum = 0;
    for (double coefficient : coefficients) {
      sum = sum * x + coefficient;
    }
    return sum;
  }
}
