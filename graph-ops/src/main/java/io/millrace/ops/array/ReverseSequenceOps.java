package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
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
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;

/** Reversing as much of each sequence as there is of it. */
public interface ReverseSequenceOps extends Building {

  /**
   * Returns sequences with their first elements, as many as a vector says, in reverse order.
   * TensorFlow: ReverseSequence.
   *
   * @param lengths how many elements of each sequence are reversed, int32 or int64
   * @param sequenceAxis the axis along which the elements of a sequence lie
   * @param batchAxis the axis along which the sequences lie
   */
  default Output reverseSequence(Object x, Object lengths, int sequenceAxis, int batchAxis) {
    return result(new ReverseSequence(sequenceAxis, batchAxis), each("x, lengths", x, lengths));
  }

  /** The first input's sequences, each reversed as far as the second says. */
  record ReverseSequence(int seqDim, int batchDim) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "seq_lengths: Tlen in index").optional("batch_dim", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long count = in.requireRank(1, 1).dim(0);
      Shape shape = in.shape(0);
      in.require(
          seqDim >= 0 && batchDim >= 0 && seqDim != batchDim,
          "the axes of the sequences and of the batch, %d and %d, must be two, from the front",
          seqDim,
          batchDim);
      if (!shape.isRankKnown()) {
        return List.of(in.type(0));
      }
      in.axis(seqDim, shape.rank());
      in.axis(batchDim, shape.rank());
      long batch = shape.dim(batchDim);
      in.require(
          batch < 0 || count < 0 || batch == count,
          "there must be a length for each of %d sequences, not %d",
          batch,
          count);
      return List.of(in.type(0).withShape(shape.with(batchDim, Math.max(batch, count))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(tf.reverseSequence(call.gradient(), call.input(1), seqDim, batchDim));
    }

    /** Gathers from {@code [batch, before, steps, after]}, to which the axes are brought. */
    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      int[] order =
          IntStream.concat(
                  IntStream.of(batchDim),
                  IntStream.range(0, shape.rank()).filter(axis -> axis != batchDim))
              .toArray();
      Value first = to.transpose(to.input(0), order);
      Shape moved = first.type().shape();
      int steps = seqDim < batchDim ? seqDim + 1 : seqDim;
      Shape four =
          Shape.of(
              moved.dim(0),
              moved.slice(1, steps).size(),
              moved.dim(steps),
              moved.slice(steps + 1, moved.rank()).size());
      Value gathered =
          to.emit(
              new Primitive.Gather(),
              List.of(to.reshape(first, four), sources(to, four)),
              first.type().withShape(four));
      to.output(0, to.transpose(to.reshape(gathered, moved), Axes.inverse(order)));
    }

    /** Returns which step of its sequence each step takes its element from. */
    private static Value sources(Lowering to, Shape four) {
      long steps = four.dim(2);
      Value lengths = to.input(1);
      Indexing.requireWithin(
          to, lengths, 0, steps + 1, "the lengths must be in [0, " + steps + "]");
      return to.mapViews(
          Shape.of(four.dim(0), steps),
          List.of(lengths),
          List.of(View.of(0, 1, 0)),
          (b, s) -> {
            Scalar length = s.get(0).cast(DType.INT64);
            Scalar step = b.index(1);
            return step.lt(length).select(length.minus(step).minus(1), step);
          });
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new ReverseSequence(1, 0)).with(DType.FLOAT32, 2, 3, 2).longs(3, 2),
          Example.accepts(new ReverseSequence(1, 2)).with(DType.FLOAT64, 2, 4, 3, 1).ints(4, 0, 1),
          Example.accepts(new ReverseSequence(2, 1)).with(DType.BOOL, 2, 2, 3).ints(2, 3),
          Example.accepts(new ReverseSequence(1, 0)).with(DType.INT32, 0, 3).ints(),
          Example.rejects(new ReverseSequence(1, 0), "the lengths must be in [0, 3]")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 4),
          Example.rejects(new ReverseSequence(1, 0), "a length for each of 2 sequences, not 3")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 2, 3),
          Example.rejects(new ReverseSequence(1, 1), "1 and 1, must be two")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 2, 3),
          Example.rejects(new ReverseSequence(2, 0), "axis 2 is out of range")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 2));
    }
  }
}
