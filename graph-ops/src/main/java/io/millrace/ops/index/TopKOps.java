package io.millrace.ops.index;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Primitive;
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
import io.millrace.ops.ValuesAndIndices;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.building.Sizes;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** The greatest elements along the last axis. */
public interface TopKOps extends Building {

  /**
   * Returns the k greatest elements along the last axis, the greatest first, and their positions as
   * int32. Of equal elements the one at the lower position comes first, and NaN counts as greater
   * than every number. TensorFlow: TopKV2.
   *
   * @param x {@code [..., n]}, numeric
   * @param k a number or a scalar tensor of int32 or int64, at most n
   * @return both {@code [..., k]}
   */
  default ValuesAndIndices topK(Object x, Object k) {
    return topK(x, k, true);
  }

  /**
   * Returns the k greatest elements along the last axis and their positions.
   *
   * @param sorted whether the order matters; if not, they come sorted as well
   */
  default ValuesAndIndices topK(Object x, Object k, boolean sorted) {
    Arguments.requireEach("x, k", x, k);
    Operation top = apply(new TopKV2(sorted, DType.INT32), operand(x), axis(k));
    return new ValuesAndIndices(top.output(0), top.output(1));
  }

  /** The greatest elements of the first input, as many as the second says. */
  record TopKV2(boolean sorted, DType indexType) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T in numeric", "k: Tk in index")
            .optional("sorted", true)
            .optional("index_type", DType.INT32);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      in.require(indexType.isIndex(), "positions must be int32 or int64, not %s", indexType);
      if (in.shape(0).isRankKnown() && in.shape(0).rank() > 0) {
        Sizes.requireFits(in, indexType, in.shape(0).dim(-1) - 1, "the last position");
      }
      Optional<Long> k = ShapeVectors.scalar(in, 1);
      Shape shape = in.shape(0);
      if (k.isPresent()) {
        in.require(k.get() >= 0, "k must be 0 or more, not %d", k.get());
        in.require(
            !shape.isRankKnown() || shape.dim(-1) < 0 || k.get() <= shape.dim(-1),
            "k = %d is more than there are along the last axis of %s, which are %d",
            k.get(),
            shape,
            shape.isRankKnown() ? shape.dim(-1) : Shape.UNKNOWN);
      }
      Shape result = shape.isRankKnown() ? shape.with(-1, k.orElse(Shape.UNKNOWN)) : shape;
      return List.of(in.type(0).withShape(result), new TensorType(indexType, result));
    }

    /** Every element chosen takes the gradient of its value. */
    @Override
    public Gradients gradient(Gradient call) {
      if (call.gradient(0).isEmpty()) {
        return Gradients.none("positions do not change with the elements");
      }
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output chosen = call.output(1);
      Output k = tf.slice(tf.shape(chosen), lastAxis(tf, chosen), tf.indices(1));
      Output n = tf.reshape(tf.slice(tf.shape(x), lastAxis(tf, x), tf.indices(1)));
      Output size = tf.size(x);
      Output count = tf.floordiv(size, tf.maximum(n, 1));
      Output rows = tf.reshape(chosen, tf.concat(List.of(tf.expandDims(count, 0), k), 0));
      Output first = tf.expandDims(tf.multiply(tf.range(count), n), 1);
      Output places = tf.reshape(tf.add(rows, tf.cast(first, indexType)), -1, 1);
      Output sums =
          tf.scatterNd(
              places, tf.reshape(call.gradient(), -1), tf.cast(tf.expandDims(size, 0), indexType));
      return Gradients.of(Broadcasting.reshapeLike(sums, x));
    }

    private static Output lastAxis(Ops tf, Output x) {
      return x.shape().isRankKnown()
          ? tf.indices(x.shape().rank() - 1)
          : tf.expandDims(tf.subtract(tf.rank(x), 1), 0);
    }

    @Override
    public void lower(Lowering to) {
      Value x = to.input(0);
      Shape result = to.outputType(0).shape();
      Shape shape = x.type().shape();
      long rows = shape.slice(0, shape.rank() - 1).size();
      Shape chosen = Shape.of(rows, result.dim(-1));
      List<Value> top =
          to.emit(
              new Primitive.Sort(true),
              List.of(to.reshape(x, Shape.of(rows, shape.dim(-1)))),
              List.of(x.type().withShape(chosen), new TensorType(DType.INT64, chosen)));
      to.output(0, to.reshape(top.get(0), result));
      to.output(1, to.reshape(to.map(top.get(1), i -> i.cast(indexType)), result));
    }

    static List<Example> examples() {
      Op op = new TopKV2(true, DType.INT32);
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 5).scalar(DType.INT32, 3),
          Example.accepts(op).with(DType.FLOAT64, 2, 3, 4).scalar(DType.INT32, 2),
          Example.accepts(new TopKV2(false, DType.INT32))
              .with(DType.INT32, 2, 6)
              .scalar(DType.INT32, 6),
          Example.accepts(new TopKV2(true, DType.INT64))
              .with(DType.UINT8, 6)
              .scalar(DType.INT64, 2),
          Example.accepts(op).with(DType.FLOAT64, 2, 3).scalar(DType.INT32, 0),
          Example.accepts(op).with(DType.FLOAT32, 0, 3).scalar(DType.INT32, 1),
          Example.rejects(op, "k = 4 is more than there are along the last axis of [2,3]")
              .with(DType.FLOAT32, 2, 3)
              .scalar(DType.INT32, 4),
          Example.rejects(op, "k must be 0 or more, not -1")
              .with(DType.FLOAT32, 3)
              .scalar(DType.INT32, -1),
          Example.rejects(op, "must have at least 1 axis")
              .with(DType.FLOAT32)
              .scalar(DType.INT32, 0));
    }
  }
}
