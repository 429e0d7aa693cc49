package io.millrace.ops.index;

import io.millrace.Output;
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
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Picking and placing slices by coordinates of several axes. */
public interface GatherNdOps extends Building {

  /**
   * Returns the slices that coordinates name. TensorFlow: GatherNd.
   *
   * @param indices {@code [..., depth]}, int32 or int64: coordinates in the first {@code depth}
   *     axes of params; those out of range fail the run
   * @return {@code indices.shape[:-1] + params.shape[depth:]}
   */
  default Output gatherNd(Object params, Object indices) {
    return result(new GatherNd(""), each("params, indices", params, indices));
  }

  /**
   * Returns, for each position in the first axes of both, the slices there that coordinates name.
   * TensorFlow: GatherNd of the coordinates with the position before them.
   *
   * @param batchDims how many axes both share
   * @return {@code indices.shape[:-1] + params.shape[batchDims + depth:]}
   */
  default Output gatherNd(Object params, Object indices, int batchDims) {
    Arguments.requireEach("params, indices", params, indices);
    Output slices = operand(params);
    Output inner = operand(indices);
    if (batchDims == 0) {
      return gatherNd(slices, inner);
    }
    if (!inner.shape().isRankKnown() || batchDims < 0 || batchDims >= inner.shape().rank()) {
      throw Refusal.of(
          "GatherNd", "batchDims %d must be less than the number of axes of %s", batchDims, inner);
    }
    return scope(
        "BatchGatherND",
        () -> {
          Ops tf = tf();
          Output ones = tf.onesLike(tf.slice(inner, corner(inner, 0), lastOne(inner)));
          List<Output> coordinates = new ArrayList<>();
          for (int axis = 0; axis < batchDims; axis++) {
            Output extent = tf.slice(tf.shape(inner), new long[] {axis}, new long[] {1});
            Output along = tf.cast(tf.range(tf.reshape(extent)), inner.dtype());
            for (int after = axis + 1; after < inner.shape().rank(); after++) {
              along = tf.expandDims(along, -1);
            }
            coordinates.add(tf.multiply(ones, along));
          }
          coordinates.add(inner);
          return tf.gatherNd(slices, tf.concat(coordinates, -1));
        });
  }

  private static long[] corner(Output x, long at) {
    long[] corner = new long[x.shape().rank()];
    Arrays.fill(corner, at);
    return corner;
  }

  private static long[] lastOne(Output x) {
    long[] size = corner(x, -1);
    size[size.length - 1] = 1;
    return size;
  }

  /**
   * Returns a tensor of zeros to which slices are added where coordinates say. TensorFlow:
   * ScatterNd.
   *
   * @param indices {@code [..., depth]}, int32 or int64: coordinates in the first {@code depth}
   *     axes of the result; those out of range fail the run, slices at equal ones are added up
   * @param updates {@code indices.shape[:-1] + shape[depth:]}
   * @param shape the shape of the result, of the type of the indices
   */
  default Output scatterNd(Object indices, Object updates, Object shape) {
    Arguments.requireEach("indices, updates, shape", indices, updates, shape);
    Optional<long[]> dims = ShapeArguments.dims(shape);
    List<Output> both = dims.isPresent() ? operands(indices) : operands(indices, shape);
    Output places = both.get(0);
    Output wanted =
        dims.map(numbers -> operand(numbers, places.dtype())).orElseGet(() -> both.get(1));
    return result(new ScatterNd(""), places, operand(updates), wanted);
  }

  /** Slices of the first input at the coordinates that the second names. */
  record GatherNd(String badIndicesPolicy) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("params: Tparams", "indices: Tindices in index")
            .optional("bad_indices_policy", "");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(result(in, badIndicesPolicy));
    }

    /** Returns the type of the slices of the first input that the second names. */
    public static TensorType result(Inference in, String policy) {
      Indexing.requirePolicy(in, policy);
      Shapes.requireAxes(in, 1, 1);
      Shape params = in.shape(0);
      Shape indices = in.shape(1);
      if (!params.isRankKnown() || !indices.isRankKnown() || indices.dim(-1) < 0) {
        return in.type(0).withShape(Shape.unknown());
      }
      int depth = Indexing.depth(in, indices, params);
      return in.type(0)
          .withShape(
              indices.slice(0, indices.rank() - 1).concat(params.slice(depth, params.rank())));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output indices = call.input(1);
      return Gradients.of(
          tf.result(
              new ScatterNd(badIndicesPolicy),
              indices,
              call.gradient(),
              Indexing.shapeOf(call.input(0), indices.dtype())));
    }

    @Override
    public void lower(Lowering to) {
      lower(to, to.input(0), badIndicesPolicy);
    }

    /** Sets the output to the slices of this tensor that input 1 names. */
    public static void lower(Lowering to, Value from, String policy) {
      int depth = (int) to.inputType(1).shape().dim(-1);
      Value rows = Indexing.rows(to, to.input(1), from.type().shape(), policy);
      Value slices = Indexing.gather(to, from, depth, rows);
      to.output(0, to.reshape(slices, to.outputType(0).shape()));
    }

    static List<Example> examples() {
      Op op = new GatherNd("");
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 3, 2, 2).within(0, 2, DType.INT32, 3, 2),
          Example.accepts(op).with(DType.FLOAT32, 3, 2).within(0, 3, DType.INT64, 2, 2, 1),
          Example.accepts(op).with(DType.BOOL, 3, 2).within(0, 2, DType.INT32, 2),
          Example.accepts(op).with(DType.UINT8, 3, 2).with(DType.INT32, 2, 0),
          Example.accepts(op).with(DType.FLOAT64, 3, 2).with(DType.INT32, 0, 2),
          Example.accepts(new GatherNd("IGNORE")).with(DType.FLOAT32, 3, 2).ints(1, 3),
          Example.rejects(op, "indices must be coordinates within the shape [2,3]")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 3),
          Example.rejects(op, "indices must be coordinates within the shape [2]")
              .with(DType.FLOAT32, 2, 3)
              .longs(-1),
          Example.rejects(op, "coordinates of 2 axes do not index into [4]")
              .with(DType.FLOAT32, 4)
              .ints(0, 1),
          Example.rejects(new GatherNd("DROP"), "bad_indices_policy must be")
              .with(DType.FLOAT32, 4)
              .ints(0));
    }
  }

  /** Zeros of the shape that the third input says, with slices added at coordinates. */
  record ScatterNd(String badIndicesPolicy) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("indices: Tindices in index", "updates: T", "shape: Tindices")
            .optional("bad_indices_policy", "");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Indexing.requirePolicy(in, badIndicesPolicy);
      Shape shape = ShapeVectors.shape(in, 2);
      Indexing.requireUpdates(in, in.shape(0), in.shape(1), shape);
      return List.of(in.type(1).withShape(shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output byUpdates =
          Ops.of(call.graph())
              .result(new GatherNd(badIndicesPolicy), call.gradient(), call.input(0));
      return Gradients.of(
          List.of(Optional.empty(), Optional.of(byUpdates)),
          "indices and shape only place the updates");
    }

    @Override
    public void lower(Lowering to) {
      TensorType result = to.outputType(0);
      int depth = (int) to.inputType(0).shape().dim(-1);
      Value rows = Indexing.rows(to, to.input(0), result.shape(), badIndicesPolicy);
      Value updates = to.input(1);
      Value zeros = Indexing.filled(to, result, 0);
      to.output(0, Indexing.add(to, zeros, depth, rows, updates));
    }

    static List<Example> examples() {
      Op op = new ScatterNd("");
      return List.of(
          Example.accepts(op)
              .with(Literal.ofInts(1, 0, 1).reshape(Shape.of(3, 1)))
              .with(DType.FLOAT64, 3, 2)
              .ints(3, 2),
          Example.accepts(op).within(0, 2, DType.INT64, 4, 2).with(DType.FLOAT32, 4).longs(2, 3),
          Example.accepts(op).within(0, 2, DType.INT32, 4, 1).with(DType.BOOL, 4).ints(3),
          Example.accepts(op).with(DType.INT32, 0, 1).with(DType.FLOAT64, 0).ints(3),
          Example.accepts(new ScatterNd("IGNORE"))
              .with(Literal.ofInts(-1, 1).reshape(Shape.of(2, 1)))
              .with(DType.INT32, 2)
              .ints(3),
          Example.rejects(op, "indices must be coordinates within the shape [3]")
              .with(Literal.ofInts(3).reshape(Shape.of(1, 1)))
              .with(DType.FLOAT32, 1)
              .ints(3),
          Example.rejects(op, "updates of shape [2] do not fit: they must have shape [2,2]")
              .with(Literal.ofInts(0, 1).reshape(Shape.of(2, 1)))
              .with(DType.FLOAT32, 2)
              .ints(3, 2),
          Example.rejects(op, "coordinates of 2 axes do not index into [3]")
              .with(Literal.ofInts(0, 1).reshape(Shape.of(1, 2)))
              .with(DType.FLOAT32, 1)
              .ints(3),
          Example.rejects(op, "no negative extents: element [0] is -3")
              .with(Literal.ofInts(0).reshape(Shape.of(1, 1)))
              .with(DType.FLOAT32, 1)
              .ints(-3));
    }
  }
}
