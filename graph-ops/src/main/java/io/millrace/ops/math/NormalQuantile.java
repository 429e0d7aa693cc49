package io.millrace.ops.math;

import io.millrace.ir.Scalar;

/**
 * The inverse of the normal distribution function, by the rational approximations of Wichura,
 * algorithm AS 241, Applied Statistics 37 (1988), true to 16 digits.
 */
final class NormalQuantile {
  private static final double CENTRE = 0.425;
  private static final double TAIL = 5;

  private static final double[] CENTRE_ABOVE = {
    3.3871328727963665,
    133.14166789178438,
    1971.5909503065513,
    13731.69376550946,
    45921.95393154987,
    67265.7709270087,
    33430.57558358813,
    2509.0809287301227
  };
  private static final double[] CENTRE_BELOW = {
    1,
    42.31333070160091,
    687.1870074920579,
    5394.196021424751,
    21213.794301586597,
    39307.89580009271,
    28729.085735721943,
    5226.495278852854
  };
  private static final double[] SIDE_ABOVE = {
    1.4234371107496835,
    4.630337846156546,
    5.769497221460691,
    3.6478483247632045,
    1.2704582524523684,
    0.2417807251774506,
    0.022723844989269184,
    0.0007745450142783414
  };
  private static final double[] SIDE_BELOW = {
    1,
    2.053191626637759,
    1.6763848301838038,
    0.6897673349851,
    0.14810397642748008,
    0.015198666563616457,
    0.0005475938084995345,
    1.0507500716444169e-9
  };
  private static final double[] TAIL_ABOVE = {
    6.657904643501103,
    5.463784911164114,
    1.7848265399172913,
    0.29656057182850487,
    0.026532189526576124,
    0.0012426609473880784,
    2.7115555687434876e-5,
    2.0103343992922881e-7
  };
  private static final double[] TAIL_BELOW = {
    1,
    0.599832206555888,
    0.1369298809227358,
    0.014875361290850615,
    0.0007868691311456133,
    1.8463183175100548e-5,
    1.421511758316446e-7,
    2.0442631033899397e-15
  };

  private NormalQuantile() {}

  /**
   * Returns the quantile of a probability.
   *
   * @param centred the probability less a half
   * @param outer the smaller of the probability and 1 less it; NaN results where it is negative
   */
  static Scalar at(Scalar centred, Scalar outer) {
    Scalar zero = outer.constant(0);
    Scalar near = centred.square().negate().plus(CENTRE * CENTRE);
    Scalar inside = centred.times(ratio(near, CENTRE_ABOVE, CENTRE_BELOW));
    Scalar r = outer.log().negate().sqrt();
    Scalar side = ratio(r.minus(1.6), SIDE_ABOVE, SIDE_BELOW);
    Scalar tail = ratio(r.minus(TAIL), TAIL_ABOVE, TAIL_BELOW);
    Scalar beyond = r.le(r.constant(TAIL)).select(side, tail);
    Scalar far = outer.eq(zero).select(outer.constant(Double.POSITIVE_INFINITY), beyond);
    Scalar signed = centred.lt(zero).select(far.negate(), far);
    return centred.abs().le(centred.constant(CENTRE)).select(inside, signed);
  }

  private static Scalar ratio(Scalar x, double[] above, double[] below) {
    return polynomial(x, above).dividedBy(polynomial(x, below));
  }

  private static Scalar polynomial(Scalar x, double[] coefficients) {
    Scalar value = x.constant(coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i >= 0; i--) {
      value = value.times(x).plus(coefficients[i]);
    }
    return value;
  }
}
