package io.millrace.cuda;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds gathers to the reference, bit by bit. */
@Tag("kernels")
class EveryGatherTest {
  private static final List<Integer> INNER = List.of(0, 1, 1, 2, 3, 16, 17, 70);
  private static final List<DType> NAMES = List.of(DType.INT32, DType.INT64);

  private final ExactCases cases = new ExactCases();
  private final RandomTensors tensors = new RandomTensors(1);

  @AfterEach
  void check() {
    cases.check();
  }

  private void add(DType type, DType names, long... dims) {
    Shape data = Shape.of(dims[0], dims[1], dims[2], dims[4]);
    Literal elements = tensors.numbers(type, data.dims());
    Literal indices = tensors.indices(names, dims[2], dims[0], dims[3]);
    TensorType output = new TensorType(type, data.with(2, dims[3]));
    cases.add(new Primitive.Gather(), List.of(elements, indices), output);
  }

  @Test
  void randomShapes() {
    for (DType type : DType.values()) {
      for (int time = 0; time < 60; time++) {
        add(
            type,
            tensors.pick(NAMES),
            tensors.below(4),
            tensors.below(4),
            tensors.below(8),
            tensors.below(60),
            tensors.pick(INNER));
      }
    }
  }

  @Test
  void positionsOf64Bits() {
    add(DType.FLOAT32, DType.INT64, 2, 3, 50, 1_000, 1);
    add(DType.FLOAT32, DType.INT32, 3, 2, 30, 20, 20);
    add(DType.BOOL, DType.INT32, 1, 1, 5, 9, 301);
    cases.checkWide();
  }

  @Test
  void severalBlocks() {
    for (DType type : List.of(DType.UINT8, DType.FLOAT32, DType.FLOAT64)) {
      add(type, DType.INT32, 1, 1, 1000, 70_000, 1);
      add(type, DType.INT64, 2, 3, 500, 10_000, 1);
      add(type, DType.INT32, 2, 2, 300, 2_000, 20);
      add(type, DType.INT64, 1, 1, 5, 9, 20_001);
    }
  }

  /** What an int64 index names does not depend on its lower half alone. */
  @Test
  void farIndicesAreMissing() {
    Literal data = Literal.ofInts(7, 8).reshape(Shape.of(1, 1, 2, 1));
    Literal far = Literal.ofLongs(1, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE, -1, 2);
    cases.add(
        new Primitive.Gather(),
        List.of(data, far.reshape(Shape.of(1, 6))),
        TensorType.of(DType.INT32, 1, 1, 6, 1));
  }
}
