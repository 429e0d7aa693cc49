package io.millrace.ops.state;

import io.millrace.Output;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.GatherGradients;
import io.millrace.ops.index.GatherNdOps;
import io.millrace.ops.index.GatherOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Reading some slices of variables that are taken by their handles. */
public interface ResourceGatherOps extends Building {

  /** Adds a read of the variable that input 0 of a node is a handle of, for its shape alone. */
  private static Output like(Gradient call) {
    return ResourceOps.read(call.graph(), call.input(0), "like", List.of());
  }

  /** Slices of the variable of input 0 that input 1 names, along the first axis not shared. */
  record ResourceGather(DType dtype, int batchDims) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("resource: resource", "indices: Tindices in index")
            .optional("batch_dims", 0)
            .ignoring("validate_indices");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(dtype);
      in.require(batchDims >= 0, "batch_dims %d must not be negative", batchDims);
      Shapes.requireAxes(in, 0, batchDims + 1);
      Shapes.requireAxes(in, 1, batchDims);
      Shape params = in.shape(0);
      Shape indices = in.shape(1);
      if (!params.isRankKnown() || !indices.isRankKnown()) {
        return List.of(in.type(0).withShape(Shape.unknown()));
      }
      Shape shared = params.slice(0, batchDims);
      in.require(
          shared.isCompatibleWith(indices.slice(0, batchDims)),
          "the variable of shape %s and the indices of shape %s must agree in their first %d axes",
          params,
          indices,
          batchDims);
      return List.of(
          in.type(0)
              .withShape(
                  shared
                      .merge(indices.slice(0, batchDims))
                      .concat(indices.slice(batchDims, indices.rank()))
                      .concat(params.slice(batchDims + 1, params.rank()))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output axis = Ops.of(call.graph()).constant(batchDims);
      return Gradients.of(
          GatherGradients.ofParams(like(call), call.input(1), call.gradient(), batchDims, axis));
    }

    @Override
    public void lower(Lowering to) {
      GatherOps.GatherV2.lower(to, to.read(to.reference(0)), batchDims, batchDims);
    }

    @Override
    public Optional<Op> ofValue() {
      return batchDims == 0 ? Optional.of(new GatherOps.Gather()) : Optional.empty();
    }

    static List<Example> examples() {
      Op op = new ResourceGather(DType.FLOAT32, 0);
      return List.of(
          Example.accepts(op).withHandle(-2, 2, DType.FLOAT32, 3, 2).within(0, 3, DType.INT32, 4),
          Example.accepts(new ResourceGather(DType.INT64, 0))
              .withHandle(-5, 5, DType.INT64, 3)
              .within(0, 3, DType.INT64),
          Example.accepts(new ResourceGather(DType.FLOAT64, 1))
              .withHandle(-2, 2, DType.FLOAT64, 2, 3, 2)
              .within(0, 3, DType.INT32, 2, 2),
          Example.rejects(op, "input 0 must have at least 1 axis")
              .withHandle(-2, 2, DType.FLOAT32)
              .ints(0),
          Example.rejects(new ResourceGather(DType.FLOAT32, 1), "must agree in their first 1 axes")
              .withHandle(-2, 2, DType.FLOAT32, 2, 3)
              .within(0, 2, DType.INT32, 3),
          Example.rejects(new ResourceGather(DType.FLOAT32, -1), "must not be negative")
              .withHandle(-2, 2, DType.FLOAT32, 2)
              .ints(0));
    }
  }

  /** Slices of the variable of input 0 at the coordinates that input 1 names. */
  record ResourceGatherNd(DType dtype) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("resource: resource", "indices: Tindices in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(GatherNdOps.GatherNd.result(in.dereferenced(dtype), ""));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output indices = call.input(1);
      Ops tf = Ops.of(call.graph());
      Output shape = tf.shape(like(call), indices.dtype());
      return Gradients.of(tf.scatterNd(indices, call.gradient(), shape));
    }

    @Override
    public void lower(Lowering to) {
      GatherNdOps.GatherNd.lower(to, to.read(to.reference(0)), "");
    }

    @Override
    public Optional<Op> ofValue() {
      return Optional.of(new GatherNdOps.GatherNd(""));
    }

    static List<Example> examples() {
      Op op = new ResourceGatherNd(DType.FLOAT32);
      return List.of(
          Example.accepts(op)
              .withHandle(-2, 2, DType.FLOAT32, 3, 2)
              .within(0, 2, DType.INT32, 2, 2),
          Example.accepts(new ResourceGatherNd(DType.BOOL))
              .withHandle(0, 2, DType.BOOL, 3, 2)
              .with(Literal.ofLongs(2, 0).reshape(Shape.of(2, 1))),
          Example.rejects(op, "coordinates of 2 axes do not index into [4]")
              .withHandle(-2, 2, DType.FLOAT32, 4)
              .ints(0, 1));
    }
  }
}
