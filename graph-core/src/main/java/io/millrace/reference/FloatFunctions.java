package io.millrace.reference;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.UnaryFn;
import io.millrace.type.DType;

/** The scalar functions of floating numbers, in double precision; the caller rounds to the type. */
final class FloatFunctions {
  private FloatFunctions() {}

  static double unary(UnaryFn fn, double x) {
    return switch (fn) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> x > 0 ? 1 : x < 0 ? -1 : x == 0 ? 0 : x;
      case EXP -> Math.exp(x);
      case EXPM1 -> Math.expm1(x);
      case LOG -> Math.log(x);
      case LOG1P -> Math.log1p(x);
      case SQRT -> Math.sqrt(x);
      case SIN -> Math.sin(x);
      case COS -> Math.cos(x);
      case TAN -> Math.tan(x);
      case ASIN -> Math.asin(x);
      case ACOS -> Math.acos(x);
      case ATAN -> Math.atan(x);
      case SINH -> Math.sinh(x);
      case COSH -> Math.cosh(x);
      case TANH -> Math.tanh(x);
      case ASINH -> asinh(x);
      case ACOSH -> acosh(x);
      case ATANH -> atanh(x);
      case ERF -> ErrorFunction.erf(x);
      case ERFC -> ErrorFunction.erfc(x);
      case FLOOR -> Math.floor(x);
      case CEIL -> Math.ceil(x);
      case RINT -> Math.rint(x);
      case NOT, IS_NAN, IS_FINITE ->
          throw new IllegalArgumentException(fn + " gives no floating number");
    };
  }

  /** The type is needed where a step between, not only the result, has the type's precision. */
  static double binary(BinaryFn fn, double x, double y, DType type) {
    return switch (fn) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case FLOOR_DIV -> Math.floor(type.round(x / y));
      case FLOOR_MOD -> floorMod(x, y);
      case TRUNCATE_MOD -> x % y;
      case POW -> power(x, y);
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
      case ATAN2 -> Math.atan2(x, y);
      case NEXT_AFTER -> nextAfter(type, x, y);
      default -> throw new IllegalArgumentException(fn + " gives no floating number");
    };
  }

  /** Numbers of one sign are neighbours where their bits are. */
  private static double nextAfter(DType type, double x, double y) {
    if (x == y || Double.isNaN(x) || Double.isNaN(y)) {
      return x == y ? y : Double.NaN;
    }
    return x == 0
        ? Math.copySign(type.toDouble(1), y)
        : type.toDouble(type.ofDouble(x) + (x > 0 == y > x ? 1 : -1));
  }

  private static double floorMod(double x, double y) {
    double remainder = x % y;
    return remainder != 0 && remainder < 0 != y < 0 ? remainder + y : remainder;
  }

  /** C's pow, and so TensorFlow's, is 1 where Java's is NaN: 1 to any power, -1 to an infinite. */
  private static double power(double x, double y) {
    return x == 1 || (x == -1 && Double.isInfinite(y)) ? 1 : Math.pow(x, y);
  }

  /** By log1p, without cancellation near 0: asinh x = log1p(x + x^2 / (1 + sqrt(1 + x^2))). */
  private static double asinh(double x) {
    double a = Math.abs(x);
    double value =
        a > 1e9 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + Math.sqrt(1 + a * a)));
    return Math.copySign(value, x);
  }

  /** By log1p of the distance from 1: acosh(1 + t) = log1p(t + sqrt(2 t + t^2)). */
  private static double acosh(double x) {
    if (x < 1) {
      return Double.NaN;
    }
    double t = x - 1;
    return x > 1e9 ? Math.log(x) + Math.log(2) : Math.log1p(t + Math.sqrt(2 * t + t * t));
  }

  /** By log1p: atanh x = log1p(2 x / (1 - x)) / 2. */
  private static double atanh(double x) {
    double a = Math.abs(x);
    return Math.copySign(Math.log1p(2 * a / (1 - a)) / 2, x);
  }
}
