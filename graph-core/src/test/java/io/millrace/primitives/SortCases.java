package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Sorted rows and their positions, which are the reference's bit by bit. */
public final class SortCases implements Cases {
  private final RandomTensors tensors;

  /** Makes what the seed decides. */
  public SortCases(long seed) {
    tensors = new RandomTensors(seed);
  }

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>();
    for (DType type : DType.ofElements()) {
      if (type.isNumeric()) {
        cases.addAll(random(type, 12));
        cases.addAll(wide(type, 2, 5000, 2, 157, 5000));
        cases.addAll(equalAndOrdered(type));
      }
    }
    cases.addAll(lengths(DType.FLOAT32));
    cases.addAll(wide(DType.INT64, 1, 30_001, 10, 5000, 30_001));
    cases.addAll(small(DType.UINT8, 5_000, 5, 4));
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>();
    if (type.isNumeric()) {
      cases.addAll(random(type, 60));
      cases.addAll(lengths(type));
      cases.addAll(kept(type));
      cases.addAll(equalAndOrdered(type));
      for (long length : new long[] {16_383, 16_384, 16_385, 70_001}) {
        cases.addAll(wide(type, 1, length, length));
      }
      cases.addAll(wide(type, 3, 20_000, 20_000));
      cases.addAll(wide(type, 1, 30_000, 10, 5000));
      cases.addAll(small(type, 2, 70_000, 70_000));
      cases.addAll(small(type, 40_000, 5, 4));
    }
    return cases;
  }

  /** Returns the sorts of rows in both directions, of which only the first are kept. */
  private static List<StepCase> both(Literal rows, long kept) {
    Shape sorted = rows.type().shape().with(1, kept);
    TensorType values = rows.type().withShape(sorted);
    TensorType positions = new TensorType(DType.INT64, sorted);
    return Stream.of(false, true)
        .map(down -> StepCase.of(new Primitive.Sort(down), List.of(rows), values, positions))
        .toList();
  }

  /** Returns sorts of small numbers, which repeat, some of them special. */
  public List<StepCase> small(DType type, long rows, long length, long kept) {
    return both(tensors.withSpecial(type, 8, rows, length), kept);
  }

  /** Returns sorts of numbers of the whole range, of which so many are kept each time. */
  public List<StepCase> wide(DType type, long rows, long length, long... kept) {
    Literal numbers = tensors.wide(type, rows, length);
    List<StepCase> cases = new ArrayList<>();
    for (long count : kept) {
      cases.addAll(both(numbers, count));
    }
    return cases;
  }

  /** Returns so many of any small shape. */
  private List<StepCase> random(DType type, int count) {
    List<StepCase> cases = new ArrayList<>();
    for (int time = 0; time < count; time++) {
      int length = tensors.below(time % 2 == 0 ? 20 : 400);
      cases.addAll(small(type, tensors.below(6), length, tensors.below(length + 1)));
    }
    return cases;
  }

  /** Returns rows around the lengths at which ways of sorting change. */
  private List<StepCase> lengths(DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (long length : new long[] {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1023, 1024, 1025}) {
      cases.addAll(small(type, 5, length, length));
    }
    for (long length : new long[] {2047, 2048, 2049, 4096, 4097}) {
      cases.addAll(small(type, 2, length, length));
    }
    return cases;
  }

  /** Returns rows of which more and more is kept. */
  private List<StepCase> kept(DType type) {
    return wide(type, 2, 5000, 0, 1, 2, 64, 65, 156, 157, 512, 513, 2048, 2049, 4999);
  }

  /** Returns rows of equal elements, and of elements that are in order. */
  private List<StepCase> equalAndOrdered(DType type) {
    Literal.Builder rows = new Literal.Builder(TensorType.of(type, 3, 300));
    for (int i = 0; i < 300; i++) {
      rows.setLong(i, 5);
      rows.setLong(300 + i, i / 2);
      rows.setLong(600 + i, 200 - i);
    }
    Literal all = rows.build();
    List<StepCase> cases = new ArrayList<>(both(all, 300));
    cases.addAll(both(all, 20));
    double last = type.isFloating() ? Double.NaN : Integer.MIN_VALUE;
    cases.addAll(both(Literal.fill(TensorType.of(type, 2, 5000), last), 5000));
    return cases;
  }
}
