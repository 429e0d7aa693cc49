package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Picking slices along an axis. */
public interface GatherOps extends Building {

  /**
   * Returns the slices along the first axis that indices name. TensorFlow: GatherV2.
   *
   * @param params any tensor but a scalar
   * @param indices int32 or int64, of any shape; one outside {@code [0, params.dim(0))} fails the
   *     run
   * @return {@code indices.shape + params.shape[1:]}
   */
  default Output gather(Object params, Object indices) {
    return gather(params, indices, 0);
  }

  /**
   * Returns the slices along an axis that indices name. TensorFlow: GatherV2.
   *
   * @return {@code params.shape[:axis] + indices.shape + params.shape[axis+1:]}
   */
  default Output gather(Object params, Object indices, Object axis) {
    return gather(params, indices, axis, 0);
  }

  /**
   * Returns, for each position in the first axes of both, the slices along an axis that the indices
   * there name. TensorFlow: GatherV2.
   *
   * @param axis the axis of params; a negative one counts from the end
   * @param batchDims how many axes both share; negative counts from the end of the indices
   * @return {@code params.shape[:axis] + indices.shape[batchDims:] + params.shape[axis+1:]}
   */
  default Output gather(Object params, Object indices, Object axis, int batchDims) {
    Arguments.requireEach("params, indices, axis", params, indices, axis);
    return result(new GatherV2(batchDims), operand(params), operand(indices), axis(axis));
  }

  /** Slices of the first input that the second names, along the axis that the third says. */
  record GatherV2(int batchDims) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("params: Tparams", "indices: Tindices in index", "axis: Taxis in index")
            .optional("batch_dims", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      Optional<Long> wished = ShapeVectors.scalar(in, 2);
      Shape params = in.shape(0);
      Shape indices = in.shape(1);
      if (!params.isRankKnown() || !indices.isRankKnown()) {
        return List.of(in.type(0).withShape(Shape.unknown()));
      }
      int batch = batchAxes(indices.rank());
      in.require(
          batch >= 0 && batch <= indices.rank(),
          "batch_dims %d is out of range: the indices have %s",
          batchDims,
          Messages.axes(indices.rank()));
      if (wished.isEmpty()) {
        return List.of(
            in.type(0).withShape(Shape.unknown(params.rank() + indices.rank() - 1 - batch)));
      }
      int axis = in.axis(wished.get(), params.rank());
      in.require(batch <= axis, "batch_dims %d must not be beyond axis %d", batch, axis);
      in.require(
          params.slice(0, batch).isCompatibleWith(indices.slice(0, batch)),
          "params %s and indices %s must agree in their first %s",
          params,
          indices,
          Messages.axes(batch));
      return List.of(
          in.type(0)
              .withShape(
                  params
                      .slice(0, batch)
                      .merge(indices.slice(0, batch))
                      .concat(params.slice(batch, axis))
                      .concat(indices.slice(batch, indices.rank()))
                      .concat(params.slice(axis + 1, params.rank()))));
    }

    private int batchAxes(int indicesRank) {
      return batchDims < 0 ? batchDims + indicesRank : batchDims;
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output indices = call.input(1);
      if (batchDims < 0 && !indices.shape().isRankKnown()) {
        return Gradients.none("the rank of the indices must be known to count batch_dims");
      }
      int batch = batchDims < 0 ? batchAxes(indices.shape().rank()) : batchDims;
      return Gradients.of(GatherGradients.ofParams(call, batch, call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      int rank = to.inputType(0).shape().rank();
      int axis = (int) to.constant(2).getLong(0);
      int batch = batchAxes(to.inputType(1).shape().rank());
      lower(to, to.input(0), batch, axis < 0 ? axis + rank : axis);
    }

    /** Sets the output to slices of this tensor that input 1 names along an axis. */
    public static void lower(Lowering to, Value from, int batch, int axis) {
      Shape params = from.type().shape();
      Shape indices = to.inputType(1).shape();
      TensorType result = to.outputType(0);
      if (result.shape().size() == 0) {
        to.output(0, Indexing.filled(to, result, 0));
        return;
      }
      Indexing.requireWithin(to, to.input(1), params.dim(axis));
      long count = params.slice(0, batch).size();
      long outer = params.slice(batch, axis).size();
      long inner = params.slice(axis + 1, params.rank()).size();
      long picked = indices.slice(batch, indices.rank()).size();
      Value slices =
          to.emit(
              new Primitive.Gather(),
              List.of(
                  to.reshape(from, Shape.of(count, outer, params.dim(axis), inner)),
                  to.reshape(to.input(1), Shape.of(count, picked))),
              result.withShape(Shape.of(count, outer, picked, inner)));
      to.output(0, to.reshape(slices, result.shape()));
    }

    static List<Example> examples() {
      Op op = new GatherV2(0);
      Op batched = new GatherV2(1);
      Literal first = Literal.scalar(DType.INT32, 0);
      Literal second = Literal.scalar(DType.INT64, 1);
      Literal last = Literal.scalar(DType.INT32, -1);
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 3, 2).within(0, 3, DType.INT32, 4).with(first),
          Example.accepts(op).with(DType.FLOAT64, 3, 2).within(0, 3, DType.INT64).with(first),
          Example.accepts(op)
              .with(DType.FLOAT64, 2, 3, 2)
              .within(0, 3, DType.INT32, 2, 2)
              .with(second),
          Example.accepts(batched)
              .with(DType.FLOAT64, 2, 3, 4)
              .within(0, 4, DType.INT32, 2, 3)
              .with(last),
          Example.accepts(new GatherV2(-1))
              .with(DType.FLOAT32, 2, 3, 2)
              .within(0, 3, DType.INT64, 2)
              .with(second),
          Example.accepts(op).with(DType.BOOL, 3).within(0, 3, DType.INT32, 2).with(first),
          Example.accepts(op).with(DType.UINT8, 0, 3).with(DType.INT32, 0).with(first),
          Example.rejects(op, "indices must be in [0, 3)")
              .with(DType.FLOAT32, 3)
              .ints(0, 3)
              .with(first),
          Example.rejects(op, "indices must be in [0, 3)")
              .with(DType.FLOAT32, 3)
              .longs(-1)
              .with(first),
          Example.rejects(op, "axis 1 is out of range").with(DType.FLOAT32, 3).ints(0).with(second),
          Example.rejects(op, "input 0 must have at least 1 axis")
              .with(DType.FLOAT32)
              .ints(0)
              .with(first),
          Example.rejects(batched, "batch_dims 1 must not be beyond axis 0")
              .with(DType.FLOAT32, 2, 3)
              .within(0, 2, DType.INT32, 2)
              .with(first),
          Example.rejects(batched, "must agree in their first 1 axis")
              .with(DType.FLOAT32, 2, 3)
              .within(0, 2, DType.INT32, 3)
              .with(second),
          Example.rejects(batched, "batch_dims 1 is out of range: the indices have 0 axes")
              .with(DType.FLOAT32, 2, 3)
              .within(0, 2, DType.INT32)
              .with(second));
    }
  }

  /** Slices of the first input along its first axis that the second names. */
  record Gather() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("params: Tparams", "indices: Tindices in index").ignoring("validate_indices");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      Shape params = in.shape(0);
      return List.of(
          in.type(0)
              .withShape(
                  params.isRankKnown()
                      ? in.shape(1).concat(params.slice(1, params.rank()))
                      : params));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(GatherGradients.ofParams(call, 0, Ops.of(call.graph()).constant(0)));
    }

    @Override
    public void lower(Lowering to) {
      GatherV2.lower(to, to.input(0), 0, 0);
    }

    static List<Example> examples() {
      Op op = new Gather();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 3, 2).within(0, 3, DType.INT32, 4),
          Example.accepts(op).with(DType.FLOAT64, 3).within(0, 3, DType.INT64, 2, 2),
          Example.rejects(op, "indices must be in [0, 3)").with(DType.FLOAT32, 3).ints(3));
    }
  }
}
