package io.millrace.ops;

import static io.millrace.ops.TypeSet.ANY;
import static io.millrace.ops.TypeSet.BOOLEAN;
import static io.millrace.ops.TypeSet.NUMERIC;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.op.Example;
import java.util.List;

/** Comparisons and logic: booleans from two tensors of one type, broadcast by NumPy's rule. */
public interface ComparisonOps extends Building {

  /** Returns where x is y. TensorFlow: Equal. */
  default Output equal(Object x, Object y) {
    return result(Comparison.EQUAL, x, y);
  }

  /** Returns where x is not y; NaN is not NaN. TensorFlow: NotEqual. */
  default Output notEqual(Object x, Object y) {
    return result(Comparison.NOT_EQUAL, x, y);
  }

  /** Returns where x is less than y. TensorFlow: Less. */
  default Output less(Object x, Object y) {
    return result(Comparison.LESS, x, y);
  }

  /** Returns where x is at most y. TensorFlow: LessEqual. */
  default Output lessEqual(Object x, Object y) {
    return result(Comparison.LESS_EQUAL, x, y);
  }

  /** Returns where x is greater than y. TensorFlow: Greater. */
  default Output greater(Object x, Object y) {
    return result(Comparison.GREATER, x, y);
  }

  /** Returns where x is at least y. TensorFlow: GreaterEqual. */
  default Output greaterEqual(Object x, Object y) {
    return result(Comparison.GREATER_EQUAL, x, y);
  }

  /** Returns where both are true. TensorFlow: LogicalAnd. */
  default Output logicalAnd(Object x, Object y) {
    return result(Comparison.LOGICAL_AND, x, y);
  }

  /** Returns where at least one is true. TensorFlow: LogicalOr. */
  default Output logicalOr(Object x, Object y) {
    return result(Comparison.LOGICAL_OR, x, y);
  }

  /** Returns where exactly one is true, made of LogicalAnd, LogicalOr and LogicalNot. */
  default Output logicalXor(Object x, Object y) {
    return scope(
        "LogicalXor",
        () -> tf().logicalAnd(tf().logicalOr(x, y), tf().logicalNot(tf().logicalAnd(x, y))));
  }

  /** The comparisons and logical functions of two tensors. */
  enum Comparison implements Elementwise {
    EQUAL("Equal", ANY, BinaryFn.EQ),
    NOT_EQUAL("NotEqual", ANY, BinaryFn.NE),
    LESS("Less", NUMERIC, BinaryFn.LT),
    LESS_EQUAL("LessEqual", NUMERIC, BinaryFn.LE),
    GREATER("Greater", NUMERIC, BinaryFn.GT),
    GREATER_EQUAL("GreaterEqual", NUMERIC, BinaryFn.GE),
    LOGICAL_AND("LogicalAnd", BOOLEAN, BinaryFn.AND),
    LOGICAL_OR("LogicalOr", BOOLEAN, BinaryFn.OR);

    private final Row row;

    Comparison(String type, TypeSet types, BinaryFn fn) {
      row =
          Row.binary(type, types, (x, y) -> x.apply(fn, y))
              .notDifferentiable("its result is boolean")
              .written(s -> s.ignoring("incompatible_shape_error"));
    }

    @Override
    public Row row() {
      return row;
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }
}
