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
    return result(new Space(true, blockSize, format), x);
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
    return result(new Space(false, blockSize, format), x);
  }

  /** The pixels of each block as channels, the position in the block first; or the way back. */
  record Space(boolean toDepth, int blockSize, DataFormat format) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T")
            .told("toDepth")
            .rename("format", "data_format")
            .optional("data_format", DataFormat.NHWC);

    @Override
    public String type() {
      return toDepth ? "SpaceToDepth" : "DepthToSpace";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(blockSize > 1, "the block size must be 2 or more, not %d", blockSize);
      long[] dims = format.toLast(in.requireRank(0, 4)).dims();
      for (int axis = 1; axis <= 2; axis++) {
        in.require(
            !toDepth || dims[axis] < 0 || dims[axis] % blockSize == 0,
            "%s of extent %d is not divisible into blocks of %d",
            axis == 1 ? "height" : "width",
            dims[axis],
            blockSize);
        dims[axis] = scaled(dims[axis], blockSize, !toDepth);
      }
      long pixels = Math.multiplyExact((long) blockSize, blockSize);
      in.require(
          toDepth || dims[3] < 0 || dims[3] % pixels == 0,
          "%d channels do not make up blocks of %d by %d pixels",
          dims[3],
          blockSize,
          blockSize);
      dims[3] = scaled(dims[3], pixels, toDepth);
      return List.of(in.type(0).withShape(format.fromLast(Shape.of(dims))));
    }

    private static long scaled(long dim, long factor, boolean up) {
      return dim < 0 ? Shape.UNKNOWN : up ? Math.multiplyExact(dim, factor) : dim / factor;
    }

    @Override
    public Gradients gradient(Gradient call) {
      Op back = new Space(!toDepth, blockSize, format);
      return Gradients.of(Ops.of(call.graph()).result(back, call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Shape s = to.outputType(0).shape();
      Shape x = to.inputType(0).shape();
      int b = blockSize;
      Value blocks =
          format == DataFormat.NHWC
              ? to.transpose(
                  toDepth
                      ? split(to, s.dim(0), s.dim(1), b, s.dim(2), b, x.dim(3))
                      : split(to, s.dim(0), x.dim(1), x.dim(2), b, b, s.dim(3)),
                  new int[] {0, 1, 3, 2, 4, 5})
              : toDepth
                  ? to.transpose(
                      split(to, s.dim(0), x.dim(1), s.dim(2), b, s.dim(3), b),
                      new int[] {0, 3, 5, 1, 2, 4})
                  : to.transpose(
                      split(to, s.dim(0), b, b, s.dim(1), x.dim(2), x.dim(3)),
                      new int[] {0, 3, 4, 1, 5, 2});
      to.output(0, to.reshape(blocks, s));
    }

    private static Value split(Lowering to, long... dims) {
      return to.reshape(to.input(0), Shape.of(dims));
    }

    static List<Example> examples() {
      Op toDepth = new Space(true, 2, DataFormat.NHWC);
      Op toSpace = new Space(false, 2, DataFormat.NHWC);
      return List.of(
          Example.accepts(toDepth).with(DType.FLOAT32, 1, 2, 4, 3),
          Example.accepts(new Space(true, 3, DataFormat.NCHW)).with(DType.FLOAT64, 2, 2, 3, 3),
          Example.accepts(toDepth).with(DType.UINT8, 0, 2, 2, 1),
          Example.rejects(toDepth, "height of extent 3 is not divisible into blocks of 2")
              .with(DType.FLOAT32, 1, 3, 2, 1),
          Example.rejects(toDepth, "must have 4 axes").with(DType.FLOAT32, 2, 2, 1),
          Example.rejects(new Space(true, 1, DataFormat.NHWC), "must be 2 or more, not 1")
              .with(DType.FLOAT32, 1, 2, 2, 1),
          Example.accepts(toSpace).with(DType.FLOAT32, 1, 2, 1, 8),
          Example.accepts(new Space(false, 2, DataFormat.NCHW)).with(DType.FLOAT64, 2, 4, 1, 3),
          Example.accepts(toSpace).with(DType.BOOL, 0, 2, 2, 4),
          Example.rejects(toSpace, "6 channels do not make up blocks of 2 by 2 pixels")
              .with(DType.FLOAT32, 1, 2, 2, 6),
          Example.rejects(toSpace, "must have 4 axes").with(DType.FLOAT32, 4));
    }
  }
}
