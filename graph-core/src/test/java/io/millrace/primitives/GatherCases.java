package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.Stream;

/** Gathers, whose results are the reference's bit by bit. */
public final class GatherCases {
  private static final List<Integer> INNER = List.of(0, 1, 1, 2, 3, 16, 17, 70);
  private static final List<DType> NAMES = List.of(DType.INT32, DType.INT64);

  private final RandomTensors tensors;

  /** Makes what the seed decides. */
  public GatherCases(long seed) {
    tensors = new RandomTensors(seed);
  }

  /**
   * Returns a gather.
   *
   * @param type the elements' type
   * @param names the indices' type
   * @param dims the batch, what comes before the rows, the rows, the indices, and a row's size
   */
  public StepCase of(DType type, DType names, long... dims) {
    Shape data = Shape.of(dims[0], dims[1], dims[2], dims[4]);
    Literal elements = tensors.numbers(type, data.dims());
    Literal indices = tensors.indices(names, dims[2], dims[0], dims[3]);
    TensorType output = new TensorType(type, data.with(2, dims[3]));
    return StepCase.of(new Primitive.Gather(), List.of(elements, indices), output);
  }

  /** Returns so many small ones. */
  public List<StepCase> random(DType type, int count) {
    return Stream.generate(
            () ->
                of(
                    type,
                    tensors.pick(NAMES),
                    tensors.below(4),
                    tensors.below(4),
                    tensors.below(8),
                    tensors.below(60),
                    tensors.pick(INNER)))
        .limit(count)
        .toList();
  }

  /** Returns one whose int64 indices name something else if their upper half is lost. */
  public static StepCase farIndices() {
    Literal data = Literal.ofInts(7, 8).reshape(Shape.of(1, 1, 2, 1));
    Literal far = Literal.ofLongs(1, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE, -1, 2);
    return StepCase.of(
        new Primitive.Gather(),
        List.of(data, far.reshape(Shape.of(1, 6))),
        TensorType.of(DType.INT32, 1, 1, 6, 1));
  }
}
