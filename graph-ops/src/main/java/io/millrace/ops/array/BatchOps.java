package io.millrace.ops.array;

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
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Making examples of the positions in blocks of space, and back: what dilation can be made of. */
public interface BatchOps extends Building {

  /**
   * Returns a tensor {@code [n, spatial..., rest...]} with zeros around the spatial axes and each
   * position of a block an example of its own: {@code [product(blockShape) * n, spatial /
   * blockShape..., rest...]}. TensorFlow: SpaceToBatchND.
   *
   * @param blockShape extents of a block, a vector
   * @param paddings for each spatial axis, how many zeros before and after
   */
  default Output spaceToBatchNd(Object x, Object blockShape, Object paddings) {
    return result(new SpaceToBatchNd(), operand(x), operand(blockShape), operand(paddings));
  }

  /**
   * Returns a tensor {@code [product(blockShape) * n, spatial..., rest...]} with examples put
   * together to blocks and the spatial axes cropped. TensorFlow: BatchToSpaceND.
   *
   * @param blockShape extents of a block, a vector
   * @param crops for each spatial axis, how many elements to leave out at its start and end
   */
  default Output batchToSpaceNd(Object x, Object blockShape, Object crops) {
    return result(new BatchToSpaceNd(), operand(x), operand(blockShape), operand(crops));
  }

  /** Returns images {@code [n,h,w,c]} with square blocks as examples. TensorFlow: SpaceToBatch. */
  default Output spaceToBatch(Object x, Object paddings, int blockSize) {
    return result(new SpaceToBatch(blockSize), operand(x), operand(paddings));
  }

  /** Returns images {@code [n,h,w,c]} of examples as square blocks. TensorFlow: BatchToSpace. */
  default Output batchToSpace(Object x, Object crops, int blockSize) {
    return result(new BatchToSpace(blockSize), operand(x), operand(crops));
  }

  /** The positions of blocks as examples: inputs data, extents of a block, paddings. */
  record SpaceToBatchNd() implements Op {
    private static final Signature SIGNATURE =
        Signature.of(
            "input: T", "block_shape: Tblock_shape in index", "paddings: Tpaddings in index");

    @Override
    public String type() {
      return "SpaceToBatchND";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(infer(in, true));
    }

    static TensorType infer(Inference in, boolean toBatch) {
      long axes = in.requireRank(1, 1).dim(0);
      return Blocks.infer(in, axes, in.constant(1), 2, toBatch);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).batchToSpaceNd(call.gradient(), call.input(1), call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      new Blocks(to.constant(1), to.constant(2)).lowerApart(to);
    }

    static List<Example> examples() {
      Op op = new SpaceToBatchNd();
      return List.of(
          of(
              Example.accepts(op).with(DType.FLOAT32, 1, 3, 4, 2).with(Literal.ofInts(2, 2)),
              1,
              0,
              0,
              2),
          of(Example.accepts(op).with(DType.FLOAT64, 2, 6).with(Literal.ofLongs(3)), 0, 0),
          of(Example.accepts(op).with(DType.BOOL, 1, 2, 0).with(Literal.ofInts(1)), 1, 2),
          of(
              Example.rejects(op, "axis 1 has 3 elements with its paddings, which blocks of 2 do")
                  .with(DType.FLOAT32, 1, 3)
                  .with(Literal.ofInts(2)),
              0,
              0),
          of(
              Example.rejects(op, "must be positive, not 0")
                  .with(DType.FLOAT32, 1, 3)
                  .with(Literal.ofInts(0)),
              0,
              0),
          of(
              Example.rejects(op, "must not be negative, as is -1")
                  .with(DType.FLOAT32, 1, 3)
                  .with(Literal.ofInts(2)),
              -1,
              0),
          of(
              Example.rejects(op, "need a tensor of 3 or more")
                  .with(DType.FLOAT32, 1, 3)
                  .with(Literal.ofInts(1, 1)),
              0,
              0,
              0,
              0));
    }

    static Example of(Example example, int... around) {
      return PadOps.Pad.of(example, around);
    }
  }

  /** Examples as the positions of blocks: inputs data, extents of a block, crops. */
  record BatchToSpaceNd() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "block_shape: Tblock_shape in index", "crops: Tcrops in index");

    @Override
    public String type() {
      return "BatchToSpaceND";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(SpaceToBatchNd.infer(in, false));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).spaceToBatchNd(call.gradient(), call.input(1), call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      new Blocks(to.constant(1), to.constant(2)).lowerTogether(to);
    }

    static List<Example> examples() {
      Op op = new BatchToSpaceNd();
      return List.of(
          SpaceToBatchNd.of(
              Example.accepts(op).with(DType.FLOAT32, 8, 2, 1, 2).with(Literal.ofInts(2, 2)),
              1,
              0,
              0,
              1),
          SpaceToBatchNd.of(
              Example.accepts(op).with(DType.FLOAT64, 3, 2).with(Literal.ofLongs(3)), 2, 2),
          SpaceToBatchNd.of(
              Example.accepts(op).with(DType.UINT8, 0, 2, 3).with(Literal.ofInts(2)), 0, 0),
          SpaceToBatchNd.of(
              Example.rejects(op, "3 examples do not make up blocks of 2")
                  .with(DType.FLOAT32, 3, 2)
                  .with(Literal.ofInts(2)),
              0,
              0),
          SpaceToBatchNd.of(
              Example.rejects(op, "axis 1 gets 4 elements, of which 5 cannot be cropped")
                  .with(DType.FLOAT32, 2, 2)
                  .with(Literal.ofInts(2)),
              3,
              2));
    }
  }

  /** The positions of square blocks of images as examples: inputs images, paddings. */
  record SpaceToBatch(int blockSize) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "paddings: Tpaddings in index");

    @Override
    public String type() {
      return "SpaceToBatch";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(infer(in, blockSize, true));
    }

    static TensorType infer(Inference in, int blockSize, boolean toBatch) {
      in.requireRank(0, 4);
      in.require(blockSize > 1, "the block size must be 2 or more, not %d", blockSize);
      return Blocks.infer(in, 2, Optional.of(square(blockSize)), 1, toBatch);
    }

    static Literal square(int blockSize) {
      return Literal.ofInts(blockSize, blockSize);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).batchToSpace(call.gradient(), call.input(1), blockSize));
    }

    @Override
    public void lower(Lowering to) {
      new Blocks(square(blockSize), to.constant(1)).lowerApart(to);
    }

    static List<Example> examples() {
      Op op = new SpaceToBatch(2);
      return List.of(
          SpaceToBatchNd.of(Example.accepts(op).with(DType.FLOAT32, 1, 3, 2, 1), 1, 0, 1, 1),
          SpaceToBatchNd.of(
              Example.rejects(op, "which blocks of 2 do not divide")
                  .with(DType.FLOAT32, 1, 3, 2, 1),
              0,
              0,
              0,
              0),
          SpaceToBatchNd.of(
              Example.rejects(new SpaceToBatch(1), "must be 2 or more, not 1")
                  .with(DType.FLOAT32, 1, 2, 2, 1),
              0,
              0,
              0,
              0));
    }
  }

  /** Examples as the positions of square blocks of images: inputs images, crops. */
  record BatchToSpace(int blockSize) implements Op {
    private static final Signature SIGNATURE = Signature.of("input: T", "crops: Tidx in index");

    @Override
    public String type() {
      return "BatchToSpace";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(SpaceToBatch.infer(in, blockSize, false));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          Ops.of(call.graph()).spaceToBatch(call.gradient(), call.input(1), blockSize));
    }

    @Override
    public void lower(Lowering to) {
      new Blocks(SpaceToBatch.square(blockSize), to.constant(1)).lowerTogether(to);
    }

    static List<Example> examples() {
      Op op = new BatchToSpace(2);
      return List.of(
          SpaceToBatchNd.of(Example.accepts(op).with(DType.FLOAT32, 4, 2, 1, 1), 1, 0, 0, 1),
          SpaceToBatchNd.of(
              Example.rejects(op, "3 examples do not make up blocks of 4")
                  .with(DType.FLOAT32, 3, 2, 2, 1),
              0,
              0,
              0,
              0));
    }
  }
}
