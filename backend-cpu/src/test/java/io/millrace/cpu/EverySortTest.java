package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds sorted rows and their positions to the reference, bit by bit. */
class EverySortTest {
  private static final List<WorkerPool> POOLS = List.of(new WorkerPool(1), new WorkerPool(2));

  @AfterAll
  static void stop() {
    POOLS.forEach(WorkerPool::close);
  }

  private static void check(Literal rows, long kept) {
    Shape sorted = rows.type().shape().with(1, kept);
    List<TensorType> outputs =
        List.of(rows.type().withShape(sorted), new TensorType(DType.INT64, sorted));
    for (boolean descending : new boolean[] {false, true}) {
      Primitive sort = new Primitive.Sort(descending);
      List<Literal> wanted = ReferenceInterpreter.evaluate(sort, List.of(rows), outputs);
      for (WorkerPool pool : POOLS) {
        assertEquals(
            wanted,
            KernelRunner.run(sort, List.of(rows), outputs, Spans.shared(), pool),
            () -> sort + " of " + rows.type() + " keeping " + kept + ", " + pool.workers());
      }
    }
  }

  private static Literal rows(RandomPrograms programs, DType type, long rows, long length) {
    return programs.tensor(type, rows * length).reshape(Shape.of(rows, length));
  }

  /** Returns numbers of the whole range of a type, some of them often. */
  private static Literal wide(DType type, long rows, long length, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(TensorType.of(type, rows, length));
    long often = random.nextLong();
    for (long i = 0; i < rows * length; i++) {
      long bits = random.nextInt(3) == 0 ? often : random.nextLong();
      switch (type) {
        case FLOAT32 -> builder.setDouble(i, number(Float.intBitsToFloat((int) bits)));
        case FLOAT64 -> builder.setDouble(i, number(Double.longBitsToDouble(bits)));
        default -> builder.setLong(i, bits);
      }
    }
    return builder.build();
  }

  /** Returns a number itself, and one NaN for all. */
  private static double number(double value) {
    return Double.isNaN(value) ? Double.NaN : value;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void randomShapes(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    for (int time = 0; time < 200; time++) {
      long length = programs.random().nextInt(time % 2 == 0 ? 20 : 400);
      long kept = programs.random().nextInt((int) length + 1);
      check(rows(programs, type, programs.random().nextInt(6), length), kept);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void everySizeOfWhatIsKept(DType type) {
    Literal rows = wide(type, 2, 5000, 7);
    for (long kept : new long[] {0, 1, 2, 3, 64, 65, 156, 157, 1000, 4999, 5000}) {
      check(rows, kept);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void longRows(DType type) {
    for (long length : new long[] {16_383, 16_384, 70_001}) {
      check(wide(type, 1, length, length), length);
    }
    check(wide(type, 3, 20_000, 1), 20_000);
    check(rows(new RandomPrograms(2), type, 2, 70_000), 70_000);
    check(rows(new RandomPrograms(2), type, 40_000, 5), 4);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64", "INT32", "INT64", "UINT8"})
  void equalAndOrderedRows(DType type) {
    Literal.Builder rows = new Literal.Builder(TensorType.of(type, 3, 300));
    for (int i = 0; i < 300; i++) {
      rows.setLong(i, 5);
      rows.setLong(300 + i, i / 2);
      rows.setLong(600 + i, 200 - i);
    }
    check(rows.build(), 300);
    check(rows.build(), 20);
  }
}
