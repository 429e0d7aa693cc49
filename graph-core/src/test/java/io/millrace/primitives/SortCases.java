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
public final class SortCases {
  private final DType type;
  private final RandomTensors tensors;

  /** Makes what the seed decides. */
  public SortCases(DType type, long seed) {
    this.type = type;
    tensors = new RandomTensors(seed);
  }

  /** Returns the types that can be sorted. */
  public static List<DType> types() {
    return Stream.of(DType.values()).filter(DType::isNumeric).toList();
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
  public List<StepCase> small(long rows, long length, long kept) {
    return both(tensors.withSpecial(type, 8, rows, length), kept);
  }

  /** Returns sorts of numbers of the whole range, of which so many are kept each time. */
  public List<StepCase> wide(long rows, long length, long... kept) {
    Literal numbers = tensors.wide(type, rows, length);
    List<StepCase> cases = new ArrayList<>();
    for (long count : kept) {
      cases.addAll(both(numbers, count));
    }
    return cases;
  }

  /** Returns so many of any small shape. */
  public List<StepCase> random(int count) {
    List<StepCase> cases = new ArrayList<>();
    for (int time = 0; time < count; time++) {
      int length = tensors.below(time % 2 == 0 ? 20 : 400);
      cases.addAll(small(tensors.below(6), length, tensors.below(length + 1)));
    }
    return cases;
  }

  /** Returns rows around the lengths at which ways of sorting change. */
  public List<StepCase> lengths() {
    List<StepCase> cases = new ArrayList<>();
    for (long length : new long[] {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 1023, 1024, 1025}) {
      cases.addAll(small(5, length, length));
    }
    for (long length : new long[] {2047, 2048, 2049, 4096, 4097}) {
      cases.addAll(small(2, length, length));
    }
    return cases;
  }

  /** Returns rows of which more and more is kept. */
  public List<StepCase> kept() {
    return wide(
        2, 5000, 0, 1, 2, 3, 64, 65, 156, 157, 512, 513, 1000, 2047, 2048, 2049, 4999, 5000);
  }

  /** Returns rows of equal elements, and of elements that are in order. */
  public List<StepCase> equalAndOrdered() {
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
