package io.millrace.ir;

import io.millrace.type.DType;

/**
 * Lists the scalar functions of two arguments that every backend implements.
 *
 * <p>Both arguments have one type. Integer arithmetic wraps. Integer division by zero and an
 * integer raised to a negative power are errors that the backend reports.
 */
public enum BinaryFn {
  ADD,
  SUB,
  MUL,
  /** Quotient; integers truncate towards zero. */
  DIV,
  /** Quotient rounded towards negative infinity. */
  FLOOR_DIV,
  /** Remainder with the divisor's sign: {@code x - floor(x / y) * y}. */
  FLOOR_MOD,
  /** Remainder with the dividend's sign. */
  TRUNCATE_MOD,
  POW,
  /** NaN if either is NaN. */
  MAX,
  /** NaN if either is NaN. */
  MIN,
  ATAN2,
  /** The floating number next to x in the direction of y; y if they are equal. */
  NEXT_AFTER,
  EQ,
  NE,
  LT,
  LE,
  GT,
  GE,
  /** Of booleans, or of the bits of integers. */
  AND,
  /** Of booleans, or of the bits of integers. */
  OR,
  /** Of booleans, or of the bits of integers. */
  XOR,
  /**
   * The bits of x moved up by y places, y brought into the range 0 to the number of bits less 1.
   */
  SHIFT_LEFT,
  /** The bits of x moved down likewise; those of a negative number are filled up with ones. */
  SHIFT_RIGHT;

  /** Returns whether the function is defined on this type. */
  public boolean accepts(DType type) {
    return switch (this) {
      case AND, OR, XOR -> type.isBoolean() || type.isInteger();
      case SHIFT_LEFT, SHIFT_RIGHT -> type.isInteger();
      case EQ, NE -> true;
      case ATAN2, NEXT_AFTER -> type.isFloating();
      case MAX, MIN, LT, LE, GT, GE -> type.isOrdered();
      default -> type.isNumeric();
    };
  }

  /** Returns whether the result is boolean whatever the arguments' type. */
  public boolean isPredicate() {
    return compareTo(EQ) >= 0 && compareTo(GE) <= 0;
  }

  /** Returns whether swapping the arguments leaves the result as it is. */
  public boolean isCommutative() {
    switch (this) {
      case ADD:
      case MUL:
      case MAX:
      case MIN:
      case EQ:
      case NE:
      case AND:
      case OR:
      case XOR:
        return true;
      default:
        return false;
    }
  }
}
