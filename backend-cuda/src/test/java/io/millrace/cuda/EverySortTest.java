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

/** Holds sorted rows and their positions to the reference, bit by bit. */
@Tag("kernels")
class EverySortTest {
  private static final List<DType> TYPES =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.UINT8);

  private final ExactCases cases = new ExactCases();
  private final RandomTensors tensors = new RandomTensors(1);

  @AfterEach
  void check() {
    cases.check();
  }

  private void add(Literal rows, long kept) {
    Shape sorted = rows.type().shape().with(1, kept);
    for (boolean descending : new boolean[] {false, true}) {
      cases.add(
          new Primitive.Sort(descending),
          List.of(rows),
          rows.type().withShape(sorted),
          new TensorType(DType.INT64, sorted));
    }
  }

  @Test
  void randomShapes() {
    for (DType type : TYPES) {
      for (int time = 0; time < 40; time++) {
        long length = tensors.below(time % 2 == 0 ? 20 : 400);
        long kept = tensors.below((int) length + 1);
        add(tensors.withSpecial(type, 8, tensors.below(6), length), kept);
      }
    }
  }

  /** Rows that are shorter than what a thread sorts, and as long as a tile. */
  @Test
  void everySmallLength() {
    for (long length : new long[] {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1023, 1024, 1025}) {
      add(tensors.withSpecial(DType.FLOAT32, 8, 5, length), length);
    }
    for (long length : new long[] {2047, 2048, 2049, 4096, 4097}) {
      add(tensors.withSpecial(DType.INT64, 8, 2, length), length);
    }
  }

  @Test
  void everySizeOfWhatIsKept() {
    for (DType type : TYPES) {
      Literal rows = tensors.wide(type, 2, 5000);
      for (long kept : new long[] {0, 1, 2, 64, 512, 513, 700, 2047, 2048, 2049, 4999, 5000}) {
        add(rows, kept);
      }
    }
  }

  @Test
  void positionsOf64Bits() {
    for (DType type : List.of(DType.FLOAT32, DType.INT64)) {
      add(tensors.withSpecial(type, 8, 5, 33), 33);
      add(tensors.wide(type, 2, 9_000), 9_000);
      add(tensors.wide(type, 2, 9_000), 20);
    }
    cases.checkWide();
  }

  @Test
  void longRows() {
    for (DType type : List.of(DType.FLOAT32, DType.INT64)) {
      for (long length : new long[] {16_383, 16_385, 30_001}) {
        add(tensors.wide(type, 1, length), length);
      }
      add(tensors.wide(type, 3, 10_000), 10_000);
      add(tensors.wide(type, 1, 30_000), 10);
      add(tensors.wide(type, 1, 30_000), 5000);
      add(tensors.withSpecial(type, 4, 2, 15_000), 15_000);
      add(tensors.withSpecial(type, 4, 5_000, 5), 4);
    }
  }

  @Test
  void equalAndOrderedRows() {
    for (DType type : TYPES) {
      Literal.Builder rows = new Literal.Builder(TensorType.of(type, 3, 300));
      for (int i = 0; i < 300; i++) {
        rows.setLong(i, 5);
        rows.setLong(300 + i, i / 2);
        rows.setLong(600 + i, 200 - i);
      }
      Literal all = rows.build();
      add(all, 300);
      add(all, 20);
    }
    add(Literal.fill(TensorType.of(DType.FLOAT32, 2, 3000), Double.NaN), 3000);
    add(Literal.fill(TensorType.of(DType.INT32, 1, 5000), Integer.MIN_VALUE), 5000);
  }
}
