package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.index.Ascending;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Combining slices that belong to one segment, the segments in ascending order. */
public interface SortedSegmentOps extends Building {

  /**
   * Returns the sums of the slices of each segment. TensorFlow: SegmentSum.
   *
   * @param data {@code [slices, ...]}, numeric
   * @param segmentIds the segment of each slice, {@code [slices]}, int32 or int64; ids that are
   *     negative or do not ascend fail the run
   * @return one slice for each segment up to that of the last id; 0 for one without slices
   */
  default Output segmentSum(Object data, Object segmentIds) {
    return segment(SegmentOps.Kind.SUM, data, segmentIds);
  }

  /** Returns the products of each segment's slices, or 1. TensorFlow: SegmentProd. */
  default Output segmentProd(Object data, Object segmentIds) {
    return segment(SegmentOps.Kind.PROD, data, segmentIds);
  }

  /** Returns the greatest elements of each segment's slices, or 0. TensorFlow: SegmentMax. */
  default Output segmentMax(Object data, Object segmentIds) {
    return segment(SegmentOps.Kind.MAX, data, segmentIds);
  }

  /** Returns the least elements of each segment's slices, or 0. TensorFlow: SegmentMin. */
  default Output segmentMin(Object data, Object segmentIds) {
    return segment(SegmentOps.Kind.MIN, data, segmentIds);
  }

  /** Returns the means of each segment's slices, or 0. TensorFlow: SegmentMean. */
  default Output segmentMean(Object data, Object segmentIds) {
    return result(
        new Segment(SegmentOps.Kind.SUM, true), each("data, segmentIds", data, segmentIds));
  }

  private Output segment(SegmentOps.Kind kind, Object data, Object segmentIds) {
    return result(new Segment(kind, false), each("data, segmentIds", data, segmentIds));
  }

  /**
   * The first input's slices combined by the segments that the second names in order; for means,
   * divided by their number.
   */
  record Segment(SegmentOps.Kind kind, boolean mean) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("data: T in numeric", "segment_ids: Tindices in index")
            .told("kind")
            .told("mean");

    @Override
    public String type() {
      return "Segment" + (mean ? "Mean" : kind.suffix());
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Ascending.lowerSizes(to, 1);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(Ascending.infer(in));
    }

    @Override
    public Gradients gradient(Gradient call) {
      if (!mean) {
        return Gradients.of(SegmentGradients.of(call, kind, SegmentGradients.sorted(call)));
      }
      Ops tf = Ops.of(call.graph());
      Output ids = call.input(1);
      Output ones = tf.cast(tf.onesLike(ids), call.gradient().dtype());
      Output counts = tf.maximum(tf.segmentSum(Broadcasting.widened(ones, call.input(0)), ids), 1);
      return Gradients.of(tf.gather(tf.divide(call.gradient(), counts), ids));
    }

    @Override
    public void lower(Lowering to) {
      TensorType result = to.outputType(0);
      Value ids = to.input(1);
      Ascending.require(to, ids);
      double start =
          switch (kind) {
            case MAX -> Double.NEGATIVE_INFINITY;
            case MIN -> Double.POSITIVE_INFINITY;
            default -> kind.start(result.dtype());
          };
      Value base = Indexing.filled(to, result, start);
      Value combined = Indexing.scatter(to, kind.combine(), base, 1, ids, to.input(0));
      if (mean) {
        Value counts = Ascending.perSegment(to, Ascending.count(to, result.dtype()));
        combined = to.map(combined, counts, (sum, count) -> sum.dividedBy(count.max(1)));
      } else if (kind == SegmentOps.Kind.MAX || kind == SegmentOps.Kind.MIN) {
        Value present = Ascending.perSegment(to, Ascending.count(to, DType.INT64));
        combined =
            to.map(
                List.of(combined, present),
                s -> s.get(1).gt(0).select(s.get(0), s.get(0).constant(0)));
      }
      to.output(0, combined);
    }

    static List<Example> examples() {
      List<Example> examples =
          new ArrayList<>(Ascending.examples(new Segment(SegmentOps.Kind.SUM, true)));
      for (SegmentOps.Kind kind : SegmentOps.Kind.values()) {
        Op op = new Segment(kind, false);
        examples.addAll(Ascending.examples(op));
        examples.add(Example.accepts(op).with(DType.UINT8, 3).ints(0, 0, 2));
      }
      return examples;
    }
  }
}
