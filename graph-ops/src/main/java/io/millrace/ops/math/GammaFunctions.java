package io.millrace.ops.math;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Scalar;
import io.millrace.ir.UnaryFn;

/**
 * The gamma function's logarithm and what follows from it, as scalar expressions of float64.
 *
 * <p>All are computed by the asymptotic series of Stirling and of Euler and Maclaurin (DLMF 5.11,
 * 25.11), after moving a small argument up by 10 with the recurrence relation. What is left out of
 * the series is below the rounding.
 */
final class GammaFunctions {
  private static final int SHIFT = 10;

  /** Bernoulli's numbers B2, B4, .... */
  private static final double[] BERNOULLI = {
    1 / 6.0,
    -1 / 30.0,
    1 / 42.0,
    -1 / 30.0,
    5 / 66.0,
    -691 / 2730.0,
    7 / 6.0,
    -3617 / 510.0,
    43867 / 798.0,
    -174611 / 330.0
  };

  /**
   * The coefficients of ln gamma(2 + t) / t in t: of t^k, (-1)^(k+1) (zeta(k + 1) - 1) / (k + 1).
   */
  private static final double[] NEAR_TWO = {
    0.42278433509846713,
    0.3224670334241132,
    -0.0673523010531981,
    0.020580808427784546,
    -0.007385551028673986,
    0.0028905103307415234,
    -0.001192753911703261,
    0.0005096695247430425,
    -0.00022315475845357939,
    9.945751278180853e-05,
    -4.492623673813314e-05,
    2.050721277567069e-05,
    -9.439488275268397e-06,
    4.374866789907488e-06,
    -2.039215753801366e-06,
    9.55141213040742e-07,
    -4.492469198764566e-07,
    2.1207184805554665e-07,
    -1.0043224823968099e-07,
    4.7698101693639804e-08,
    -2.2711094608943164e-08,
    1.0838659214896955e-08,
    -5.183475041970047e-09,
    2.4836745438024785e-09,
    -1.1921401405860912e-09,
    5.731367241678862e-10,
    -2.7595228851242334e-10,
    1.330476437424449e-10
  };

  private GammaFunctions() {}

  /** Returns ln |gamma(x)|; infinity at 0, -1, ... and at both infinities. */
  static Scalar logGamma(Scalar x) {
    Scalar reflects = x.lt(x.constant(0.5));
    Scalar y = reflects.select(x.negate().plus(1), x);
    Scalar small = y.lt(y.constant(SHIFT));
    Scalar z = small.select(y.plus(SHIFT), y);
    Scalar product = y;
    for (int k = 1; k < SHIFT; k++) {
      product = product.times(y.plus(k));
    }
    Scalar inverse = z.reciprocal();
    Scalar square = inverse.square();
    Scalar series = z.constant(0);
    for (int n = 8; n > 0; n--) {
      series = series.times(square).plus(BERNOULLI[n - 1] / (2.0 * n * (2 * n - 1)));
    }
    Scalar large =
        z.minus(0.5)
            .times(z.log())
            .minus(z)
            .plus(0.5 * Math.log(2 * Math.PI))
            .plus(series.times(inverse));
    Scalar moved = large.minus(small.select(product, z.constant(1)).log());
    Scalar value = y.lt(y.constant(2.5)).select(nearTwo(y), moved);
    Scalar sine = distance(x).times(Math.PI).abs().apply(UnaryFn.SIN);
    Scalar reflected = sine.constant(Math.PI).dividedBy(sine).log().minus(value);
    Scalar infinity = x.constant(Double.POSITIVE_INFINITY);
    return x.abs().eq(infinity).select(infinity, reflects.select(reflected, value));
  }

  /** Returns ln gamma(y) for y from 0.5 to 2.5, where it has its zeros: exact beside 1 and 2. */
  private static Scalar nearTwo(Scalar y) {
    Scalar low = y.lt(y.constant(1.5));
    Scalar t = y.minus(low.select(y.constant(1), y.constant(2)));
    Scalar series = t.constant(0);
    for (int k = NEAR_TWO.length - 1; k >= 0; k--) {
      series = series.times(t).plus(NEAR_TWO[k]);
    }
    Scalar above = series.times(t);
    return low.select(above.minus(t.log1p()), above);
  }

  /** Returns the derivative of {@link #logGamma}; at 0 an infinity, NaN at -1, -2, .... */
  static Scalar digamma(Scalar x) {
    Scalar reflects = x.lt(x.constant(0.5));
    Scalar y = reflects.select(x.negate().plus(1), x);
    Scalar small = y.lt(y.constant(SHIFT));
    Scalar z = small.select(y.plus(SHIFT), y);
    Scalar moved = y.reciprocal();
    for (int k = 1; k < SHIFT; k++) {
      moved = moved.plus(y.plus(k).reciprocal());
    }
    Scalar square = z.square().reciprocal();
    Scalar series = z.constant(0);
    for (int n = 8; n > 0; n--) {
      series = series.plus(BERNOULLI[n - 1] / (2.0 * n)).times(square);
    }
    Scalar value =
        z.log()
            .minus(z.constant(0.5).dividedBy(z))
            .minus(series)
            .minus(small.select(moved, z.constant(0)));
    Scalar distance = distance(x);
    Scalar cotangent = x.constant(Math.PI).dividedBy(distance.times(Math.PI).apply(UnaryFn.TAN));
    Scalar reflected =
        distance.eq(x.constant(0)).select(x.constant(Double.NaN), value.minus(cotangent));
    // At 0 its sign decides.
    Scalar left = x.eq(x.constant(0)).select(x.reciprocal().negate(), reflected);
    return reflects.select(left, value);
  }

  /** Returns how far x is from the nearest integer, from -0.5 to 0.5. */
  private static Scalar distance(Scalar x) {
    return x.minus(x.apply(UnaryFn.RINT));
  }

  /**
   * Returns the sum of (q + k)^-s over k = 0, 1, ...; a q below 0 needs a whole s.
   *
   * <p>Then the terms below 0 are, but for their sign, terms of the series at 1 minus the part of
   * -q after the point, up to -q: they are the difference of two sums.
   */
  static Scalar zeta(Scalar s, Scalar q) {
    Scalar zero = q.constant(0);
    Scalar nan = q.constant(Double.NaN);
    Scalar infinity = q.constant(Double.POSITIVE_INFINITY);
    Scalar negative = q.le(zero);
    Scalar below = q.negate().apply(UnaryFn.FLOOR);
    Scalar part = q.negate().minus(below);
    Scalar forward = sum(s, negative.select(part.negate().plus(1), q));
    Scalar backward = sum(s, part).minus(sum(s, q.negate().plus(1)));
    Scalar even = s.apply(BinaryFn.FLOOR_MOD, s.constant(2)).eq(zero);
    Scalar both = forward.plus(even.select(backward, backward.negate()));
    Scalar whole = s.apply(UnaryFn.FLOOR).eq(s);
    // At a pole the sides agree if the power is even; of 0 the sign tells the side.
    Scalar pole = even.select(infinity, q.eq(zero).select(q.reciprocal(), nan));
    Scalar atNegative = part.eq(zero).select(pole, whole.select(both, nan));
    Scalar value = negative.select(atNegative, forward);
    // The sum of an infinite power is its first term, and NaN where an argument is.
    Scalar single = negative.select(infinity, q.pow(s.negate()));
    Scalar any = s.eq(infinity).select(single, value);
    Scalar one = s.constant(1);
    Scalar arguments = s.plus(q);
    Scalar defined = s.lt(one).select(nan, arguments.apply(UnaryFn.IS_NAN).select(nan, any));
    return s.eq(one).select(infinity, defined);
  }

  /** Returns the sum for positive q. */
  private static Scalar sum(Scalar s, Scalar q) {
    Scalar sum = q.pow(s.negate());
    for (int k = 1; k < SHIFT; k++) {
      sum = sum.plus(q.plus(k).pow(s.negate()));
    }
    Scalar z = q.plus(SHIFT);
    Scalar power = z.pow(s.negate());
    Scalar square = z.square();
    sum = sum.plus(z.pow(s.negate().plus(1)).dividedBy(s.minus(1))).plus(power.times(0.5));
    Scalar factor = power.times(s).dividedBy(z);
    double factorial = 2;
    for (int n = 1; n <= BERNOULLI.length; n++) {
      sum = sum.plus(factor.times(BERNOULLI[n - 1] / factorial));
      factor = factor.times(s.plus(2 * n - 1)).times(s.plus(2 * n)).dividedBy(square);
      factorial *= (2 * n + 1) * (2 * n + 2);
    }
    return sum;
  }

  /** Returns the derivative of {@link #digamma} of a whole order. */
  static Scalar polygamma(Scalar order, Scalar x) {
    Scalar zero = x.constant(0);
    Scalar above = order.plus(1);
    Scalar factorial = logGamma(above).exp();
    Scalar value = factorial.times(zeta(above, x));
    Scalar odd = order.apply(BinaryFn.FLOOR_MOD, order.constant(2)).eq(order.constant(1));
    Scalar signed = odd.select(value, value.negate());
    Scalar whole = order.apply(UnaryFn.FLOOR).eq(order).and(order.gt(zero));
    return order.eq(zero).select(digamma(x), whole.select(signed, x.constant(Double.NaN)));
  }
}
