package io.millrace.ops.linalg;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Tensors with twice the axes whose elements lie where both halves of the coordinates agree. */
public interface TensorDiagOps extends Building {

  /**
   * Returns a tensor of shape {@code [d..., d...]} with these elements, of shape {@code [d...]}, on
   * its diagonal and zeros elsewhere. TensorFlow: Diag.
   */
  default Output diag(Object diagonal) {
    return result(new Diag(), diagonal);
  }

  /**
   * Returns the diagonal, of shape {@code [d...]}, of a tensor of shape {@code [d..., d...]}.
   * TensorFlow: DiagPart.
   */
  default Output diagPart(Object x) {
    return result(new DiagPart(), x);
  }

  /** A tensor with the input on its diagonal. */
  record Diag() implements Op {
    private static final Signature SIGNATURE = Signature.of("diagonal: T in numeric");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      in.require(!shape.isRankKnown() || shape.rank() > 0, "a scalar is no diagonal");
      return List.of(in.type(0).withShape(shape.concat(shape)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).diagPart(call.gradient()));
    }

    /** Returns how a loop over the diagonal walks the tensor. */
    static View diagonal(Shape shape, int axes) {
      long[] strides = shape.strides();
      long[] walk = new long[axes];
      for (int axis = 0; axis < axes; axis++) {
        walk[axis] = strides[axis] + strides[axis + axes];
      }
      return View.of(0, walk);
    }

    @Override
    public void lower(Lowering to) {
      Shape extent = to.inputType(0).shape();
      TensorType type = to.outputType(0);
      View target = diagonal(type.shape(), extent.rank());
      Primitive.Move.Piece piece = new Primitive.Move.Piece(0, extent, View.dense(extent), target);
      to.output(
          0,
          to.emit(
              new Primitive.Move(
                  extent.size() == 0 ? List.of() : List.of(piece),
                  Optional.of(new ScalarFunction.Constant(type.dtype(), 0))),
              List.of(to.input(0)),
              type));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Diag()).with(DType.FLOAT32, 3),
          Example.accepts(new Diag()).with(DType.FLOAT64, 2, 3),
          Example.accepts(new Diag()).with(DType.INT32, 0),
          Example.rejects(new Diag(), "a scalar is no diagonal").with(DType.FLOAT32));
    }
  }

  /** The diagonal of a tensor. */
  record DiagPart() implements Op {
    private static final Signature SIGNATURE = Signature.of("input: T in numeric");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = in.shape(0);
      if (!shape.isRankKnown()) {
        return List.of(in.type(0));
      }
      int axes = shape.rank() / 2;
      in.require(
          shape.rank() > 0 && shape.rank() % 2 == 0,
          "needs an even number of axes, and %s has %d",
          in.type(0),
          shape.rank());
      Shape half = shape.slice(0, axes);
      Shape other = shape.slice(axes, shape.rank());
      in.require(half.isCompatibleWith(other), "the axes %s and %s differ", half, other);
      return List.of(in.type(0).withShape(half.merge(other)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).diag(call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Shape diagonal = to.outputType(0).shape();
      View source = Diag.diagonal(to.inputType(0).shape(), diagonal.rank());
      to.output(0, to.view(to.input(0), diagonal, source));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new DiagPart()).with(DType.FLOAT32, 3, 3),
          Example.accepts(new DiagPart()).with(DType.FLOAT64, 2, 3, 2, 3),
          Example.accepts(new DiagPart()).with(DType.INT64, 0, 0),
          Example.rejects(new DiagPart(), "the axes [2] and [3] differ").with(DType.FLOAT32, 2, 3),
          Example.rejects(new DiagPart(), "needs an even number of axes, and float32[2] has 1")
              .with(DType.FLOAT32, 2));
    }
  }
}
