package io.millrace.cpu.loops;

import io.millrace.type.DType;

/**
 * Writes elementary functions of float32, and rounding of both floating types, as lanes.
 *
 * <p>The polynomials are least-maximum fits made for this class, evaluated by Horner's rule with
 * fused multiply-adds. Errors, measured over all arguments: at most 2 units in the last place.
 */
final class LaneMath {
  /**
   * Adding and subtracting this rounds to an integer, which is then in the low bits: 1.5 * 2^23.
   */
  private static final float ROUNDER = 0x1.8p23f;

  private static final float LOG2_E = (float) (1 / Math.log(2));

  /** The upper bits of ln 2, so that a product with a small integer is exact. */
  private static final float LN2_HIGH = 0x1.62ep-1f;

  private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);

  /** (e^r - 1 - r) / r^2 for |r| up to ln(2) / 2. */
  private static final float[] EXP = {
    0.5f, 0.16666667f, 0.041666266f, 0.008333267f, 0.0013946437f, 0.00019916981f
  };

  /** (ln(1 + f) - f + f^2 / 2) / f^3 for 1 + f from sqrt(1/2) to sqrt(2). */
  private static final float[] LOG = {
    0.3333331f,
    -0.24999987f,
    0.20002227f,
    -0.16669251f,
    0.14218657f,
    -0.12384356f,
    0.118729904f,
    -0.11789768f,
    0.06915291f
  };

  /** erf(x) / x - 1 in terms of x^2, for |x| up to 0.92. */
  private static final float[] ERF_SMALL = {
    0.12837917f,
    -0.37612635f,
    0.11283703f,
    -0.026859768f,
    0.0052018827f,
    -0.00081517297f,
    8.406055e-05f
  };

  /** ln(erfc(x)) for x from 0.9 to 4. */
  private static final float[] ERF_LARGE = {
    0.00017055369f,
    -1.1294951f,
    -0.6333866f,
    -0.10823664f,
    0.025091512f,
    -0.004160533f,
    0.0004323043f,
    -2.0909676e-05f
  };

  private final LaneBuilder to;

  LaneMath(LaneBuilder to) {
    this.to = to;
  }

  private int add(int x, int y) {
    return to.op(LaneOp.ADD, x, y);
  }

  private int sub(int x, int y) {
    return to.op(LaneOp.SUB, x, y);
  }

  private int mul(int x, int y) {
    return to.op(LaneOp.MUL, x, y);
  }

  private int num(double value) {
    return to.number((float) value);
  }

  private int integer(int value) {
    return to.literal(DType.INT32, value);
  }

  private int polynomial(float[] coefficients, int x) {
    int sum = num(coefficients[coefficients.length - 1]);
    for (int i = coefficients.length - 2; i >= 0; i--) {
      sum = to.fma(sum, x, num(coefficients[i]));
    }
    return sum;
  }

  private int clamp(int x, double low, double high) {
    return to.op(LaneOp.MIN, to.op(LaneOp.MAX, x, num(low)), num(high));
  }

  /** The integer nearest to x / ln 2: as a number, and with ROUNDER added. */
  private int scaled(int x) {
    return to.fma(x, num(LOG2_E), num(ROUNDER));
  }

  private int remainder(int x, int n) {
    int r = to.fma(n, num(-LN2_HIGH), x);
    return to.fma(n, num(-LN2_LOW), r);
  }

  /** 2 to an integer power between -126 and 127. */
  private int power(int exponent) {
    return to.fromBits(to.shift(LaneOp.SHIFT_LEFT, add(exponent, integer(127)), 23));
  }

  int exp(int x) {
    return exp(clamp(x, -104, 89), 0);
  }

  /** cosh x = h + 1 / (4 h) where h = e^|x| / 2, which overflows where the result does. */
  int cosh(int x) {
    int h = exp(to.op(LaneOp.MIN, to.op(LaneOp.ABS, x), num(90)), 1);
    return add(h, to.op(LaneOp.DIV, num(0.25), h));
  }

  /** e^x, halved so many times; x is near enough to 0. */
  private int exp(int inside, int halvings) {
    int rounded = scaled(inside);
    int n = sub(rounded, num(ROUNDER));
    int r = remainder(inside, n);
    int p = polynomial(EXP, r);
    int value = add(to.fma(mul(r, r), p, r), num(1));
    // In two steps, so that the ends of the range over- and underflow as they should.
    int exponent = sub(to.bits(rounded), integer(Float.floatToRawIntBits(ROUNDER) + halvings));
    int half = to.shift(LaneOp.SHIFT_RIGHT, exponent, 1);
    return mul(mul(value, power(half)), power(sub(exponent, half)));
  }

  /** e^x - 1 = 2^n (e^r - 1 + 1 - 2^-n). */
  int expm1(int x) {
    int inside = clamp(x, -25, 89);
    int rounded = scaled(inside);
    int r = remainder(inside, sub(rounded, num(ROUNDER)));
    int p = to.fma(mul(r, r), polynomial(EXP, r), r);
    int exponent = sub(to.bits(rounded), integer(Float.floatToRawIntBits(ROUNDER)));
    int inverse = power(sub(integer(0), to.op(LaneOp.MIN, exponent, integer(64))));
    int sum = add(p, sub(num(1), inverse));
    int half = to.shift(LaneOp.SHIFT_RIGHT, exponent, 1);
    return mul(mul(sum, power(half)), power(sub(exponent, half)));
  }

  /** tanh |x| = -t / (t + 2) where t = e^(-2 |x|) - 1. */
  int tanh(int x) {
    int a = to.op(LaneOp.ABS, x);
    int t = expm1(mul(a, num(-2)));
    int value = to.op(LaneOp.DIV, t, add(t, num(2)));
    return withSign(value, x);
  }

  /** The absolute value of one with the sign of another. */
  private int withSign(int value, int x) {
    int bits = to.bits(x);
    DType integral = to.type(bits);
    int sign = to.op(LaneOp.AND, bits, to.literal(integral, integral.lowest()));
    return to.fromBits(to.op(LaneOp.OR, to.bits(to.op(LaneOp.ABS, value)), sign));
  }

  /** ln x = k ln 2 + ln(1 + f) where x = 2^k (1 + f). */
  int log(int x) {
    int small = to.op(LaneOp.LT, x, num(Float.MIN_NORMAL));
    int normal = to.select(small, mul(x, num(0x1p24)), x);
    int root = integer(Float.floatToRawIntBits((float) Math.sqrt(0.5)));
    int k = to.shift(LaneOp.SHIFT_RIGHT, sub(to.bits(normal), root), 23);
    int f = sub(to.fromBits(sub(to.bits(normal), to.shift(LaneOp.SHIFT_LEFT, k, 23))), num(1));
    int rounder = integer(Float.floatToRawIntBits(ROUNDER));
    int whole = sub(to.fromBits(add(k, rounder)), num(ROUNDER));
    whole = to.select(small, sub(whole, num(24)), whole);
    int f2 = mul(f, f);
    int tail = to.fma(mul(f2, f), polynomial(LOG, f), mul(whole, num(LN2_LOW)));
    tail = to.fma(f2, num(-0.5), tail);
    int value = to.fma(whole, num(LN2_HIGH), add(f, tail));
    int infinity = num(Float.POSITIVE_INFINITY);
    value = to.select(to.op(LaneOp.LT, x, infinity), value, x);
    int zero = num(0);
    value = to.select(to.op(LaneOp.LT, x, zero), num(Float.NaN), value);
    return to.select(to.op(LaneOp.EQ, x, zero), num(Float.NEGATIVE_INFINITY), value);
  }

  /** ln(1 + x): the logarithm of the rounded sum, corrected by what the rounding lost. */
  int log1p(int x) {
    int u = add(x, num(1));
    int lost = to.op(LaneOp.DIV, sub(x, sub(u, num(1))), u);
    int infinity = num(Float.POSITIVE_INFINITY);
    int regular = to.op(LaneOp.AND, to.op(LaneOp.GT, u, num(0)), to.op(LaneOp.LT, u, infinity));
    return add(log(u), to.select(regular, lost, num(0)));
  }

  int erf(int x) {
    int a = to.op(LaneOp.ABS, x);
    int small = to.fma(polynomial(ERF_SMALL, mul(x, x)), x, x);
    int tail = exp(polynomial(ERF_LARGE, to.op(LaneOp.MIN, a, num(4))));
    int large = withSign(sub(num(1), tail), x);
    return to.select(to.op(LaneOp.LT, a, num(0.92)), small, large);
  }

  /** To the nearest integer, halves to the even one, for either floating type. */
  int rint(int x) {
    return withSign(nearest(x), x);
  }

  int floor(int x) {
    int n = nearest(x);
    int one = to.constant(to.type(x), 1);
    return withSign(to.select(to.op(LaneOp.GT, n, x), sub(n, one), n), x);
  }

  int ceil(int x) {
    int n = nearest(x);
    int one = to.constant(to.type(x), 1);
    return withSign(to.select(to.op(LaneOp.LT, n, x), add(n, one), n), x);
  }

  /** Adding a number so large that its neighbours are integers leaves the nearest one. */
  private int nearest(int x) {
    DType type = to.type(x);
    int limit = to.constant(type, type == DType.FLOAT32 ? 0x1p23 : 0x1p52);
    int signed = withSign(limit, x);
    int n = sub(add(x, signed), signed);
    return to.select(to.op(LaneOp.LT, to.op(LaneOp.ABS, x), limit), n, x);
  }

  /** -1, 0 or 1 of the type; NaN stays. */
  int sign(int x) {
    DType type = to.type(x);
    int zero = to.constant(type, 0);
    int below = to.select(to.op(LaneOp.LT, x, zero), to.constant(type, -1), x);
    int signed = to.select(to.op(LaneOp.GT, x, zero), to.constant(type, 1), below);
    return to.select(to.op(LaneOp.EQ, x, zero), zero, signed);
  }
}
