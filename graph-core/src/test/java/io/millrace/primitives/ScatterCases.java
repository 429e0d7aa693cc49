package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Scatters, whose results are exactly the reference's: updates are combined in their order. */
public final class ScatterCases implements Cases {
  private static final List<Integer> INNER = List.of(0, 1, 1, 2, 3, 15, 16, 17, 70);
  private static final List<DType> NAMES = List.of(DType.INT32, DType.INT64);

  private final RandomTensors tensors;

  /** Makes what the seed decides. */
  public ScatterCases(long seed) {
    tensors = new RandomTensors(seed);
  }

  /** Returns how elements of a type can be combined. */
  private static List<Combine> combines(DType type) {
    return type.isNumeric() ? List.of(Combine.values()) : List.of(Combine.SET);
  }

  /**
   * Returns a scatter into another tensor, and into the place of what it is based on.
   *
   * @param names the indices' type
   * @param inner a row's size
   */
  public List<StepCase> of(
      Combine combine, DType type, DType names, long rows, long count, long inner) {
    return both(
        combine,
        List.of(
            tensors.numbers(type, rows, inner),
            tensors.indices(names, rows, count),
            tensors.numbers(type, count, inner)));
  }

  private static List<StepCase> both(Combine combine, List<Literal> inputs) {
    Primitive scatter = new Primitive.Scatter(combine);
    StepCase one = StepCase.of(scatter, inputs, inputs.get(0).type()).within(Tolerance.NUMBERS);
    return List.of(one, one.inPlaceOf(0));
  }

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>(equalIndices(1, 33));
    for (DType type : DType.ofElements()) {
      boolean one = type == DType.FLOAT32;
      cases.addAll(random(type, one ? 10 : 2));
      cases.addAll(one ? many(Combine.ADD, type) : List.of());
    }
    cases.addAll(many(Combine.SET, DType.UINT8));
    cases.addAll(of(Combine.MIN, DType.INT64, DType.INT32, 50, 10_001, 1));
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>(random(type, 20));
    for (Combine combine : combines(type)) {
      // Where rows lie does not depend on how they are combined.
      boolean all = combine == Combine.SET || combine == Combine.ADD;
      cases.addAll(all ? many(combine, type) : of(combine, type, DType.INT64, 41, 2_500, 18));
      cases.addAll(all ? List.of() : of(combine, type, DType.INT32, 50, 20_001, 1));
    }
    cases.addAll(type == DType.FLOAT32 ? equalIndices(1, 33, 3000) : List.of());
    return cases;
  }

  /** Returns many updates of each row, so that an order other than theirs rounds otherwise. */
  private List<StepCase> many(Combine combine, DType type) {
    List<StepCase> cases = new ArrayList<>(of(combine, type, DType.INT32, 50, 70_001, 1));
    cases.addAll(of(combine, type, DType.INT64, 301, 2_000, 5));
    cases.addAll(of(combine, type, DType.INT64, 41, 2_500, 18));
    cases.addAll(of(combine, type, DType.INT32, 7, 900, 70));
    cases.addAll(of(combine, type, DType.INT32, 11, 400, 1003));
    cases.addAll(of(combine, type, DType.INT64, 3, 7, 40_001));
    cases.addAll(of(combine, type, DType.INT64, 5_000, 100, 3));
    return cases;
  }

  /** Returns small ones, so many of each combination. */
  private List<StepCase> random(DType type, int count) {
    List<StepCase> cases = new ArrayList<>();
    for (Combine combine : combines(type)) {
      for (int time = 0; time < count; time++) {
        DType names = tensors.pick(NAMES);
        int rows = tensors.below(8);
        int updates = tensors.below(80);
        cases.addAll(of(combine, type, names, rows, updates, tensors.pick(INNER)));
      }
    }
    return cases;
  }

  /** Returns such with so many updates of one row, and of none. */
  private List<StepCase> equalIndices(long... counts) {
    List<StepCase> cases = new ArrayList<>();
    for (Combine combine : Combine.values()) {
      for (long index : new long[] {-1, 0, 2, 3, Long.MIN_VALUE, 1L << 32, Long.MAX_VALUE}) {
        for (long count : counts) {
          Literal.Builder indices = new Literal.Builder(TensorType.of(DType.INT64, count));
          for (long i = 0; i < count; i++) {
            indices.setLong(i, index);
          }
          Literal base = tensors.numbers(DType.FLOAT32, 3, 2);
          Literal updates = tensors.numbers(DType.FLOAT32, count, 2);
          cases.addAll(both(combine, List.of(base, indices.build(), updates)));
        }
      }
    }
    return cases;
  }
}
