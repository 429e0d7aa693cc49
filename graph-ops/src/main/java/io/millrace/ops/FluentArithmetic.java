package io.millrace.ops;

import io.millrace.Output;
import io.millrace.op.Arithmetic;

/** The operators of tensors, done by the facade of their graph. */
final class FluentArithmetic implements Arithmetic {
  private static Ops tf(Output x) {
    return Ops.of(x.graph());
  }

  @Override
  public Output plus(Output x, Object y) {
    return tf(x).add(x, y);
  }

  @Override
  public Output minus(Output x, Object y) {
    return tf(x).subtract(x, y);
  }

  @Override
  public Output times(Output x, Object y) {
    return tf(x).multiply(x, y);
  }

  @Override
  public Output dividedBy(Output x, Object y) {
    return tf(x).divide(x, y);
  }

  @Override
  public Output floordiv(Output x, Object y) {
    return tf(x).floordiv(x, y);
  }

  @Override
  public Output mod(Output x, Object y) {
    return tf(x).mod(x, y);
  }

  @Override
  public Output pow(Output x, Object y) {
    return tf(x).pow(x, y);
  }

  @Override
  public Output matmul(Output x, Object y) {
    return tf(x).matmul(x, y);
  }

  @Override
  public Output negative(Output x) {
    return tf(x).negative(x);
  }

  @Override
  public Output less(Output x, Object y) {
    return tf(x).less(x, y);
  }

  @Override
  public Output lessEqual(Output x, Object y) {
    return tf(x).lessEqual(x, y);
  }

  @Override
  public Output greater(Output x, Object y) {
    return tf(x).greater(x, y);
  }

  @Override
  public Output greaterEqual(Output x, Object y) {
    return tf(x).greaterEqual(x, y);
  }

  @Override
  public Output get(Output x, String entries) {
    return tf(x).stridedSlice(x, entries);
  }
}
