package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Combining the elements along axes.
 *
 * <p>Each method exists without axes, which means all of them, and with axes, negative ones counted
 * from the end; then no axes means that nothing is reduced. With {@code keepDims} reduced axes stay
 * with extent 1.
 */
public interface ReductionOps extends Building {

  /** Returns the sum of all elements. TensorFlow: Sum. */
  default Output reduceSum(Object x) {
    return Reduce.all(this, Kind.SUM, false, x);
  }

  /** Returns the sums along axes. TensorFlow: Sum. */
  default Output reduceSum(Object x, int... axes) {
    return reduceSum(x, false, axes);
  }

  /** Returns the sum of all elements, keeping all axes. TensorFlow: Sum. */
  default Output reduceSum(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.SUM, keepDims, x);
  }

  /** Returns the sums along axes. TensorFlow: Sum. */
  default Output reduceSum(Object x, boolean keepDims, int... axes) {
    return reduceSum(x, keepDims, (Object) axes);
  }

  /** Returns the sums along axes that a tensor or a list may say. TensorFlow: Sum. */
  default Output reduceSum(Object x, Object axes) {
    return reduceSum(x, false, axes);
  }

  /** Returns the sums along axes that a tensor or a list may say. TensorFlow: Sum. */
  default Output reduceSum(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.SUM, keepDims, x, axes);
  }

  /** Returns the mean of all elements. TensorFlow: Mean. */
  default Output reduceMean(Object x) {
    return Reduce.all(this, Kind.MEAN, false, x);
  }

  /** Returns the means along axes. TensorFlow: Mean. */
  default Output reduceMean(Object x, int... axes) {
    return reduceMean(x, false, axes);
  }

  /** Returns the mean of all elements, keeping all axes. TensorFlow: Mean. */
  default Output reduceMean(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.MEAN, keepDims, x);
  }

  /** Returns the means along axes. TensorFlow: Mean. */
  default Output reduceMean(Object x, boolean keepDims, int... axes) {
    return reduceMean(x, keepDims, (Object) axes);
  }

  /** Returns the means along axes that a tensor or a list may say. TensorFlow: Mean. */
  default Output reduceMean(Object x, Object axes) {
    return reduceMean(x, false, axes);
  }

  /** Returns the means along axes that a tensor or a list may say. TensorFlow: Mean. */
  default Output reduceMean(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.MEAN, keepDims, x, axes);
  }

  /**
   * Returns the square root of the sum of all squares, which overflows only where the root does;
   * its gradient at 0 is 0. TensorFlow: EuclideanNorm.
   */
  default Output reduceEuclideanNorm(Object x) {
    return Reduce.all(this, Kind.EUCLIDEAN_NORM, false, x);
  }

  /** Returns the square root of the sum of all squares, keeping all axes. */
  default Output reduceEuclideanNorm(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.EUCLIDEAN_NORM, keepDims, x);
  }

  /** Returns the square roots of the sums of squares along axes. TensorFlow: EuclideanNorm. */
  default Output reduceEuclideanNorm(Object x, int... axes) {
    return reduceEuclideanNorm(x, false, axes);
  }

  /** Returns the square roots of the sums of squares along axes. TensorFlow: EuclideanNorm. */
  default Output reduceEuclideanNorm(Object x, boolean keepDims, int... axes) {
    return reduceEuclideanNorm(x, keepDims, (Object) axes);
  }

  /**
   * Returns the square roots of the sums of squares along axes that a tensor or a list may say.
   * TensorFlow: EuclideanNorm.
   */
  default Output reduceEuclideanNorm(Object x, Object axes) {
    return reduceEuclideanNorm(x, false, axes);
  }

  /**
   * Returns the square roots of the sums of squares along axes that a tensor or a list may say.
   * TensorFlow: EuclideanNorm.
   */
  default Output reduceEuclideanNorm(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.EUCLIDEAN_NORM, keepDims, x, axes);
  }

  /** Returns the product of all elements. TensorFlow: Prod. */
  default Output reduceProd(Object x) {
    return Reduce.all(this, Kind.PROD, false, x);
  }

  /** Returns the products along axes. TensorFlow: Prod. */
  default Output reduceProd(Object x, int... axes) {
    return reduceProd(x, false, axes);
  }

  /** Returns the product of all elements, keeping all axes. TensorFlow: Prod. */
  default Output reduceProd(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.PROD, keepDims, x);
  }

  /** Returns the products along axes. TensorFlow: Prod. */
  default Output reduceProd(Object x, boolean keepDims, int... axes) {
    return reduceProd(x, keepDims, (Object) axes);
  }

  /** Returns the products along axes that a tensor or a list may say. TensorFlow: Prod. */
  default Output reduceProd(Object x, Object axes) {
    return reduceProd(x, false, axes);
  }

  /** Returns the products along axes that a tensor or a list may say. TensorFlow: Prod. */
  default Output reduceProd(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.PROD, keepDims, x, axes);
  }

  /** Returns the greatest of all elements. TensorFlow: Max. */
  default Output reduceMax(Object x) {
    return Reduce.all(this, Kind.MAX, false, x);
  }

  /** Returns the greatest elements along axes. TensorFlow: Max. */
  default Output reduceMax(Object x, int... axes) {
    return reduceMax(x, false, axes);
  }

  /** Returns the greatest of all elements, keeping all axes. TensorFlow: Max. */
  default Output reduceMax(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.MAX, keepDims, x);
  }

  /** Returns the greatest elements along axes. TensorFlow: Max. */
  default Output reduceMax(Object x, boolean keepDims, int... axes) {
    return reduceMax(x, keepDims, (Object) axes);
  }

  /** Returns the greatest elements along axes that a tensor or a list may say. TensorFlow: Max. */
  default Output reduceMax(Object x, Object axes) {
    return reduceMax(x, false, axes);
  }

  /** Returns the greatest elements along axes that a tensor or a list may say. TensorFlow: Max. */
  default Output reduceMax(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.MAX, keepDims, x, axes);
  }

  /** Returns the least of all elements. TensorFlow: Min. */
  default Output reduceMin(Object x) {
    return Reduce.all(this, Kind.MIN, false, x);
  }

  /** Returns the least elements along axes. TensorFlow: Min. */
  default Output reduceMin(Object x, int... axes) {
    return reduceMin(x, false, axes);
  }

  /** Returns the least of all elements, keeping all axes. TensorFlow: Min. */
  default Output reduceMin(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.MIN, keepDims, x);
  }

  /** Returns the least elements along axes. TensorFlow: Min. */
  default Output reduceMin(Object x, boolean keepDims, int... axes) {
    return reduceMin(x, keepDims, (Object) axes);
  }

  /** Returns the least elements along axes that a tensor or a list may say. TensorFlow: Min. */
  default Output reduceMin(Object x, Object axes) {
    return reduceMin(x, false, axes);
  }

  /** Returns the least elements along axes that a tensor or a list may say. TensorFlow: Min. */
  default Output reduceMin(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.MIN, keepDims, x, axes);
  }

  /** Returns whether all elements are true. TensorFlow: All. */
  default Output reduceAll(Object x) {
    return Reduce.all(this, Kind.ALL, false, x);
  }

  /** Returns whether all elements along axes are true. TensorFlow: All. */
  default Output reduceAll(Object x, int... axes) {
    return reduceAll(x, false, axes);
  }

  /** Returns whether all elements along axes are true. TensorFlow: All. */
  default Output reduceAll(Object x, boolean keepDims, int... axes) {
    return reduceAll(x, keepDims, (Object) axes);
  }

  /**
   * Returns whether all elements are true along axes that a tensor or a list may say. TensorFlow:
   * All.
   */
  default Output reduceAll(Object x, Object axes) {
    return reduceAll(x, false, axes);
  }

  /**
   * Returns whether all elements are true along axes that a tensor or a list may say. TensorFlow:
   * All.
   */
  default Output reduceAll(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.ALL, keepDims, x, axes);
  }

  /** Returns whether all elements are true, of all elements, keeping all axes. TensorFlow: All. */
  default Output reduceAll(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.ALL, keepDims, x);
  }

  /** Returns whether any element is true. TensorFlow: Any. */
  default Output reduceAny(Object x) {
    return Reduce.all(this, Kind.ANY, false, x);
  }

  /** Returns whether any element along axes is true. TensorFlow: Any. */
  default Output reduceAny(Object x, int... axes) {
    return reduceAny(x, false, axes);
  }

  /** Returns whether any element along axes is true. TensorFlow: Any. */
  default Output reduceAny(Object x, boolean keepDims, int... axes) {
    return reduceAny(x, keepDims, (Object) axes);
  }

  /**
   * Returns whether any element is true along axes that a tensor or a list may say. TensorFlow:
   * Any.
   */
  default Output reduceAny(Object x, Object axes) {
    return reduceAny(x, false, axes);
  }

  /**
   * Returns whether any element is true along axes that a tensor or a list may say. TensorFlow:
   * Any.
   */
  default Output reduceAny(Object x, boolean keepDims, Object axes) {
    return Reduce.along(this, Kind.ANY, keepDims, x, axes);
  }

  /** Returns whether any element is true, of all elements, keeping all axes. TensorFlow: Any. */
  default Output reduceAny(Object x, boolean keepDims) {
    return Reduce.all(this, Kind.ANY, keepDims, x);
  }

  /** How elements are combined. */
  enum Kind {
    SUM("Sum", Reduction.SUM, "T in numeric", ReductionGradients::sum),
    MEAN("Mean", Reduction.SUM, "T in numeric", ReductionGradients::mean),
    PROD("Prod", Reduction.PROD, "T in numeric", ReductionGradients::product),
    MAX("Max", Reduction.MAX, "T in numeric", ReductionGradients::extreme),
    MIN("Min", Reduction.MIN, "T in numeric", ReductionGradients::extreme),
    EUCLIDEAN_NORM(
        "EuclideanNorm", Reduction.SUM, "T in numeric", ReductionGradients::euclideanNorm),
    ALL("All", Reduction.ALL, "bool", ReductionGradients::ofBoolean),
    ANY("Any", Reduction.ANY, "bool", ReductionGradients::ofBoolean);

    private final String type;
    private final Reduction reduction;
    private final Signature signature;
    private final Rule gradient;

    /** Makes the gradients of a reduction. */
    @FunctionalInterface
    private interface Rule {
      Gradients apply(Gradient call, Reduce reduce);
    }

    Kind(String type, Reduction reduction, String elements, Rule gradient) {
      this.type = type;
      this.reduction = reduction;
      this.signature =
          Signature.of("input: " + elements, "reduction_indices: Tidx in index")
              .sharing()
              .told("kind")
              .optional("keep_dims", false);
      this.gradient = gradient;
    }
  }

  /** The elements of the first input combined along the axes that the second says. */
  record Reduce(Kind kind, boolean keepDims) implements Op {

    /** Reduces all axes. */
    static Output along(Building tf, Kind kind, boolean keepDims, Object x, Object axes) {
      Arguments.requireEach("x, axes", x, axes);
      return tf.result(new Reduce(kind, keepDims), tf.operand(x), tf.axes(axes));
    }

    /** Returns a reduction along all axes. */
    static Output all(Building tf, Kind kind, boolean keepDims, Object x) {
      Output input = tf.operand(x);
      return tf.result(new Reduce(kind, keepDims), input, allAxes(tf, input));
    }

    /** Returns all axes of a tensor as a vector. */
    public static Output allAxes(Building tf, Output x) {
      if (!x.shape().isRankKnown()) {
        return tf.tf().range(tf.tf().rank(x));
      }
      long[] every = new long[x.shape().rank()];
      java.util.Arrays.setAll(every, i -> i);
      return tf.indices(every);
    }

    @Override
    public String type() {
      return kind.type;
    }

    @Override
    public Signature signature() {
      return kind.signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(
          !in.shape(1).isRankKnown() || in.shape(1).rank() < 2,
          "the axes must be a number or a vector, not %s",
          in.type(1));
      Shape shape = in.shape(0);
      Optional<Literal> wished = in.constant(1);
      if (!shape.isRankKnown()) {
        return List.of(in.type(0).withShape(shape));
      }
      int rank = shape.rank();
      if (wished.isEmpty()) {
        boolean counted = in.shape(1).isFullyDefined() && in.shape(1).size() <= rank;
        return List.of(
            in.type(0)
                .withShape(
                    keepDims
                        ? Shape.unknown(rank)
                        : counted
                            ? Shape.unknown(rank - (int) in.shape(1).size())
                            : Shape.unknown()));
      }
      List<Integer> axes = axes(in, wished.get(), rank);
      Shape left = Shape.scalar();
      for (int axis = 0; axis < rank; axis++) {
        if (!axes.contains(axis)) {
          left = left.concat(Shape.of(shape.dim(axis)));
        } else if (keepDims) {
          left = left.concat(Shape.of(1));
        }
      }
      return List.of(in.type(0).withShape(left));
    }

    private static List<Integer> axes(Inference in, Literal literal, int rank) {
      List<Integer> axes = new ArrayList<>();
      for (long wished : literal.toLongs()) {
        int axis = in.axis(wished, rank);
        in.require(!axes.contains(axis), "axis %d is named twice", axis);
        axes.add(axis);
      }
      return axes;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return kind.gradient.apply(call, this);
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      Inference in = new Inference(List.of(), i -> Optional.empty());
      List<Integer> axes = axes(in, to.constant(1), shape.rank());
      DType dtype = to.inputType(0).dtype();
      if (kind == Kind.EUCLIDEAN_NORM && dtype.isFloating()) {
        to.output(0, SafeNorm.of(to, to.input(0), axes, keepDims));
        return;
      }
      Value reduced =
          to.reduce(
              kind.reduction, List.of(to.input(0)), axes, keepDims, (b, s) -> element(s.get(0)));
      long count = axes.stream().mapToLong(shape::dim).reduce(1, (a, b) -> a * b);
      boolean ready = kind != Kind.MEAN && kind != Kind.EUCLIDEAN_NORM;
      to.output(0, ready ? reduced : to.map(reduced, x -> finish(x, dtype, count)));
    }

    /** Returns what is combined; the sum of a mean of integers is kept from wrapping. */
    private Scalar element(Scalar x) {
      return switch (kind) {
        case EUCLIDEAN_NORM -> x.square();
        case MEAN -> x.type().isInteger() ? x.cast(DType.INT64) : x;
        default -> x;
      };
    }

    /** Returns the mean or norm from the sum of this many elements. */
    private Scalar finish(Scalar sum, DType dtype, long count) {
      double divisor = dtype.isFloating() ? count : Math.max(1, count);
      Scalar result =
          kind == Kind.MEAN ? sum.dividedBy(sum.constant(divisor)) : sum.cast(DType.FLOAT64).sqrt();
      return result.cast(dtype);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Kind kind : Kind.values()) {
        Reduce drop = new Reduce(kind, false);
        Reduce keep = new Reduce(kind, true);
        boolean logical = kind == Kind.ALL || kind == Kind.ANY;
        DType first = logical ? DType.BOOL : DType.FLOAT32;
        DType second = logical ? DType.BOOL : DType.INT32;
        examples.add(Example.accepts(drop).with(first, 2, 3).ints(1));
        examples.add(Example.accepts(keep).with(first, 2, 3, 2).longs(-1, 0));
        examples.add(Example.accepts(drop).with(second, 2, 3).ints(0, 1));
        examples.add(Example.accepts(drop).with(first, 3).ints());
        examples.add(Example.accepts(keep).with(first, 2, 3).scalar(DType.INT32, 0));
        examples.add(Example.accepts(drop).with(first).ints());
        if (!logical) {
          examples.add(Example.accepts(drop).within(0, 256, DType.UINT8, 4, 9).ints(1));
        }
        boolean extreme = kind == Kind.MAX || kind == Kind.MIN;
        if (kind != Kind.MEAN) {
          DType finite = extreme ? second : first;
          examples.add(Example.accepts(drop).with(finite, 2, 0).ints(1));
        }
        examples.add(Example.rejects(drop, "axis 2 is out of range").with(first, 2, 3).ints(2));
        examples.add(Example.rejects(drop, "axis 1 is named twice").with(first, 2, 3).ints(1, -1));
      }
      return examples;
    }
  }
}
