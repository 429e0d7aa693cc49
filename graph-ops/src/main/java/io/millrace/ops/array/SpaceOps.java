package io.millrace.ops.array;

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
import io.millrace.ops.DataFormat;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Moving the pixels of square blocks of images into channels, and back. */
public interface SpaceOps extends Building {

  /**
   * Returns images {@code [n,h,w,c]} with blocks of pixels as channels: {@code
   * [n,h/block,w/block,block*block*c]}. TensorFlow: SpaceToDepth.
   */
  default Output spaceToDepth(Object x, int blockSize) {
    return spaceToDepth(x, blockSize, DataFormat.NHWC);
  }

  /** Returns images of this format with blocks of pixels as channels. TensorFlow: SpaceToDepth. */
  default Output spaceToDepth(Object x, int blockSize, DataFormat format) {
    return result(new SpaceToDepth(blockSize, format), x);
  }

  /**
   * Returns images {@code [n,h,w,c]} with channels as blocks of pixels: {@code
   * [n,h*block,w*block,c/(block*block)]}. TensorFlow: DepthToSpace.
   */
  default Output depthToSpace(Object x, int blockSize) {
    return depthToSpace(x, blockSize, DataFormat.NHWC);
  }

  /** Returns images of this format with channels as blocks of pixels. TensorFlow: DepthToSpace. */
  default Output depthToSpace(Object x, int blockSize, DataFormat format) {
    return result(new DepthToSpace(blockSize, format), x);
  }

  /** The pixels of each block as channels, the position in the block before the channel. */
  record SpaceToDepth(int blockSize, DataFormat format) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T")
            .rename("format", "data_format")
            .optional("data_format", DataFormat.NHWC);

    @Override
    public String type() {
      return "SpaceToDepth";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long[] dims = images(in, blockSize, format);
      for (int axis = 1; axis <= 2; axis++) {
        in.require(
            dims[axis] < 0 || dims[axis] % blockSize == 0,
            "%s of extent %d is not divisible into blocks of %d",
            axis == 1 ? "height" : "width",
            dims[axis],
            blockSize);
        dims[axis] = dims[axis] < 0 ? Shape.UNKNOWN : dims[axis] / blockSize;
      }
      long pixels = Math.multiplyExact((long) blockSize, blockSize);
      dims[3] = dims[3] < 0 ? Shape.UNKNOWN : Math.multiplyExact(dims[3], pixels);
      return List.of(in.type(0).withShape(format.fromLast(Shape.of(dims))));
    }

    /** Returns the extents of the input with the channels last. */
    static long[] images(Inference in, int blockSize, DataFormat format) {
      in.require(blockSize > 1, "the block size must be 2 or more, not %d", blockSize);
      return format.toLast(in.requireRank(0, 4)).dims();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).depthToSpace(call.gradient(), blockSize, format));
    }

    @Override
    public void lower(Lowering to) {
      Shape s = to.outputType(0).shape();
      Shape from = to.inputType(0).shape();
      Value blocks =
          format == DataFormat.NHWC
              ? to.transpose(
                  split(to, s.dim(0), s.dim(1), blockSize, s.dim(2), blockSize, from.dim(3)),
                  0,
                  1,
                  3,
                  2,
                  4,
                  5)
              : to.transpose(
                  split(to, s.dim(0), from.dim(1), s.dim(2), blockSize, s.dim(3), blockSize),
                  0,
                  3,
                  5,
                  1,
                  2,
                  4);
      to.output(0, to.reshape(blocks, s));
    }

    static Value split(Lowering to, long... dims) {
      return to.reshape(to.input(0), Shape.of(dims));
    }

    static List<Example> examples() {
      Op op = new SpaceToDepth(2, DataFormat.NHWC);
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 1, 2, 4, 3),
          Example.accepts(new SpaceToDepth(3, DataFormat.NCHW)).with(DType.FLOAT64, 2, 2, 3, 3),
          Example.accepts(op).with(DType.UINT8, 0, 2, 2, 1),
          Example.rejects(op, "height of extent 3 is not divisible into blocks of 2")
              .with(DType.FLOAT32, 1, 3, 2, 1),
          Example.rejects(op, "must have 4 axes").with(DType.FLOAT32, 2, 2, 1),
          Example.rejects(new SpaceToDepth(1, DataFormat.NHWC), "must be 2 or more, not 1")
              .with(DType.FLOAT32, 1, 2, 2, 1));
    }
  }

  /** The channels of each pixel as a block of pixels, the position in the block coming first. */
  record DepthToSpace(int blockSize, DataFormat format) implements Op {
    @Override
    public String type() {
      return "DepthToSpace";
    }

    @Override
    public Signature signature() {
      return SpaceToDepth.SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long[] dims = SpaceToDepth.images(in, blockSize, format);
      long pixels = Math.multiplyExact((long) blockSize, blockSize);
      in.require(
          dims[3] < 0 || dims[3] % pixels == 0,
          "%d channels do not make up blocks of %d by %d pixels",
          dims[3],
          blockSize,
          blockSize);
      dims[3] = dims[3] < 0 ? Shape.UNKNOWN : dims[3] / pixels;
      for (int axis = 1; axis <= 2; axis++) {
        dims[axis] = dims[axis] < 0 ? Shape.UNKNOWN : Math.multiplyExact(dims[axis], blockSize);
      }
      return List.of(in.type(0).withShape(format.fromLast(Shape.of(dims))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).spaceToDepth(call.gradient(), blockSize, format));
    }

    @Override
    public void lower(Lowering to) {
      Shape s = to.outputType(0).shape();
      Shape from = to.inputType(0).shape();
      Value pixels =
          format == DataFormat.NHWC
              ? to.transpose(
                  SpaceToDepth.split(
                      to, s.dim(0), from.dim(1), from.dim(2), blockSize, blockSize, s.dim(3)),
                  0,
                  1,
                  3,
                  2,
                  4,
                  5)
              : to.transpose(
                  SpaceToDepth.split(
                      to, s.dim(0), blockSize, blockSize, s.dim(1), from.dim(2), from.dim(3)),
                  0,
                  3,
                  4,
                  1,
                  5,
                  2);
      to.output(0, to.reshape(pixels, s));
    }

    static List<Example> examples() {
      Op op = new DepthToSpace(2, DataFormat.NHWC);
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 1, 2, 1, 8),
          Example.accepts(new DepthToSpace(2, DataFormat.NCHW)).with(DType.FLOAT64, 2, 4, 1, 3),
          Example.accepts(op).with(DType.BOOL, 0, 2, 2, 4),
          Example.rejects(op, "6 channels do not make up blocks of 2 by 2 pixels")
              .with(DType.FLOAT32, 1, 2, 2, 6),
          Example.rejects(op, "must have 4 axes").with(DType.FLOAT32, 4));
    }
  }
}
