package io.millrace.ir;

import io.millrace.type.DType;

/** One value inside a scalar expression under construction; its methods add nodes. */
public final class Scalar {
  final ScalarBuilder builder;
  final int position;

  Scalar(ScalarBuilder builder, int position) {
    this.builder = builder;
    this.position = position;
  }

  /** Returns the element type. */
  public DType type() {
    return builder.node(position).type();
  }

  /** Returns a literal of this value's type. */
  public Scalar constant(double value) {
    return builder.constant(type(), value);
  }

  /** Returns the coordinate of the element along an axis of the domain, as int64. */
  public Scalar index(int axis) {
    return builder.index(axis);
  }

  /**
   * Returns a function of this value.
   *
   * @throws IllegalArgumentException if the function is not defined on this type
   */
  public Scalar apply(UnaryFn fn) {
    if (!fn.accepts(type())) {
      throw new IllegalArgumentException(fn + " of " + type());
    }
    return builder.add(
        new ScalarFunction.Unary(fn, position, fn.isPredicate() ? DType.BOOL : type()));
  }

  /**
   * Returns a function of this value and another.
   *
   * @throws IllegalArgumentException if the types differ or the function is not defined on them
   */
  public Scalar apply(BinaryFn fn, Scalar other) {
    builder.requireOwn(other);
    if (type() != other.type() || !fn.accepts(type())) {
      throw new IllegalArgumentException(fn + " of " + type() + " and " + other.type());
    }
    return builder.add(
        new ScalarFunction.Binary(
            fn, position, other.position, fn.isPredicate() ? DType.BOOL : type()));
  }

  /** Returns this value converted to another type. */
  public Scalar cast(DType to) {
    return to == type() ? this : builder.add(new ScalarFunction.Cast(position, to));
  }

  /** Returns {@code this ? x : y}; this value is boolean. */
  public Scalar select(Scalar x, Scalar y) {
    builder.requireOwn(x);
    builder.requireOwn(y);
    if (!type().isBoolean() || x.type() != y.type()) {
      throw new IllegalArgumentException(
          "select of " + type() + " between " + x.type() + " and " + y.type());
    }
    return builder.add(new ScalarFunction.Select(position, x.position, y.position, x.type()));
  }

  public Scalar plus(Scalar other) {
    return apply(BinaryFn.ADD, other);
  }

  public Scalar plus(double other) {
    return plus(constant(other));
  }

  public Scalar minus(Scalar other) {
    return apply(BinaryFn.SUB, other);
  }

  public Scalar minus(double other) {
    return minus(constant(other));
  }

  public Scalar times(Scalar other) {
    return apply(BinaryFn.MUL, other);
  }

  public Scalar times(double other) {
    return times(constant(other));
  }

  public Scalar dividedBy(Scalar other) {
    return apply(BinaryFn.DIV, other);
  }

  public Scalar max(Scalar other) {
    return apply(BinaryFn.MAX, other);
  }

  public Scalar max(double other) {
    return max(constant(other));
  }

  public Scalar min(Scalar other) {
    return apply(BinaryFn.MIN, other);
  }

  public Scalar min(double other) {
    return min(constant(other));
  }

  public Scalar pow(Scalar other) {
    return apply(BinaryFn.POW, other);
  }

  public Scalar negate() {
    return apply(UnaryFn.NEG);
  }

  public Scalar square() {
    return times(this);
  }

  public Scalar exp() {
    return apply(UnaryFn.EXP);
  }

  public Scalar log() {
    return apply(UnaryFn.LOG);
  }

  public Scalar log1p() {
    return apply(UnaryFn.LOG1P);
  }

  public Scalar sqrt() {
    return apply(UnaryFn.SQRT);
  }

  public Scalar tanh() {
    return apply(UnaryFn.TANH);
  }

  /** Returns {@code 1 / (1 + exp(-x))}, exact far below 0 too. */
  public Scalar sigmoid() {
    Scalar small = abs().negate().exp();
    Scalar above = lt(constant(0)).select(small, constant(1));
    return above.dividedBy(small.plus(1));
  }

  public Scalar abs() {
    return apply(UnaryFn.ABS);
  }

  /** Returns one divided by this value. */
  public Scalar reciprocal() {
    return constant(1).dividedBy(this);
  }

  public Scalar eq(Scalar other) {
    return apply(BinaryFn.EQ, other);
  }

  public Scalar lt(Scalar other) {
    return apply(BinaryFn.LT, other);
  }

  public Scalar gt(Scalar other) {
    return apply(BinaryFn.GT, other);
  }

  public Scalar gt(double other) {
    return gt(constant(other));
  }

  public Scalar ge(Scalar other) {
    return apply(BinaryFn.GE, other);
  }

  public Scalar le(Scalar other) {
    return apply(BinaryFn.LE, other);
  }

  /** Returns whether this value is in {@code [low, high)}. */
  public Scalar isWithin(long low, long high) {
    return ge(constant((double) low)).and(lt(constant((double) high)));
  }

  public Scalar and(Scalar other) {
    return apply(BinaryFn.AND, other);
  }
}
