package io.millrace.ops.math;

import static io.millrace.op.TypeSet.ANY;
import static io.millrace.op.TypeSet.BOOLEAN;
import static io.millrace.op.TypeSet.NUMERIC;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.op.TypeSet;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Comparisons and logic: booleans from two tensors of one type, broadcast by NumPy's rule. */
public interface ComparisonOps extends Building {

  /** Returns where x is y. TensorFlow: Equal. */
  default Output equal(Object x, Object y) {
    return result(new Equality(false, true), x, y);
  }

  /** Returns where x is not y; NaN is not NaN. TensorFlow: NotEqual. */
  default Output notEqual(Object x, Object y) {
    return result(new Equality(true, true), x, y);
  }

  /**
   * Returns where x and y, floating and of one shape, differ by less than 1e-5. TensorFlow:
   * ApproximateEqual.
   */
  default Output approximateEqual(Object x, Object y) {
    return approximateEqual(x, y, 1e-5f);
  }

  /** Returns where x and y differ by less than a tolerance. TensorFlow: ApproximateEqual. */
  default Output approximateEqual(Object x, Object y, float tolerance) {
    return result(new ApproximateEqual(tolerance), x, y);
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
    Arguments.requireEach("x, y", x, y);
    return scope(
        "LogicalXor",
        () -> {
          Ops tf = tf();
          List<Output> both = tf.operands(x, y);
          Output any = tf.logicalOr(both.get(0), both.get(1));
          return tf.logicalAnd(any, tf.logicalNot(tf.logicalAnd(both.get(0), both.get(1))));
        });
  }

  /** The comparisons and logical functions of two tensors. */
  enum Comparison implements Elementwise {
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
              .notDifferentiable("its result is boolean");
    }

    @Override
    public Row row() {
      return row;
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }

  /**
   * Whether elements are equal or not. Shapes that do not broadcast are an error, or else make the
   * tensors unequal as a whole.
   */
  record Equality(boolean unequal, boolean incompatibleShapeError) implements Elementwise {
    private static final Row EQUAL = row("Equal", BinaryFn.EQ);
    private static final Row NOT_EQUAL = row("NotEqual", BinaryFn.NE);

    private static Row row(String type, BinaryFn fn) {
      return Row.binary(type, ANY, (x, y) -> x.apply(fn, y))
          .notDifferentiable("its result is boolean")
          .written(s -> s.told("unequal").optional("incompatible_shape_error", true));
    }

    @Override
    public Row row() {
      return unequal ? NOT_EQUAL : EQUAL;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (incompatibleShapeError) {
        return Elementwise.super.infer(in);
      }
      Shape x = in.shape(0);
      Shape y = in.shape(1);
      return List.of(
          !broadcasts(x, y, false)
              ? TensorType.of(DType.BOOL)
              : new TensorType(
                  DType.BOOL, broadcasts(x, y, true) ? in.broadcast(0, 1) : Shape.unknown()));
    }

    /** Returns whether two shapes broadcast, for certain or else perhaps. */
    private static boolean broadcasts(Shape x, Shape y, boolean certain) {
      if (!x.isRankKnown() || !y.isRankKnown()) {
        return !certain;
      }
      for (int axis = -Math.min(x.rank(), y.rank()); axis < 0; axis++) {
        long a = x.dim(axis);
        long b = y.dim(axis);
        boolean known = a >= 0 && b >= 0;
        if (a != 1 && b != 1 && (known ? a != b : certain)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void lower(Lowering to) {
      if (broadcasts(to.inputType(0).shape(), to.inputType(1).shape(), true)) {
        Elementwise.super.lower(to);
      } else {
        to.output(0, to.scalar(DType.BOOL, unequal ? 1 : 0));
      }
    }

    static List<Example> examples() {
      List<Example> examples =
          new ArrayList<>(
              Elementwise.examples(new Equality(false, true), new Equality(true, true)));
      for (boolean unequal : new boolean[] {false, true}) {
        Equality op = new Equality(unequal, false);
        examples.add(Example.accepts(op).with(DType.INT32, 2, 3).with(DType.INT32, 3));
        examples.add(Example.accepts(op).with(DType.INT32, 2, 3).with(DType.INT32, 2));
        examples.add(Example.accepts(op).with(DType.FLOAT32, 0).with(DType.FLOAT32, 4));
      }
      return examples;
    }
  }

  /** Whether elements of two floating tensors of one shape differ by less than the tolerance. */
  record ApproximateEqual(float tolerance) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("x: T in floating", "y: T").optional("tolerance", 1e-5f);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(Shapes.same(in, 0, 1).withDType(DType.BOOL));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is boolean");
    }

    @Override
    public void lower(Lowering to) {
      to.output(
          0,
          to.map(to.input(0), to.input(1), (x, y) -> x.minus(y).abs().lt(x.constant(tolerance))));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new ApproximateEqual(0.5f))
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 2, 3),
          Example.accepts(new ApproximateEqual(1e-5f)).with(DType.FLOAT64).with(DType.FLOAT64),
          Example.rejects(new ApproximateEqual(0.5f), "shapes [2] and [] differ")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32));
    }
  }
}
