package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Gathers, whose results are the reference's bit by bit. */
public final class GatherCases implements Cases {
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

  /** Returns a gather of so many elements for each index, as {@link #of} otherwise. */
  private StepCase windows(DType type, DType names, int window, long... dims) {
    StepCase rows = of(type, names, dims);
    TensorType output = rows.outputs().get(0);
    TensorType longer = output.withShape(output.shape().with(3, window));
    return StepCase.of(new Primitive.Gather(), rows.inputs(), longer);
  }

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>(List.of(farIndices()));
    cases.add(windows(DType.FLOAT32, DType.INT64, 40_001, 1, 1, 90_000, 7, 1));
    for (int i = 0; i < 60; i++) {
      cases.add(
          windows(
              tensors.pick(DType.ofElements()),
              tensors.pick(NAMES),
              tensors.below(20),
              1 + tensors.below(2),
              1 + tensors.below(2),
              tensors.below(9),
              tensors.below(9),
              tensors.pick(INNER)));
    }
    for (DType type : DType.ofElements()) {
      boolean one = type == DType.FLOAT32;
      cases.addAll(random(type, one ? 100 : 10));
      cases.addAll(one || type == DType.UINT8 ? large(type) : List.of());
    }
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>(random(type, 150));
    cases.addAll(large(type));
    return cases;
  }

  /** Returns gathers that many threads share. */
  private List<StepCase> large(DType type) {
    return List.of(
        of(type, DType.INT32, 1, 1, 1000, 150_000, 1),
        of(type, DType.INT64, 2, 3, 500, 30_000, 1),
        of(type, DType.INT32, 2, 2, 300, 5_000, 20),
        of(type, DType.INT64, 1, 1, 5, 9, 40_001));
  }

  /** Returns so many small ones. */
  private List<StepCase> random(DType type, int count) {
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
  private static StepCase farIndices() {
    Literal data = Literal.ofInts(7, 8).reshape(Shape.of(1, 1, 2, 1));
    Literal far = Literal.ofLongs(1, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE, -1, 2);
    return StepCase.of(
        new Primitive.Gather(),
        List.of(data, far.reshape(Shape.of(1, 6))),
        TensorType.of(DType.INT32, 1, 1, 6, 1));
  }
}
