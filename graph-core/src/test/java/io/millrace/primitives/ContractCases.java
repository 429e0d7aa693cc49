package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Products of matrices. */
public final class ContractCases {
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

  private ContractCases() {}

  /** Returns small ones of every transposition, to rounding. */
  public static Stream<StepCase> small(DType dtype) {
    return SMALL.stream().flatMap(sizes -> transpositions(dtype, sizes));
  }

  /** Returns a product of matrices that lie in all four ways. */
  public static Stream<StepCase> transpositions(DType dtype, String sizes) {
    return IntStream.range(0, 4).mapToObj(t -> of(dtype, sizes, (t & 1) != 0, (t & 2) != 0));
  }

  /**
   * Returns a product, to rounding.
   *
   * @param sizes the batches of both sides, and the result's rows and columns, and what is summed
   * @param ta whether the left side lies transposed
   * @param tb whether the right side does
   */
  public static StepCase of(DType dtype, String sizes, boolean ta, boolean tb) {
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
