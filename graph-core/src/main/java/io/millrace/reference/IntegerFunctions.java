package io.millrace.reference;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.UnaryFn;

/** The scalar functions of integers and booleans, in 64 bits; the caller wraps to the type. */
final class IntegerFunctions {
  private IntegerFunctions() {}

  static long unary(UnaryFn fn, long x) {
    return switch (fn) {
      case NEG -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Long.signum(x);
      case FLOOR, CEIL, RINT -> x;
      default -> throw new IllegalArgumentException(fn + " is not defined on integers");
    };
  }

  /** The number of bits of the type is needed where they are shifted. */
  static long binary(BinaryFn fn, long x, long y, int bits) {
    return switch (fn) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / divisor(y);
      case FLOOR_DIV -> Math.floorDiv(x, divisor(y));
      case FLOOR_MOD -> Math.floorMod(x, divisor(y));
      case TRUNCATE_MOD -> x % divisor(y);
      case POW -> power(x, y);
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
      case EQ -> x == y ? 1 : 0;
      case NE -> x != y ? 1 : 0;
      case LT -> x < y ? 1 : 0;
      case LE -> x <= y ? 1 : 0;
      case GT -> x > y ? 1 : 0;
      case GE -> x >= y ? 1 : 0;
      case AND -> x & y;
      case OR -> x | y;
      case XOR -> x ^ y;
      case SHIFT_LEFT -> x << distance(y, bits);
      case SHIFT_RIGHT -> x >> distance(y, bits);
      case ATAN2, NEXT_AFTER ->
          throw new IllegalArgumentException(fn + " is not defined on integers");
    };
  }

  private static int distance(long y, int bits) {
    return (int) Math.max(0, Math.min(bits - 1, y));
  }

  private static long divisor(long y) {
    if (y == 0) {
      throw new ArithmeticException("integer division by zero");
    }
    return y;
  }

  /** Squares and multiplies; wraps, as repeated multiplication does. */
  private static long power(long x, long exponent) {
    if (exponent < 0) {
      throw new ArithmeticException("integers to negative integer powers are not allowed");
    }
    long result = 1;
    long square = x;
    for (long rest = exponent; rest != 0; rest >>= 1) {
      if ((rest & 1) != 0) {
        result *= square;
      }
      square *= square;
    }
    return result;
  }
}
