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
    return result(new BatchNd(true), each("x, blockShape, paddings", x, blockShape, paddings));
  }

  /**
   * Returns a tensor {@code [product(blockShape) * n, spatial..., rest...]} with examples put
   * together to blocks and the spatial axes cropped. TensorFlow: BatchToSpaceND.
   *
   * @param blockShape extents of a block, a vector
   * @param crops for each spatial axis, how many elements to leave out at its start and end
   */
  default Output batchToSpaceNd(Object x, Object blockShape, Object crops) {
    return result(new BatchNd(false), each("x, blockShape, crops", x, blockShape, crops));
  }

  /** Returns images {@code [n,h,w,c]} with square blocks as examples. TensorFlow: SpaceToBatch. */
  default Output spaceToBatch(Object x, Object paddings, int blockSize) {
    return result(new Batch(true, blockSize), each("x, paddings", x, paddings));
  }

  /** Returns images {@code [n,h,w,c]} of examples as square blocks. TensorFlow: BatchToSpace. */
  default Output batchToSpace(Object x, Object crops, int blockSize) {
    return result(new Batch(false, blockSize), each("x, crops", x, crops));
  }

  /**
   * The positions of blocks as examples, or the way back: inputs data, extents of a block, and
   * paddings or crops.
   */
  record BatchNd(boolean toBatch) implements Op {
    private static final Signature TO_BATCH = signature("paddings: Tpaddings in index");
    private static final Signature TO_SPACE = signature("crops: Tcrops in index");

    private static Signature signature(String around) {
      return Signature.of("input: T", "block_shape: Tblock_shape in index", around).told("toBatch");
    }

    @Override
    public String type() {
      return toBatch ? "SpaceToBatchND" : "BatchToSpaceND";
    }

    @Override
    public Signature signature() {
      return toBatch ? TO_BATCH : TO_SPACE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long axes = in.requireRank(1, 1).dim(0);
      return List.of(Blocks.infer(in, axes, in.constant(1), 2, toBatch));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Op back = new BatchNd(!toBatch);
      return Gradients.of(
          Ops.of(call.graph()).result(back, call.gradient(), call.input(1), call.input(2)));
    }

    @Override
    public void lower(Lowering to) {
      new Blocks(to.constant(1), to.constant(2)).lower(to, toBatch);
    }

    static List<Example> examples() {
      Op toBatch = new BatchNd(true);
      Op toSpace = new BatchNd(false);
      return List.of(
          of(Example.accepts(toBatch).with(DType.FLOAT32, 1, 3, 4, 2).ints(2, 2), 1, 0, 0, 2),
          of(Example.accepts(toBatch).with(DType.FLOAT64, 2, 6).longs(3), 0, 0),
          of(Example.accepts(toBatch).with(DType.BOOL, 1, 2, 0).ints(1), 1, 2),
          of(
              Example.rejects(
                      toBatch, "axis 1 has 3 elements with its paddings, which blocks of 2 do")
                  .with(DType.FLOAT32, 1, 3)
                  .ints(2),
              0,
              0),
          of(
              Example.rejects(toBatch, "must be positive, not 0").with(DType.FLOAT32, 1, 3).ints(0),
              0,
              0),
          of(
              Example.rejects(toBatch, "must not be negative, as is -1")
                  .with(DType.FLOAT32, 1, 3)
                  .ints(2),
              -1,
              0),
          of(
              Example.rejects(toBatch, "need a tensor of 3 or more")
                  .with(DType.FLOAT32, 1, 3)
                  .ints(1, 1),
              0,
              0,
              0,
              0),
          of(Example.accepts(toSpace).with(DType.FLOAT32, 8, 2, 1, 2).ints(2, 2), 1, 0, 0, 1),
          of(Example.accepts(toSpace).with(DType.FLOAT64, 3, 2).longs(3), 2, 2),
          of(Example.accepts(toSpace).with(DType.UINT8, 0, 2, 3).ints(2), 0, 0),
          of(
              Example.rejects(toSpace, "3 examples do not make up blocks of 2")
                  .with(DType.FLOAT32, 3, 2)
                  .ints(2),
              0,
              0),
          of(
              Example.rejects(toSpace, "axis 1 gets 4 elements, of which 5 cannot be cropped")
                  .with(DType.FLOAT32, 2, 2)
                  .ints(2),
              3,
              2));
    }

    static Example of(Example example, int... around) {
      return PadOps.Pad.of(example, around);
    }
  }

  /**
   * The positions of square blocks of images as examples, or the way back: inputs images, and
   * paddings or crops.
   */
  record Batch(boolean toBatch, int blockSize) implements Op {
    private static final Signature TO_BATCH =
        Signature.of("input: T", "paddings: Tpaddings in index").told("toBatch");
    private static final Signature TO_SPACE =
        Signature.of("input: T", "crops: Tidx in index").told("toBatch");

    @Override
    public String type() {
      return toBatch ? "SpaceToBatch" : "BatchToSpace";
    }

    @Override
    public Signature signature() {
      return toBatch ? TO_BATCH : TO_SPACE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 4);
      in.require(blockSize > 1, "the block size must be 2 or more, not %d", blockSize);
      return List.of(Blocks.infer(in, 2, Optional.of(square()), 1, toBatch));
    }

    private Literal square() {
      return Literal.ofInts(blockSize, blockSize);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Op back = new Batch(!toBatch, blockSize);
      return Gradients.of(Ops.of(call.graph()).result(back, call.gradient(), call.input(1)));
    }

    @Override
    public void lower(Lowering to) {
      new Blocks(square(), to.constant(1)).lower(to, toBatch);
    }

    static List<Example> examples() {
      Op toBatch = new Batch(true, 2);
      Op toSpace = new Batch(false, 2);
      return List.of(
          BatchNd.of(Example.accepts(toBatch).with(DType.FLOAT32, 1, 3, 2, 1), 1, 0, 1, 1),
          BatchNd.of(
              Example.rejects(toBatch, "which blocks of 2 do not divide")
                  .with(DType.FLOAT32, 1, 3, 2, 1),
              0,
              0,
              0,
              0),
          BatchNd.of(
              Example.rejects(new Batch(true, 1), "must be 2 or more, not 1")
                  .with(DType.FLOAT32, 1, 2, 2, 1),
              0,
              0,
              0,
              0),
          BatchNd.of(Example.accepts(toSpace).with(DType.FLOAT32, 4, 2, 1, 1), 1, 0, 0, 1),
          BatchNd.of(
              Example.rejects(toSpace, "3 examples do not make up blocks of 4")
                  .with(DType.FLOAT32, 3, 2, 2, 1),
              0,
              0,
              0,
              0));
    }
  }
}
