package io.millrace;

import io.millrace.op.OpFamilies;

/**
 * Something that stands for a tensor of a graph: an output of an operation, or a variable.
 *
 * <p>Its operators read as Python's do: {@code x.matmul(w).plus(b)} adds the operations that {@code
 * tf.add(tf.matmul(x, w), b)} adds. The other side is whatever those take for a tensor.
 */
public interface Operand {
  /** Returns the output that holds the tensor. */
  Output asOutput();

  /**
   * Returns the output that an operation added now takes for the tensor: of a resource variable, a
   * read at this place.
   */
  default Output asInput() {
    return asOutput();
  }

  /** Returns the output that operations which write take: of a variable, what refers to it. */
  default Output reference() {
    return asOutput();
  }

  /** Adds and returns {@code this + y}. */
  default Output plus(Object y) {
    return OpFamilies.arithmetic().plus(asInput(), y);
  }

  /** Adds and returns {@code this - y}. */
  default Output minus(Object y) {
    return OpFamilies.arithmetic().minus(asInput(), y);
  }

  /** Adds and returns {@code this * y}, element by element. */
  default Output times(Object y) {
    return OpFamilies.arithmetic().times(asInput(), y);
  }

  /** Adds and returns {@code this / y}, not rounded: integers become floating. */
  default Output dividedBy(Object y) {
    return OpFamilies.arithmetic().dividedBy(asInput(), y);
  }

  /** Adds and returns {@code this // y}, the quotient rounded towards negative infinity. */
  default Output floordiv(Object y) {
    return OpFamilies.arithmetic().floordiv(asInput(), y);
  }

  /** Adds and returns {@code this % y}, with the sign of y. */
  default Output mod(Object y) {
    return OpFamilies.arithmetic().mod(asInput(), y);
  }

  /** Adds and returns {@code this ** y}. */
  default Output pow(Object y) {
    return OpFamilies.arithmetic().pow(asInput(), y);
  }

  /** Adds and returns {@code this @ y}, the product of matrices. */
  default Output matmul(Object y) {
    return OpFamilies.arithmetic().matmul(asInput(), y);
  }

  /** Adds and returns {@code -this}. */
  default Output negative() {
    return OpFamilies.arithmetic().negative(asInput());
  }

  /** Adds and returns {@code this < y}. */
  default Output less(Object y) {
    return OpFamilies.arithmetic().less(asInput(), y);
  }

  /** Adds and returns {@code this <= y}. */
  default Output lessEqual(Object y) {
    return OpFamilies.arithmetic().lessEqual(asInput(), y);
  }

  /** Adds and returns {@code this > y}. */
  default Output greater(Object y) {
    return OpFamilies.arithmetic().greater(asInput(), y);
  }

  /** Adds and returns {@code this >= y}. */
  default Output greaterEqual(Object y) {
    return OpFamilies.arithmetic().greaterEqual(asInput(), y);
  }

  /** Adds and returns a part of this, as Python writes it: {@code x.get("1:, ::2")}. */
  default Output get(String entries) {
    return OpFamilies.arithmetic().get(asInput(), entries);
  }
}
