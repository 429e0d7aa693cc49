package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.DataFormat;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Adding one number to each channel. */
public interface BiasOps extends Building {

  /** Returns {@code x + bias}, the bias one number a channel of the last axis: BiasAdd. */
  default Output biasAdd(Object x, Object bias) {
    return biasAdd(x, bias, DataFormat.NHWC);
  }

  /** Returns {@code x + bias}, the bias a vector with one number a channel: BiasAdd. */
  default Output biasAdd(Object x, Object bias, DataFormat format) {
    return result(new BiasAdd(format), x, bias);
  }

  /** Adds a vector (input 1) to a tensor along the axis of its channels. */
  record BiasAdd(DataFormat format) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("value: T in numeric", "bias: T")
            .rename("format", "data_format")
            .alias("BiasAddV1")
            .optional("data_format", DataFormat.NHWC);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape x = in.shape(0);
      Shape bias = in.requireRank(1, 1);
      Shapes.requireAxes(in, 0, format == DataFormat.NCHW ? 3 : 2);
      if (!x.isRankKnown()) {
        return List.of(in.type(0));
      }
      int axis = format.channelAxis(x.rank());
      long channels =
          Shapes.equal(
              in,
              x.dim(axis),
              bias.dim(0),
              "a bias of %d does not fit %d channels",
              bias.dim(0),
              x.dim(axis));
      return List.of(in.type(0).withShape(x.with(axis, channels)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output dy = call.gradient();
      return Gradients.of(dy, Ops.of(call.graph()).result(new BiasAddGrad(format), dy));
    }

    @Override
    public void lower(Lowering to) {
      Shape x = to.inputType(0).shape();
      long[] dims = new long[x.rank() - format.channelAxis(x.rank())];
      for (int i = 0; i < dims.length; i++) {
        dims[i] = i == 0 ? x.dim(format.channelAxis(x.rank())) : 1;
      }
      Value bias = to.reshape(to.input(1), Shape.of(dims));
      to.output(0, to.map(to.input(0), bias, (a, b) -> a.plus(b)));
    }

    static List<Example> examples() {
      Op last = new BiasAdd(DataFormat.NHWC);
      Op first = new BiasAdd(DataFormat.NCHW);
      return List.of(
          Example.accepts(last).with(DType.FLOAT32, 2, 3).with(DType.FLOAT32, 3),
          Example.accepts(last).with(DType.FLOAT64, 2, 2, 3, 4).with(DType.FLOAT64, 4),
          Example.accepts(last).with(DType.INT32, 2, 3).with(DType.INT32, 3),
          Example.accepts(first).with(DType.FLOAT64, 2, 3, 2, 2).with(DType.FLOAT64, 3),
          Example.accepts(first).with(DType.FLOAT32, 2, 3, 2).with(DType.FLOAT32, 3),
          Example.accepts(last).with(DType.FLOAT32, 0, 3).with(DType.FLOAT32, 3),
          Example.rejects(last, "a bias of 2 does not fit 3 channels")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 2),
          Example.rejects(first, "must have at least 3 axes")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 3),
          Example.rejects(last, "must have at least 2 axes")
              .with(DType.FLOAT32, 3)
              .with(DType.FLOAT32, 3),
          Example.rejects(last, "input 1 must have 1 axis")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 1, 3));
    }
  }

  /** Gradient of {@link BiasAdd} by the bias: the sum over all axes but that of the channels. */
  record BiasAddGrad(DataFormat format) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("out_backprop: T in numeric")
            .rename("format", "data_format")
            .optional("data_format", DataFormat.NHWC);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, format == DataFormat.NCHW ? 3 : 2);
      Shape dy = in.shape(0);
      long channels = dy.isRankKnown() ? dy.dim(format.channelAxis(dy.rank())) : -1;
      return List.of(in.type(0).withShape(Shape.of(channels)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(tf.nn.biasAdd(tf.zerosLike(call.input(0)), call.gradient(), format));
    }

    @Override
    public void lower(Lowering to) {
      int rank = to.inputType(0).shape().rank();
      List<Integer> others = new ArrayList<>();
      for (int axis = 0; axis < rank; axis++) {
        if (axis != format.channelAxis(rank)) {
          others.add(axis);
        }
      }
      to.output(0, to.reduce(Reduction.SUM, to.input(0), others, false));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new BiasAddGrad(DataFormat.NHWC)).with(DType.FLOAT32, 2, 3),
          Example.accepts(new BiasAddGrad(DataFormat.NHWC)).with(DType.FLOAT64, 2, 2, 2, 3),
          Example.accepts(new BiasAddGrad(DataFormat.NCHW)).with(DType.FLOAT64, 2, 3, 2, 2),
          Example.rejects(new BiasAddGrad(DataFormat.NHWC), "must have at least 2 axes")
              .with(DType.FLOAT32, 3));
    }
  }
}
