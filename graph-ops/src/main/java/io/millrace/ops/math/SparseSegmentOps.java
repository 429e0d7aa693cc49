package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Primitive.Scatter.Combine;
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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.Ascending;
import io.millrace.ops.index.GatherGradients;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Combining slices that indices pick and that belong to one segment. */
public interface SparseSegmentOps extends Building {

  /**
   * Returns the sums of the slices that are picked for each segment. TensorFlow: SparseSegmentSum.
   *
   * @param data {@code [n, ...]}, numeric
   * @param indices which slices, int32 or int64, {@code [picked]}; one outside {@code [0, n)} fails
   *     the run
   * @param segmentIds the segment of each, {@code [picked]}, int32 or int64; ids that are negative
   *     or do not ascend fail the run
   * @return one slice for each segment up to that of the last id; 0 for one without slices
   */
  default Output sparseSegmentSum(Object data, Object indices, Object segmentIds) {
    return picked(Mean.SUM, data, indices, segmentIds);
  }

  /** Returns the sums for this number of segments. TensorFlow: SparseSegmentSumWithNumSegments. */
  default Output sparseSegmentSum(
      Object data, Object indices, Object segmentIds, Object numSegments) {
    return picked(Mean.SUM, data, indices, segmentIds, numSegments);
  }

  /** Returns the means of floating slices for each segment. TensorFlow: SparseSegmentMean. */
  default Output sparseSegmentMean(Object data, Object indices, Object segmentIds) {
    return picked(Mean.MEAN, data, indices, segmentIds);
  }

  /**
   * Returns the means for this number of segments. TensorFlow: SparseSegmentMeanWithNumSegments.
   */
  default Output sparseSegmentMean(
      Object data, Object indices, Object segmentIds, Object numSegments) {
    return picked(Mean.MEAN, data, indices, segmentIds, numSegments);
  }

  /**
   * Returns the sums of floating slices for each segment, divided by the square root of their
   * number. TensorFlow: SparseSegmentSqrtN.
   */
  default Output sparseSegmentSqrtN(Object data, Object indices, Object segmentIds) {
    return picked(Mean.SQRT_N, data, indices, segmentIds);
  }

  /**
   * Returns the same for this number of segments. TensorFlow: SparseSegmentSqrtNWithNumSegments.
   */
  default Output sparseSegmentSqrtN(
      Object data, Object indices, Object segmentIds, Object numSegments) {
    return picked(Mean.SQRT_N, data, indices, segmentIds, numSegments);
  }

  private Output picked(Mean mean, Object... inputs) {
    return result(
        new SparseSegment(mean, inputs.length == 4),
        each("data, indices, segmentIds, numSegments", inputs));
  }

  /** What the sum is divided by. */
  enum Mean {
    SUM("Sum", "numeric"),
    MEAN("Mean", "floating"),
    SQRT_N("SqrtN", "floating");

    private final String suffix;
    private final Signature counted;
    private final Signature numbered;

    Mean(String suffix, String types) {
      this.suffix = suffix;
      String[] inputs = {
        "data: T in " + types,
        "indices: Tidx in index",
        "segment_ids: Tsegmentids in index",
        "num_segments: Tnumsegments in index"
      };
      this.counted = signature(Arrays.copyOf(inputs, 3));
      this.numbered = signature(inputs);
    }

    private static Signature signature(String... inputs) {
      return Signature.of(inputs).told("mean").told("numbered").ignoring("sparse_gradient");
    }
  }

  /** Slices that the second input picks, combined by the segments that the third names in order. */
  record SparseSegment(Mean mean, boolean numbered) implements Op {
    @Override
    public String type() {
      return "SparseSegment" + mean.suffix + (numbered ? "WithNumSegments" : "");
    }

    @Override
    public Signature signature() {
      return numbered ? mean.numbered : mean.counted;
    }

    @Override
    public int sizes() {
      return numbered ? 0 : 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Ascending.lowerSizes(to, 2);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      long indices = in.requireRank(1, 1).dim(0);
      long ids = in.requireRank(2, 1).dim(0);
      Shapes.equal(in, indices, ids, "there are %d indices, but %d segment ids", indices, ids);
      Optional<Long> segments =
          numbered ? ShapeVectors.scalar(in, 3) : in.sizes().map(sizes -> sizes[0]);
      segments.ifPresent(n -> in.require(n >= 0, "the number of segments %d is negative", n));
      Shape data = in.shape(0);
      return List.of(
          in.type(0)
              .withShape(data.isRankKnown() ? data.with(0, segments.orElse(Shape.UNKNOWN)) : data));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output data = call.input(0);
      Output ids = call.input(2);
      Output arriving = call.gradient();
      if (mean != Mean.SUM) {
        Output ones = tf.cast(tf.onesLike(ids), data.dtype());
        Output segments = GatherGradients.extent(call.output(0));
        Output counts = tf.maximum(tf.unsortedSegmentSum(ones, ids, segments), 1);
        Output divisors = Broadcasting.widened(counts, arriving);
        arriving = tf.divide(arriving, mean == Mean.MEAN ? divisors : tf.sqrt(divisors));
      }
      return Gradients.of(
          tf.unsortedSegmentSum(
              tf.gather(arriving, ids), call.input(1), GatherGradients.extent(data)));
    }

    @Override
    public void lower(Lowering to) {
      TensorType result = to.outputType(0);
      long segments = result.shape().dim(0);
      Value indices = to.input(1);
      Value ids = to.input(2);
      Indexing.requireWithin(to, indices, to.inputType(0).shape().dim(0));
      Ascending.require(to, ids);
      if (numbered) {
        Indexing.requireWithin(
            to,
            ids,
            Long.MIN_VALUE,
            segments,
            "segment ids must be less than the number of segments, " + segments);
      }
      Value slices = Indexing.gather(to, to.input(0), 1, indices);
      Value zeros = Indexing.filled(to, result, 0);
      Value sums = Indexing.scatter(to, Combine.ADD, zeros, 1, ids, slices);
      if (mean == Mean.SUM) {
        to.output(0, sums);
        return;
      }
      Value counts = Ascending.count(to, ids, segments, result.dtype());
      to.output(
          0,
          to.map(
              sums,
              Ascending.perSegment(to, counts),
              (sum, count) ->
                  sum.dividedBy(mean == Mean.MEAN ? count.max(1) : count.max(1).sqrt())));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Mean mean : Mean.values()) {
        Op op = new SparseSegment(mean, false);
        Op numbered = new SparseSegment(mean, true);
        examples.add(
            Example.accepts(op)
                .with(DType.FLOAT64, 4, 2)
                .within(0, 4, DType.INT32, 4)
                .ints(0, 0, 2, 2));
        examples.add(Example.accepts(op).with(DType.FLOAT32, 4).longs(3, 1, 3).longs(1, 1, 1));
        examples.add(Example.accepts(op).with(DType.FLOAT32, 0, 2).ints().ints());
        examples.add(
            Example.accepts(numbered)
                .with(DType.FLOAT64, 3, 2)
                .ints(0, 0, 2)
                .ints(0, 1, 1)
                .scalar(DType.INT64, 4));
        examples.add(
            Example.rejects(op, "indices must be in [0, 3)")
                .with(DType.FLOAT32, 3)
                .ints(0, 3)
                .ints(0, 0));
        examples.add(
            Example.rejects(op, "segment ids must ascend")
                .with(DType.FLOAT32, 3)
                .ints(0, 1)
                .ints(1, 0));
        examples.add(
            Example.rejects(op, "there are 2 indices, but 3 segment ids")
                .with(DType.FLOAT32, 3)
                .ints(0, 1)
                .ints(0, 0, 1));
        examples.add(
            Example.rejects(numbered, "segment ids must be less than the number of segments, 1")
                .with(DType.FLOAT32, 3)
                .ints(0, 1)
                .ints(0, 1)
                .scalar(DType.INT32, 1));
      }
      examples.add(
          Example.accepts(new SparseSegment(Mean.SUM, false))
              .with(DType.UINT8, 3)
              .ints(2, 0)
              .ints(0, 0));
      return examples;
    }
  }
}
