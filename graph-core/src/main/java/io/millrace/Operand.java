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

  /** Returns the output that operations which write take: of a variable, what refers to it. */
  default Output reference() {
    return asOutput();
  }

  /** Adds and returns {@code this + y}. */
  default Output plus(Object y) {
    return OpFamilies.arithmetic().plus(asOutput(), y);
  }

  /** Adds and returns {@code this - y}. */
  default Output minus(Object y) {
    return OpFamilies.arithmetic().minus(asOutput(), y);
  }

  /** Adds and returns {@code this * y}, element by element. */
  default Output times(Object y) {
    return OpFamilies.arithmetic().times(asOutput(), y);
  }

  /** Adds and returns {@code this / y}, not rounded: integers become floating. */
  default Output dividedBy(Object y) {
    return OpFamilies.arithmetic().dividedBy(asOutput(), y);
  }

  /** Adds and returns {@code this // y}, the quotient rounded towards negative infinity. */
  default Output floordiv(Object y) {
    return OpFamilies.arithmetic().floordiv(asOutput(), y);
  }

  /** Adds and returns {@code this % y}, with the sign of y. */
  default Output mod(Object y) {
    return OpFamilies.arithmetic().mod(asOutput(), y);
  }

  /** Adds and returns {@code this ** y}. */
  default Output pow(Object y) {
    return OpFamilies.arithmetic().pow(asOutput(), y);
  }

  /** Adds and returns {@code this @ y}, the product of matrices. */
  default Output matmul(Object y) {
    return OpFamilies.arithmetic().matmul(asOutput(), y);
  }

  /** Adds and returns {@code -this}. */
  default Output negative() {
    return OpFamilies.arithmetic().negative(asOutput());
  }

  /** Adds and returns {@code this < y}. */
  default Output less(Object y) {
    return OpFamilies.arithmetic().less(asOutput(), y);
  }

  /** Adds and returns {@code this <= y}. */
  default Output lessEqual(Object y) {
    return OpFamilies.arithmetic().lessEqual(asOutput(), y);
  }

  /** Adds and returns {@code this > y}. */
  default Output greater(Object y) {
    return OpFamilies.arithmetic().greater(asOutput(), y);
  }

  /** Adds and returns {@code this >= y}. */
  default Output greaterEqual(Object y) {
    return OpFamilies.arithmetic().greaterEqual(asOutput(), y);
  }

  /** Adds and returns a part of this, as Python writes it: {@code x.get("1:, ::2")}. */
  default Output get(String entries) {
    return OpFamilies.arithmetic().get(asOutput(), entries);
  }
}
