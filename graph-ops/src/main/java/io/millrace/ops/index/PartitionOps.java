package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
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
import io.millrace.ops.array.Joining;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Dividing slices among tensors by data, and putting them together again. */
public interface PartitionOps extends Building {

  /**
   * Returns the slices divided among tensors: each goes, in order, to the one that its number says.
   * TensorFlow: DynamicPartition.
   *
   * @param data {@code partitions.shape + slice}
   * @param partitions int32; a number outside {@code [0, numPartitions)} fails the run
   * @return {@code numPartitions} tensors, {@code [slices that went there] + slice}
   */
  default List<Output> dynamicPartition(Object data, Object partitions, int numPartitions) {
    return apply(new DynamicPartition(numPartitions), each("data, partitions", data, partitions))
        .outputs();
  }

  /**
   * Returns the slices of several tensors put where indices say; of equal indices the last one
   * decides. TensorFlow: DynamicStitch.
   *
   * @param indices int32 tensors; a negative one fails the run
   * @param data as many tensors, {@code indices.shape + slice} each
   * @return {@code [greatest index + 1] + slice}, zeros where no index leads
   */
  default Output dynamicStitch(List<?> indices, List<?> data) {
    return stitch(false, indices, data);
  }

  /** Returns the same as {@link #dynamicStitch}. TensorFlow: ParallelDynamicStitch. */
  default Output parallelDynamicStitch(List<?> indices, List<?> data) {
    return stitch(true, indices, data);
  }

  private Output stitch(boolean parallel, List<?> indices, List<?> data) {
    Arguments.requireAll(indices, "indices");
    Arguments.requireAll(data, "data");
    List<Object> inputs = new ArrayList<>(operands(indices.toArray()));
    inputs.addAll(operands(data.toArray()));
    return result(new Stitch(parallel), inputs.toArray());
  }

  /** The first input's slices in the tensors that the second says. */
  record DynamicPartition(int numPartitions) implements Op {
    private static final Signature SIGNATURE = Signature.of("data: T", "partitions: int32");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int sizes() {
      return numPartitions;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Value numbers = Indexing.flat(to, to.input(1));
      Indexing.requireWithin(
          to, to.input(1), 0, numPartitions, "partitions must be in [0, " + numPartitions + ")");
      to.output(0, Ascending.count(to, numbers, numPartitions, DType.INT64));
      to.output(1, numbers);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(numPartitions > 0, "there must be at least one partition, not %d", numPartitions);
      Shape data = in.shape(0);
      Shape numbers = in.shape(1);
      Optional<long[]> counts = in.sizes();
      boolean known = data.isRankKnown() && numbers.isRankKnown();
      in.require(
          !known
              || (numbers.rank() <= data.rank()
                  && data.slice(0, numbers.rank()).isCompatibleWith(numbers)),
          "data of shape %s must begin with the shape %s of the partitions",
          data,
          numbers);
      List<TensorType> types = new ArrayList<>();
      for (int i = 0; i < numPartitions; i++) {
        long count = counts.isPresent() ? counts.get()[i] : Shape.UNKNOWN;
        types.add(
            in.type(0)
                .withShape(
                    known
                        ? Shape.of(count).concat(data.slice(numbers.rank(), data.rank()))
                        : Shape.unknown()));
      }
      return types;
    }

    /** The slices' own places are divided like the slices, and tell where gradients go. */
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output numbers = call.input(1);
      Output places = Broadcasting.reshapeLike(tf.range(tf.size(numbers)), numbers);
      Output stitched =
          tf.parallelDynamicStitch(
              tf.dynamicPartition(places, numbers, numPartitions), Joining.gradients(call));
      return Gradients.of(Broadcasting.reshapeLike(stitched, call.input(0)));
    }

    @Override
    public void lower(Lowering to) {
      Value numbers = to.found(1);
      long slices = numbers.type().shape().size();
      TensorType row = new TensorType(DType.INT64, Shape.of(1, slices));
      Value order =
          to.emit(
                  new Primitive.Sort(false),
                  List.of(to.reshape(numbers, row.shape())),
                  List.of(row.withDType(DType.INT32), row))
              .get(1);
      Value sorted =
          Indexing.gather(
              to, to.input(0), to.inputType(1).shape().rank(), Indexing.flat(to, order));
      long offset = 0;
      for (int i = 0; i < numPartitions; i++) {
        Shape part = to.outputType(i).shape();
        View view = View.of(offset, part.strides());
        to.output(i, to.view(sorted, part, view));
        offset += part.size();
      }
    }

    static List<Example> examples() {
      Op op = new DynamicPartition(3);
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 5, 2).ints(2, 0, 2, 0, 2),
          Example.accepts(new DynamicPartition(2))
              .with(DType.FLOAT32, 2, 2, 3)
              .with(Literal.ofInts(1, 0, 0, 1).reshape(Shape.of(2, 2))),
          Example.accepts(op).with(DType.BOOL, 6).within(0, 3, DType.INT32, 6),
          Example.accepts(op).with(DType.INT64, 2).scalar(DType.INT32, 1),
          Example.accepts(op).with(DType.FLOAT64, 0, 2).ints(),
          Example.rejects(op, "partitions must be in [0, 3)").with(DType.FLOAT32, 2).ints(0, 3),
          Example.rejects(op, "partitions must be in [0, 3)").with(DType.FLOAT32, 2).ints(-1, 0),
          Example.rejects(op, "data of shape [3,2] must begin with the shape [2]")
              .with(DType.FLOAT32, 3, 2)
              .ints(0, 1));
    }
  }

  /** Slices where indices say: the first half of the inputs are indices, the second slices. */
  record Stitch(boolean parallel) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("indices: N>=1 * int32", "data: N>=1 * T").told("parallel");

    @Override
    public String type() {
      return parallel ? "ParallelDynamicStitch" : "DynamicStitch";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Value greatest = to.literal(Literal.scalar(DType.INT64, -1L));
      for (int i = 0; i < to.inputs() / 2; i++) {
        Value indices = Indexing.flat(to, to.input(i));
        if (indices.type().shape().size() > 0) {
          Value most = to.reduce(Reduction.MAX, indices, List.of(0), false);
          greatest = to.map(greatest, most, (x, y) -> x.max(y.cast(DType.INT64)));
        }
      }
      to.output(0, to.reshape(to.map(greatest, x -> x.plus(1).max(0)), Shape.of(1)));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      int count = in.count() / 2;
      Shape slice = Shape.unknown();
      long greatest = -1;
      for (int i = 0; i < count; i++) {
        Shape indices = in.shape(i);
        Shape data = in.shape(count + i);
        if (indices.isRankKnown() && data.isRankKnown()) {
          in.require(
              indices.rank() <= data.rank()
                  && data.slice(0, indices.rank()).isCompatibleWith(indices),
              "data of shape %s must begin with the shape %s of the indices",
              data,
              indices);
          Shape own = data.slice(indices.rank(), data.rank());
          in.require(
              own.isCompatibleWith(slice), "slices must have one shape, not %s and %s", slice, own);
          slice = slice.merge(own);
        }
        greatest = greatest(in, i, greatest);
      }
      long size = in.sizes().map(s -> s[0]).orElse(greatest + 1);
      return List.of(in.type(count).withShape(Shape.of(size).concat(slice)));
    }

    /** Returns the greatest index so far, or -2 if it cannot be known while the graph is built. */
    private static long greatest(Inference in, int input, long before) {
      // In a run the sizes tell it, without asking for the indices ahead.
      if (before < -1 || in.sizes().isPresent()) {
        return -2;
      }
      Optional<Literal> indices = in.constant(input);
      long greatest = before;
      if (indices.isEmpty()) {
        return -2;
      }
      for (long index : indices.get().toLongs()) {
        greatest = Math.max(greatest, index);
      }
      return greatest;
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Optional<Output>> gradients = new ArrayList<>();
      int count = call.inputs() / 2;
      for (int i = 0; i < count; i++) {
        gradients.add(Optional.empty());
      }
      List<Output> indices = new ArrayList<>();
      List<Output> numbers = new ArrayList<>();
      Output before = tf.constant(0);
      for (int i = 0; i < count; i++) {
        indices.add(call.input(i));
        Output size = tf.size(call.input(i));
        Output own = tf.range(before, tf.add(before, size));
        numbers.add(Broadcasting.reshapeLike(own, call.input(i)));
        before = tf.add(before, size);
      }
      // Slices that a later one replaced get nothing.
      Output writers = tf.dynamicStitch(indices, numbers);
      for (int i = 0; i < count; i++) {
        Output arriving = tf.gather(call.gradient(), call.input(i));
        Output remains = tf.equal(tf.gather(writers, call.input(i)), numbers.get(i));
        gradients.add(
            Optional.of(
                tf.whereV2(
                    Broadcasting.widened(remains, arriving), arriving, tf.zerosLike(arriving))));
      }
      return Gradients.of(gradients, "indices only place the slices");
    }

    @Override
    public void lower(Lowering to) {
      int count = to.inputs() / 2;
      Value stitched = Indexing.filled(to, to.outputType(0), 0);
      for (int i = 0; i < count; i++) {
        Value indices = Indexing.flat(to, to.input(i));
        Indexing.requireWithin(to, to.input(i), 0, Long.MAX_VALUE, "indices must be 0 or more");
        stitched =
            Indexing.scatter(
                to, Primitive.Scatter.Combine.SET, stitched, 1, indices, to.input(count + i));
      }
      to.output(0, stitched);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (boolean parallel : new boolean[] {false, true}) {
        Op op = new Stitch(parallel);
        examples.add(
            Example.accepts(op)
                .scalar(DType.INT32, 1)
                .ints(3, 0)
                .with(DType.FLOAT64, 2)
                .with(DType.FLOAT64, 2, 2));
        examples.add(
            Example.accepts(op).within(0, 5, DType.INT32, 1, 1).with(DType.FLOAT32, 1, 1, 2));
        examples.add(Example.accepts(op).ints().ints(2, 4).with(DType.BOOL, 0).with(DType.BOOL, 2));
        examples.add(Example.accepts(op).ints().with(DType.UINT8, 0, 2));
        examples.add(
            Example.rejects(op, "indices must be 0 or more").ints(0, -1).with(DType.FLOAT32, 2));
        examples.add(
            Example.rejects(op, "slices must have one shape, not [2] and [3]")
                .ints(0)
                .ints(1)
                .with(DType.FLOAT32, 1, 2)
                .with(DType.FLOAT32, 1, 3));
        examples.add(
            Example.rejects(op, "data of shape [3] must begin with the shape [2]")
                .ints(0, 1)
                .with(DType.FLOAT32, 3));
      }
      examples.add(
          Example.accepts(new Stitch(false))
              .ints(0, 2)
              .ints(2, 1)
              .with(DType.INT32, 2)
              .with(DType.INT32, 2));
      return examples;
    }
  }
}
