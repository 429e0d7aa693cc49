package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Products of matrices. */
public final class ContractCases implements Cases {
  private static final List<String> SMALL =
      List.of(
          "3,3,4,5,6",
          "1,1,1,1,1",
          "1,1,1,7,5",
          "1,1,7,1,5",
          "2,2,3,1,4",
          "2,2,1,3,4",
          "4,1,3,5,2",
          "1,4,3,5,2",
          "0,0,2,2,2",
          "0,1,2,2,2",
          "2,2,0,3,4",
          "2,2,3,0,4",
          "2,2,3,4,0",
          "2,1,33,70,40",
          "1,1,130,72,19");

  /** So large that several workers share them. */
  private static final List<String> LARGE =
      List.of(
          "1,1,100,10,784",
          "1,1,784,10,100",
          "3,3,130,33,70",
          "1,1,33,300,150",
          "300,1,8,8,8",
          "1,1,500,1,700",
          "1,1,1,500,700");

  /** So many tiles that a device computes at once that it chooses the largest. */
  private static final List<String> TILES =
      List.of("5,5,129,130,17", "5,5,129,61,33", "5,5,129,31,16");

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>();
    SMALL.forEach(sizes -> cases.addAll(transpositions(DType.FLOAT32, sizes).toList()));
    LARGE.forEach(sizes -> cases.add(of(DType.FLOAT32, sizes, false, true)));
    transpositions(DType.FLOAT32, LARGE.get(0)).forEach(one -> spoil(one, cases));
    for (String sizes : List.of(SMALL.get(SMALL.size() - 1), LARGE.get(2))) {
      spoil(of(DType.FLOAT32, sizes, true, false), cases);
      spoil(of(DType.FLOAT64, sizes, false, false), cases);
    }
    for (DType type : List.of(DType.FLOAT64, DType.INT32, DType.INT64, DType.UINT8)) {
      for (String sizes : List.of("3,3,4,5,6", "2,2,3,4,0", "1,4,3,5,2", "2,1,33,70,40")) {
        cases.addAll(transpositions(type, sizes).toList());
      }
    }
    TILES.forEach(sizes -> cases.add(of(DType.INT32, sizes, false, false)));
    cases.add(of(DType.UINT8, TILES.get(0), true, true));
    cases.add(of(DType.FLOAT64, LARGE.get(2), false, false));
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>();
    if (type.isNumeric()) {
      Stream.of(SMALL, type.isFloating() ? LARGE : TILES)
          .flatMap(List::stream)
          .forEach(sizes -> cases.addAll(transpositions(type, sizes).toList()));
    }
    if (type.isFloating()) {
      Stream.of(SMALL.get(SMALL.size() - 1), LARGE.get(0), LARGE.get(2))
          .flatMap(sizes -> transpositions(type, sizes))
          .forEach(one -> spoil(one, cases));
    }
    return cases;
  }

  /** Adds products of which one element of a side reaches its row or column, and no other. */
  private static void spoil(StepCase one, List<StepCase> cases) {
    for (int side = 0; side < 2; side++) {
      long last = one.inputs().get(side).size() - 1;
      cases.add(one.with(side, Double.NaN, i -> i == last));
      cases.add(one.with(side, Double.POSITIVE_INFINITY, i -> i == last / 2));
    }
  }

  /** Returns a product of matrices that lie in all four ways. */
  private static Stream<StepCase> transpositions(DType dtype, String sizes) {
    return IntStream.range(0, 4).mapToObj(t -> of(dtype, sizes, (t & 1) != 0, (t & 2) != 0));
  }

  /**
   * Returns a product, to rounding.
   *
   * @param sizes the batches of both sides, and the result's rows and columns, and what is summed
   * @param ta whether the left side lies transposed
   * @param tb whether the right side does
   */
  private static StepCase of(DType dtype, String sizes, boolean ta, boolean tb) {
    long[] s = Inputs.numbers(sizes, ",");
    long m = s[2];
    long n = s[3];
    long k = s[4];
    TensorType a = ta ? TensorType.of(dtype, s[0], k, m) : TensorType.of(dtype, s[0], m, k);
    TensorType b = tb ? TensorType.of(dtype, s[1], n, k) : TensorType.of(dtype, s[1], k, n);
    return StepCase.of(
            new Primitive.Contract(ta, tb),
            List.of(Inputs.numbers(a, 1), Inputs.numbers(b, 2)),
            TensorType.of(dtype, s[0] == 1 ? s[1] : s[0], m, n))
        .within(Tolerance.ROUNDED);
  }
}
