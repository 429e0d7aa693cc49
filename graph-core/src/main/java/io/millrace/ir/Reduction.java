package io.millrace.ir;

import io.millrace.type.DType;

/** Lists the ways to combine the elements along reduced axes. */
public enum Reduction {
  /** 0 for no elements. */
  SUM,
  /** 1 for no elements. */
  PROD,
  /** NaN if any is NaN; the type's lowest value (negative infinity) for no elements. */
  MAX,
  /** NaN if any is NaN; the type's highest value (infinity) for no elements. */
  MIN,
  /** Of booleans; true for no elements. */
  ALL,
  /** Of booleans; false for no elements. */
  ANY,
  /**
   * Position of the first greatest element along the reduced axes, as int64: of the first NaN if
   * there is any, so that it is where MAX has its value from.
   */
  ARG_MAX,
  /** Position of the first least element, likewise. */
  ARG_MIN;

  /** Returns whether the result is a position. */
  public boolean isPosition() {
    return this == ARG_MAX || this == ARG_MIN;
  }

  /** Returns the element type of the result for elements of this type. */
  public DType resultType(DType element) {
    return isPosition() ? DType.INT64 : element;
  }
}
