package io.millrace.ops.index;

import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.ir.Scalar;
import io.millrace.ir.Suspect;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;

/** What operations on segments have in common whose ids ascend, the last telling their number. */
public final class Ascending {
  private Ascending() {}

  /** Requires input 1 to hold an id for each slice of input 0, and returns the result's type. */
  public static TensorType infer(Inference in) {
    Shapes.requireAxes(in, 0, 1);
    long ids = in.requireRank(1, 1).dim(0);
    Shape data = in.shape(0);
    if (!data.isRankKnown()) {
      return in.type(0);
    }
    Shapes.equal(in, data.dim(0), ids, "there are %d slices, but %d ids", data.dim(0), ids);
    long segments = in.size();
    return in.type(0).withShape(data.with(0, segments));
  }

  /** Counts the segments: one more than the last id says. */
  public static void lowerSizes(Lowering to, int idsInput) {
    Value ids = to.input(idsInput);
    long count = ids.type().shape().dim(0);
    Value last =
        count == 0
            ? to.literal(Literal.ofLongs(-1))
            : to.view(ids, Shape.of(1), View.of(count - 1, 1));
    to.output(0, to.map(last, id -> next(id.cast(DType.INT64)).max(0)));
  }

  /** Returns one more, or the number itself where that is more than any tensor has. */
  private static Scalar next(Scalar id) {
    return id.lt(id.constant(0x1p62)).select(id.plus(1), id);
  }

  /** Makes the run fail unless the ids ascend from 0 or more. */
  public static void require(Lowering to, Value ids) {
    long count = ids.type().shape().dim(0);
    Indexing.requireWithin(to, ids, 0, Long.MAX_VALUE, "segment ids must be 0 or more");
    if (count > 1) {
      Value ascend =
          to.mapViews(
              Shape.of(count - 1),
              List.of(ids, ids),
              List.of(View.of(0, 1), View.of(1, 1)),
              (b, s) -> s.get(0).le(s.get(1)));
      Indexing.requireAll(
          to, ascend, x -> x, ids, new Suspect.Descending(), "segment ids must ascend");
    }
  }

  /** Returns how many of the ids in input 1 each segment of output 0 has, a vector. */
  public static Value count(Lowering to, DType dtype) {
    long segments = to.outputType(0).shape().dim(0);
    return count(to, to.input(1), segments, dtype);
  }

  /** Returns how many of these ids each segment has, a vector. */
  public static Value count(Lowering to, Value ids, long segments, DType dtype) {
    Value none = Indexing.filled(to, TensorType.of(dtype, segments), 0);
    Value ones = Indexing.filled(to, ids.type().withDType(dtype), 1);
    return Indexing.scatter(to, Combine.ADD, none, 1, ids, ones);
  }

  /** Returns a vector in a shape that broadcasts along the slices of output 0. */
  public static Value perSegment(Lowering to, Value vector) {
    long[] dims = new long[to.outputType(0).shape().rank()];
    Arrays.fill(dims, 1);
    dims[0] = vector.type().shape().dim(0);
    return to.reshape(vector, Shape.of(dims));
  }

  /** Returns examples for an operation with data and ids. */
  public static List<Example> examples(Op op) {
    return List.of(
        Example.accepts(op).with(DType.FLOAT64, 5, 2).ints(0, 0, 2, 2, 2),
        Example.accepts(op).with(DType.FLOAT32, 3).longs(1, 1, 1),
        Example.accepts(op).with(DType.INT32, 4, 1, 2).ints(0, 1, 1, 3),
        Example.accepts(op).with(DType.FLOAT32, 0, 2).ints(),
        Example.rejects(op, "segment ids must ascend").with(DType.FLOAT32, 3).ints(0, 2, 1),
        Example.rejects(op, "segment ids must be 0 or more").with(DType.FLOAT32, 3).ints(-1, 0, 1),
        Example.rejects(op, "there are 3 slices, but 2 ids").with(DType.FLOAT32, 3).ints(0, 1),
        Example.rejects(op, "must have at least 1 axis").with(DType.FLOAT32).ints(0));
  }
}
