package io.millrace.cuda;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds scatters to the reference, bit by bit. */
@Tag("kernels")
class EveryScatterTest {
  private static final List<Integer> INNER = List.of(0, 1, 1, 2, 3, 15, 16, 17, 70);
  private static final List<DType> NAMES = List.of(DType.INT32, DType.INT64);

  private final ExactCases cases = new ExactCases();
  private final RandomTensors tensors = new RandomTensors(1);

  @AfterEach
  void check() {
    cases.check();
  }

  private List<Literal> inputs(DType type, DType names, long rows, long count, long inner) {
    return List.of(
        tensors.numbers(type, rows, inner),
        tensors.indices(names, rows, count),
        tensors.numbers(type, count, inner));
  }

  private void add(Combine combine, List<Literal> inputs) {
    Primitive scatter = new Primitive.Scatter(combine);
    TensorType output = inputs.get(0).type();
    cases.add(scatter, inputs, output);
    cases.addInPlace(0, scatter, inputs, output);
  }

  private static List<Combine> combines(DType type) {
    return type.isNumeric() ? List.of(Combine.values()) : List.of(Combine.SET);
  }

  @Test
  void randomShapes() {
    for (DType type : DType.values()) {
      for (Combine combine : combines(type)) {
        for (int time = 0; time < 20; time++) {
          DType names = tensors.pick(NAMES);
          int rows = tensors.below(8);
          int count = tensors.below(80);
          add(combine, inputs(type, names, rows, count, tensors.pick(INNER)));
        }
      }
    }
  }

  @Test
  void positionsOf64Bits() {
    for (Combine combine : List.of(Combine.SET, Combine.ADD)) {
      for (DType type : List.of(DType.FLOAT32, DType.INT32)) {
        add(combine, inputs(type, DType.INT64, 50, 3_000, 3));
        add(combine, inputs(type, DType.INT64, 5_000, 100, 3));
        add(combine, inputs(type, DType.INT64, 5, 20, 7));
      }
    }
    cases.checkWide();
  }

  /** Many updates of each row, so that an order other than theirs rounds otherwise. */
  @Test
  void manyUpdates() {
    for (DType type : DType.values()) {
      for (Combine combine : combines(type)) {
        add(combine, inputs(type, DType.INT32, 50, 10_001, 1));
        add(combine, inputs(type, DType.INT64, 301, 2_000, 5));
        add(combine, inputs(type, DType.INT32, 7, 900, 70));
        add(combine, inputs(type, DType.INT64, 3, 7, 2_001));
        add(combine, inputs(type, DType.INT64, 5_000, 100, 3));
      }
    }
  }

  /** Updates of one row, and none of any. */
  @Test
  void equalIndices() {
    for (Combine combine : Combine.values()) {
      for (long index : new long[] {-1, 0, 2, 3, Long.MIN_VALUE, 1L << 32, Long.MAX_VALUE}) {
        for (long count : new long[] {1, 33, 3000}) {
          List<Literal> some = inputs(DType.FLOAT32, DType.INT64, 3, count, 2);
          Literal.Builder indices = new Literal.Builder(TensorType.of(DType.INT64, count));
          for (long i = 0; i < count; i++) {
            indices.setLong(i, index);
          }
          add(combine, List.of(some.get(0), indices.build(), some.get(2)));
        }
      }
    }
  }
}
