package io.millrace.ir;

import io.millrace.type.DType;

/** Lists the scalar functions of one argument that every backend implements. */
public enum UnaryFn {
  NEG,
  ABS,
  /** -1, 0 (never -0.0) or 1; NaN stays NaN. */
  SIGN,
  EXP,
  EXPM1,
  LOG,
  LOG1P,
  SQRT,
  SIN,
  COS,
  TAN,
  ASIN,
  ACOS,
  ATAN,
  SINH,
  COSH,
  TANH,
  ASINH,
  ACOSH,
  ATANH,
  ERF,
  ERFC,
  FLOOR,
  CEIL,
  /** To the nearest integer, halves to the even one. */
  RINT,
  /** Negation of a boolean. */
  NOT,
  /** Floating to boolean. */
  IS_NAN,
  /** Floating to boolean. */
  IS_FINITE;

  /** Returns whether the function is defined on this type; rounding leaves integers as they are. */
  public boolean accepts(DType type) {
    return switch (this) {
      case NOT -> type.isBoolean();
      case NEG, ABS, SIGN, FLOOR, CEIL, RINT -> type.isNumeric();
      default -> type.isFloating();
    };
  }

  /** Returns whether the result is boolean whatever the argument's type. */
  public boolean isPredicate() {
    return this == IS_NAN || this == IS_FINITE || this == NOT;
  }
}
