package io.millrace.ops;

import io.millrace.Tensor;
import io.millrace.op.Example;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Draws the inputs of examples, always the same for one example, and compares values. */
final class Samples {
  private Samples() {}

  static List<Literal> draw(Example example) {
    Random random = new Random(example.op().type().hashCode());
    List<Literal> values = new ArrayList<>();
    for (Example.Input input : example.inputs()) {
      values.add(input.value().orElseGet(() -> draw(input, random)));
    }
    return values;
  }

  private static Literal draw(Example.Input input, Random random) {
    return draw(input.type(), input.low(), input.high(), random);
  }

  static Literal draw(TensorType type, double low, double high, Random random) {
    long[] dims = type.shape().isRankKnown() ? type.shape().dims() : new long[0];
    // Any extent will do where none is given.
    Arrays.setAll(dims, axis -> dims[axis] < 0 ? 2 : dims[axis]);
    Literal.Builder values = new Literal.Builder(type.withShape(Shape.of(dims)));
    for (long i = 0; i < Shape.of(dims).size(); i++) {
      double value = low + random.nextDouble() * (high - low);
      if (type.dtype().isFloating()) {
        values.setDouble(i, value);
      } else {
        long first = (long) Math.ceil(low);
        long span = Math.max(1, (long) Math.ceil(high) - first);
        values.setLong(i, first + random.nextInt((int) span));
      }
    }
    return values.build();
  }

  /** Returns a literal in another floating type. */
  static Literal recast(Literal literal, DType to) {
    Literal.Builder values = new Literal.Builder(literal.type().withDType(to));
    for (long i = 0; i < literal.size(); i++) {
      values.setDouble(i, literal.getDouble(i));
    }
    return values.build();
  }

  /** Returns a literal plus a multiple of another. */
  static Literal plus(Literal base, double factor, Literal direction) {
    Literal.Builder values = new Literal.Builder(base.type());
    for (long i = 0; i < base.size(); i++) {
      values.setDouble(i, base.getDouble(i) + factor * direction.getDouble(i));
    }
    return values.build();
  }

  static double dot(Literal a, Literal b) {
    double sum = 0;
    for (long i = 0; i < a.size(); i++) {
      sum += a.getDouble(i) * b.getDouble(i);
    }
    return sum;
  }

  /** Returns whether two results agree: exactly, or within what rounding explains if floating. */
  static boolean agree(Literal expected, Literal actual) {
    if (!expected.type().dtype().isFloating() || !expected.type().equals(actual.type())) {
      return expected.equals(actual);
    }
    double tolerance = expected.type().dtype() == DType.FLOAT32 ? 1e-5 : 1e-12;
    for (long i = 0; i < expected.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      boolean equal = Double.compare(e, a) == 0 || e == a;
      if (!equal && !(Math.abs(e - a) <= tolerance * (1 + Math.abs(e)))) {
        return false;
      }
    }
    return true;
  }

  /** Returns a literal with all its elements as text, for messages. */
  static String show(Literal literal) {
    try (Tensor tensor = Tensor.of(literal)) {
      return literal.type() + " " + tensor;
    }
  }
}
