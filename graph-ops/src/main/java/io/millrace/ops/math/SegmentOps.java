package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Primitive.Scatter.Combine;
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
import io.millrace.ops.Ops;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Combining slices that belong to one segment, the segments in any order. */
public interface SegmentOps extends Building {

  /**
   * Returns the sums of the slices of each segment. TensorFlow: UnsortedSegmentSum.
   *
   * @param data slices, numeric, of shape {@code segmentIds.shape + slice}
   * @param segmentIds the segment of each slice, int32 or int64; a slice with a negative one is
   *     left out, one that is not less than {@code numSegments} fails the run
   * @param numSegments a number or a scalar tensor of int32 or int64
   * @return {@code [numSegments] + slice}, with 0 for a segment without slices
   */
  default Output unsortedSegmentSum(Object data, Object segmentIds, Object numSegments) {
    return unsorted(Kind.SUM, data, segmentIds, numSegments);
  }

  /** Returns the products of each segment's slices, or 1. TensorFlow: UnsortedSegmentProd. */
  default Output unsortedSegmentProd(Object data, Object segmentIds, Object numSegments) {
    return unsorted(Kind.PROD, data, segmentIds, numSegments);
  }

  /**
   * Returns the greatest elements of each segment's slices, or the type's lowest number.
   * TensorFlow: UnsortedSegmentMax.
   */
  default Output unsortedSegmentMax(Object data, Object segmentIds, Object numSegments) {
    return unsorted(Kind.MAX, data, segmentIds, numSegments);
  }

  /**
   * Returns the least elements of each segment's slices, or the type's highest number. TensorFlow:
   * UnsortedSegmentMin.
   */
  default Output unsortedSegmentMin(Object data, Object segmentIds, Object numSegments) {
    return unsorted(Kind.MIN, data, segmentIds, numSegments);
  }

  /** Returns the means of each segment's slices, or 0. TensorFlow: unsorted_segment_mean. */
  default Output unsortedSegmentMean(Object data, Object segmentIds, Object numSegments) {
    return divided("UnsortedSegmentMean", n -> n, data, segmentIds, numSegments);
  }

  /**
   * Returns the sums of each segment's slices divided by the square root of their number, or 0.
   * TensorFlow: unsorted_segment_sqrt_n.
   */
  default Output unsortedSegmentSqrtN(Object data, Object segmentIds, Object numSegments) {
    return divided("UnsortedSegmentSqrtN", tf()::sqrt, data, segmentIds, numSegments);
  }

  /** Returns the sums divided by a function of the number of slices. */
  private Output divided(
      String name, UnaryOperator<Output> by, Object data, Object segmentIds, Object numSegments) {
    Arguments.requireEach("data, segmentIds, numSegments", data, segmentIds, numSegments);
    return scope(
        name,
        () -> {
          Ops tf = tf();
          Output slices = operand(data);
          Output sum = tf.unsortedSegmentSum(slices, segmentIds, numSegments);
          return tf.divide(sum, by.apply(slices(tf, slices, segmentIds, numSegments)));
        });
  }

  /** Returns how many slices each segment has, at least 1, in a shape that broadcasts to sums. */
  private static Output slices(Ops tf, Output data, Object segmentIds, Object numSegments) {
    Output ids = tf.operand(segmentIds);
    Output ones = Broadcasting.widened(tf.cast(tf.onesLike(ids), data.dtype()), data);
    return tf.maximum(tf.unsortedSegmentSum(ones, ids, numSegments), 1);
  }

  private Output unsorted(Kind kind, Object data, Object segmentIds, Object numSegments) {
    return result(
        new UnsortedSegment(kind),
        each("data, segmentIds, numSegments", data, segmentIds, numSegments));
  }

  /** How the slices of a segment are combined. */
  enum Kind {
    SUM("Sum", Combine.ADD),
    PROD("Prod", Combine.MUL),
    MAX("Max", Combine.MAX),
    MIN("Min", Combine.MIN);

    private final String suffix;
    private final Combine combine;

    Kind(String suffix, Combine combine) {
      this.suffix = suffix;
      this.combine = combine;
    }

    /** Returns the end of TensorFlow's names. */
    String suffix() {
      return suffix;
    }

    /** Returns how rows are combined. */
    Combine combine() {
      return combine;
    }

    /** Returns the number that a segment starts from. */
    double start(DType dtype) {
      // The finite one of a floating type lies right below infinity; an integer one saturates.
      double greatest =
          dtype.isFloating() ? dtype.toDouble(dtype.highest() - 1) : Double.POSITIVE_INFINITY;
      return switch (this) {
        case SUM -> 0;
        case PROD -> 1;
        case MAX -> -greatest;
        case MIN -> greatest;
      };
    }
  }

  /** The first input's slices combined by the segments that the second names; the third counts. */
  record UnsortedSegment(Kind kind) implements Op {
    private static final Signature SIGNATURE =
        Signature.of(
                "data: T in numeric",
                "segment_ids: Tindices in index",
                "num_segments: Tnumsegments in index")
            .told("kind");

    @Override
    public String type() {
      return "UnsortedSegment" + kind.suffix;
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<Long> number = ShapeVectors.scalar(in, 2);
      number.ifPresent(n -> in.require(n >= 0, "the number of segments %d is negative", n));
      Shape data = in.shape(0);
      Shape ids = in.shape(1);
      if (!data.isRankKnown() || !ids.isRankKnown()) {
        return List.of(in.type(0).withShape(Shape.unknown()));
      }
      in.require(
          ids.rank() <= data.rank() && data.slice(0, ids.rank()).isCompatibleWith(ids),
          "data of shape %s must begin with the shape %s of the segment ids",
          data,
          ids);
      return List.of(
          in.type(0)
              .withShape(
                  Shape.of(number.orElse(Shape.UNKNOWN))
                      .concat(data.slice(ids.rank(), data.rank()))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(SegmentGradients.of(call, kind, SegmentGradients.unsorted(call)));
    }

    @Override
    public void lower(Lowering to) {
      Value data = to.input(0);
      Value ids = Indexing.flat(to, to.input(1));
      TensorType result = to.outputType(0);
      if (data.type().shape().size() > 0) {
        Indexing.requireWithin(
            to,
            to.input(1),
            Long.MIN_VALUE,
            result.shape().dim(0),
            "segment ids must be less than the number of segments, " + result.shape().dim(0));
      }
      Value base = Indexing.filled(to, result, kind.start(result.dtype()));
      to.output(0, Indexing.scatter(to, kind.combine, base, 1, ids, data));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      Literal four = Literal.scalar(DType.INT32, 4);
      for (Kind kind : Kind.values()) {
        Op op = new UnsortedSegment(kind);
        examples.add(
            Example.accepts(op)
                .with(DType.FLOAT64, 5, 2)
                .ints(2, 0, -1, 1, 0)
                .scalar(DType.INT32, 3));
        examples.add(
            Example.accepts(op)
                .with(DType.FLOAT32, 2, 3)
                .with(Literal.ofLongs(3, 0, 1, 2, 1, 3).reshape(Shape.of(2, 3)))
                .scalar(DType.INT64, 4));
        examples.add(
            Example.accepts(op).with(DType.INT32, 5).within(-1, 4, DType.INT32, 5).with(four));
        examples.add(
            Example.accepts(op).with(DType.UINT8, 0, 2).within(0, 4, DType.INT32, 0).with(four));
        examples.add(
            Example.rejects(op, "segment ids must be less than the number of segments, 4")
                .with(DType.FLOAT32, 2)
                .ints(4, 0)
                .with(four));
        examples.add(
            Example.rejects(op, "data of shape [3,2] must begin with the shape [2]")
                .with(DType.FLOAT32, 3, 2)
                .ints(0, 1)
                .with(four));
        examples.add(
            Example.rejects(op, "the number of segments -1 is negative")
                .with(DType.FLOAT32, 2)
                .ints(0, 1)
                .scalar(DType.INT32, -1));
      }
      return examples;
    }
  }
}
