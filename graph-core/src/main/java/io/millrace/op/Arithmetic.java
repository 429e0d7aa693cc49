package io.millrace.op;

import io.millrace.Output;

/**
 * What the operators of an {@link io.millrace.Operand} do: adds operations that a {@linkplain
 * OpFamily family} knows to the graph of the first operand.
 */
public interface Arithmetic {
  /** Returns {@code x + y}. */
  Output plus(Output x, Object y);

  /** Returns {@code x - y}. */
  Output minus(Output x, Object y);

  /** Returns {@code x * y}, element by element. */
  Output times(Output x, Object y);

  /** Returns {@code x / y}, not rounded. */
  Output dividedBy(Output x, Object y);

  /** Returns {@code x / y} rounded towards negative infinity. */
  Output floordiv(Output x, Object y);

  /** Returns the remainder of that, with the sign of y. */
  Output mod(Output x, Object y);

  /** Returns x to the power of y. */
  Output pow(Output x, Object y);

  /** Returns the product of matrices. */
  Output matmul(Output x, Object y);

  /** Returns {@code -x}. */
  Output negative(Output x);

  /** Returns whether {@code x < y}. */
  Output less(Output x, Object y);

  /** Returns whether {@code x <= y}. */
  Output lessEqual(Output x, Object y);

  /** Returns whether {@code x > y}. */
  Output greater(Output x, Object y);

  /** Returns whether {@code x >= y}. */
  Output greaterEqual(Output x, Object y);

  /** Returns a part of x, as Python writes it in brackets. */
  Output get(Output x, String entries);
}
