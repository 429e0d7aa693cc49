package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.StepException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Holds reductions to the reference: exactly, but for rounded sums and products.
 *
 * <p>A sum of float32 may be off by 8 roundings of the sum of magnitudes, however many the terms
 * are. The reference adds in double precision one by one, so that a sum of float64 may differ by
 * one more rounding for each term, as a product may for each factor.
 */
class EveryReductionTest {
  private static final List<Spans> FORMS =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));

  private static final int ROUNDINGS = 8;

  private static Stream<Arguments> everyReductionAndType() {
    return Stream.of(Reduction.values())
        .flatMap(
            reduction ->
                Stream.of(DType.values())
                    .filter(type -> accepts(reduction, type))
                    .map(type -> Arguments.of(reduction, type)));
  }

  private static boolean accepts(Reduction reduction, DType type) {
    return switch (reduction) {
      case ALL, ANY -> type == DType.BOOL;
      case ARG_MAX, ARG_MIN -> true;
      default -> type.isNumeric();
    };
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void allAxes(Reduction reduction, DType type) {
    for (long size : new long[] {1, 2, 63, 64, 255, 256, 257, 2047, 2049, 5000, 100_000}) {
      check(reduction, type, Shape.of(size), 0, View.dense(Shape.of(size)));
    }
    Shape domain = Shape.of(3, 1, 50, 7);
    check(reduction, type, domain, 0, View.dense(domain));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void lastAxis(Reduction reduction, DType type) {
    long[] lengths = {1, 3, 10, 18, 63, 64, 65, 255, 256, 257, 2047, 2048, 2049, 5000};
    for (long length : lengths) {
      Shape domain = Shape.of(length < 100 ? 37 : 3, length);
      check(reduction, type, domain, 1, View.dense(domain));
    }
    check(reduction, type, Shape.of(5000, 10), 1, View.of(0, 10, 1));
    check(reduction, type, Shape.of(3, 30_000), 1, View.of(0, 30_000, 1));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void leadingAxes(Reduction reduction, DType type) {
    for (long kept : new long[] {1, 2, 6, 16, 84, 120, 513, 3000}) {
      for (long reduced : new long[] {1, 2, 5, 37, kept < 200 ? 300 : 17}) {
        check(reduction, type, Shape.of(kept, reduced), 1, View.of(0, 1, kept));
      }
    }
    check(reduction, type, Shape.of(6, 30_000), 1, View.of(0, 1, 6));
    check(reduction, type, Shape.of(513, 200), 1, View.of(0, 1, 513));
    check(reduction, type, Shape.of(5000, 3), 1, View.of(0, 1, 5000));
    check(reduction, type, Shape.of(20_000, 9), 1, View.of(0, 1, 20_000));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void severalAxesInEveryOrder(Reduction reduction, DType type) {
    Random random = new Random(type.bytes());
    List<Shape> shapes = List.of(Shape.of(3, 4, 5, 7), Shape.of(2, 1, 33, 70));
    for (Shape dense : shapes) {
      // The domain's axes are those of a dense tensor in another order.
      for (int[] order : Permutations.of(4)) {
        Shape domain = Shape.of(IntStream.of(order).mapToLong(dense::dim).toArray());
        long[] strides = IntStream.of(order).mapToLong(axis -> dense.strides()[axis]).toArray();
        check(reduction, type, domain, random.nextInt(5), View.of(0, strides));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void anyView(Reduction reduction, DType type) {
    Shape flat = Shape.of(3000);
    check(reduction, type, flat, 0, View.of(0, 0));
    check(reduction, type, flat, 0, View.of(2999, -1));
    check(reduction, type, flat, 0, View.of(5, 3));
    Shape domain = Shape.of(40, 90);
    for (int kept = 0; kept <= 2; kept++) {
      check(reduction, type, domain, kept, View.of(0, 0, 1));
      check(reduction, type, domain, kept, View.of(0, 1, 0));
      check(reduction, type, domain, kept, View.of(11, 90, 1));
      check(reduction, type, domain, kept, View.of(0, 100, 1));
      check(reduction, type, domain, kept, View.of(40 * 90 - 1, -90, -1));
      check(reduction, type, domain, kept, View.of(89, 90, -1));
      check(reduction, type, domain, kept, View.of(39, -1, 40));
    }
    Shape windows = Shape.of(50, 20, 3, 2);
    check(reduction, type, windows, 2, View.of(0, 22, 1, 22, 1));
    check(reduction, type, windows, 2, View.of(7, 1, 50, 50, 1));
  }

  @ParameterizedTest
  @MethodSource("everyReductionAndType")
  void emptyDomains(Reduction reduction, DType type) {
    for (Shape domain : List.of(Shape.of(0, 5), Shape.of(0, 0), Shape.of(0, 3, 4))) {
      check(reduction, type, domain, 1, View.dense(domain));
    }
    if (!reduction.isPosition()) {
      for (Shape domain : List.of(Shape.of(5, 0), Shape.of(1, 0), Shape.of(3000, 2, 0))) {
        check(reduction, type, domain, 1, View.dense(domain));
      }
      check(reduction, type, Shape.of(5, 0), 1, View.of(0, 1, 5));
      check(reduction, type, Shape.of(6000, 0), 1, View.of(0, 1, 6000));
      check(reduction, type, Shape.of(0), 0, View.of(0, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUM", "PROD", "MAX", "MIN", "ARG_MAX", "ARG_MIN"})
  void specialNumbers(Reduction reduction) {
    double infinity = Double.POSITIVE_INFINITY;
    double[][] rows = {
      {Double.NaN},
      {Double.NaN, -infinity, -infinity},
      {Double.NaN, infinity, infinity},
      {Double.NaN, Double.NaN, 2, 4, 4, 2},
      {-infinity, -infinity},
      {infinity, infinity},
      {infinity, -infinity},
      {1, 2, Double.NaN, 4},
      {-0.0, -0.0},
      {0.0, -0.0},
      {-0.0, 0.0},
      {infinity, 0},
      {2, 2, 2}
    };
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (double[] row : rows) {
        for (int length : new int[] {row.length, 300}) {
          Literal.Builder builder = new Literal.Builder(TensorType.of(type, length));
          for (int i = 0; i < length; i++) {
            // The rest repeats the last, and the beginning once more at the end.
            int at = i >= length - row.length ? i - (length - row.length) : i;
            builder.setDouble(i, row[Math.min(at, row.length - 1)]);
          }
          Literal input = builder.build();
          exactly(reduction, input, Shape.of(length), 0, View.of(0, 1));
          exactly(reduction, input, Shape.of(2, length), 1, View.of(0, 0, 1));
          exactly(reduction, input, Shape.of(length, 3), 1, View.of(0, 1, 0));
        }
      }
    }
  }

  private static void exactly(
      Reduction reduction, Literal input, Shape domain, int kept, View view) {
    DType type = input.type().dtype();
    Primitive.Reduce reduce =
        new Primitive.Reduce(reduction, identity(type), domain, kept, List.of(view));
    TensorType output = output(reduce);
    Literal wanted = ReferenceInterpreter.evaluate(reduce, List.of(input), List.of(output)).get(0);
    Literal got = StepRunner.run(reduce, List.of(input), output, FORMS);
    for (long i = 0; i < wanted.size(); i++) {
      // As objects: NaN equals NaN, the two zeros differ.
      assertEquals(
          (Object) wanted.getDouble(i),
          got.getDouble(i),
          reduction + " over " + domain + view + " of " + input);
    }
  }

  @Test
  void integersWrap() {
    for (DType type : List.of(DType.UINT8, DType.INT32, DType.INT64)) {
      for (Reduction reduction : List.of(Reduction.SUM, Reduction.PROD)) {
        for (long length : new long[] {9, 300, 5000, 50_000}) {
          Literal.Builder builder = new Literal.Builder(TensorType.of(type, length));
          Random random = new Random(length);
          for (long i = 0; i < length; i++) {
            builder.setLong(i, random.nextLong() | 1);
          }
          Literal input = builder.build();
          exactly(reduction, input, Shape.of(length), 0, View.of(0, 1));
          exactly(reduction, input, Shape.of(3, length), 1, View.of(0, 0, 1));
        }
      }
    }
  }

  @Test
  void aMillionFloatsAreSummedMoreCloselyThanOneByOne() {
    TensorType type = TensorType.of(DType.FLOAT32, 1 << 20);
    Literal.Builder builder = new Literal.Builder(type);
    Random random = new Random(3);
    double truth = 0;
    float naive = 0;
    for (int i = 0; i < 1 << 20; i++) {
      float x = random.nextFloat();
      builder.setDouble(i, x);
      truth += x;
      naive += x;
    }
    List<Literal> input = List.of(builder.build());
    double bound = Math.abs(naive - truth) / 8;
    List<Primitive.Reduce> sums =
        List.of(
            sum(Shape.of(1 << 20), 0, View.of(0, 1)),
            sum(Shape.of(2, 1 << 20), 1, View.of(0, 0, 1)),
            sum(Shape.of(3, 1 << 18, 4), 1, View.of(0, 0, 4, 1)));
    for (Primitive.Reduce sum : sums) {
      Literal got = StepRunner.run(sum, input, output(sum), FORMS);
      assertEquals(truth, got.getDouble(0), bound);
    }
  }

  private static Primitive.Reduce sum(Shape domain, int kept, View view) {
    return new Primitive.Reduce(
        Reduction.SUM, identity(DType.FLOAT32), domain, kept, List.of(view));
  }

  @Test
  void manyRowsOfManyResultsAreSummedClosely() {
    // Every result adds the same 3000 numbers, read through a stride of 0.
    Shape domain = Shape.of(4500, 3000);
    Literal input = numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, 3000 + 4500), 1);
    Primitive.Reduce sum = sum(domain, 1, View.of(0, 1, 1));
    compare(sum, List.of(input), 0);
  }

  @ParameterizedTest
  @CsvSource({"1,2500", "7,300", "300,18", "5000,3"})
  void computedElements(long kept, long length) {
    Shape domain = Shape.of(kept, length);
    List<Function<List<Scalar>, Scalar>> functions =
        List.of(
            p -> p.get(0).apply(BinaryFn.MUL, p.get(1)).plus(1),
            p -> p.get(0).apply(BinaryFn.SUB, p.get(1)).apply(UnaryFn.EXP),
            p -> p.get(2).cast(DType.FLOAT32).apply(BinaryFn.MUL, p.get(0)),
            p -> p.get(0).index(1).apply(BinaryFn.LT, p.get(0).index(0)).select(p.get(0), p.get(1)),
            p -> p.get(0).index(1).plus(3).cast(DType.INT32),
            p -> p.get(0).apply(BinaryFn.LT, p.get(1)),
            p -> p.get(0).cast(DType.UINT8));
    for (Function<List<Scalar>, Scalar> body : functions) {
      ScalarBuilder builder = new ScalarBuilder();
      List<Scalar> parameters =
          List.of(
              builder.parameter(DType.FLOAT32),
              builder.parameter(DType.FLOAT32),
              builder.parameter(DType.INT32));
      ScalarFunction function = builder.build(List.of(body.apply(parameters)));
      List<Literal> inputs =
          List.of(
              numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, kept * length), 1),
              numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, Math.max(kept, length) + 3), 2),
              StepRunner.numbers(TensorType.of(DType.INT32, kept * length), 3));
      List<Reduction> reductions =
          function.resultType(0) == DType.BOOL
              ? List.of(Reduction.ALL, Reduction.ANY)
              : List.of(Reduction.SUM, Reduction.MAX, Reduction.ARG_MIN);
      for (Reduction reduction : reductions) {
        for (int axes = 0; axes <= 2; axes++) {
          for (View one : List.of(View.of(0, length, 1), View.of(0, 1, kept))) {
            for (View two : List.of(View.of(0, 0, 1), View.of(3, 1, 0))) {
              compare(
                  new Primitive.Reduce(
                      reduction, function, domain, axes, List.of(one, two, View.dense(domain))),
                  inputs,
                  2);
            }
          }
        }
      }
    }
  }

  @Test
  void aFailingElementNamesTheStep() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.INT32);
    ScalarFunction function = builder.build(List.of(x.constant(1).apply(BinaryFn.DIV, x)));
    Literal zeros = Literal.fill(TensorType.of(DType.INT32, 100_000), 0);
    List<Primitive.Reduce> reductions = new ArrayList<>();
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.ARG_MAX)) {
      Shape domain = Shape.of(100, 1000);
      for (int kept = 0; kept < 2; kept++) {
        reductions.add(
            new Primitive.Reduce(reduction, function, domain, kept, List.of(View.dense(domain))));
      }
      Shape columns = Shape.of(10_000, 10);
      reductions.add(
          new Primitive.Reduce(reduction, function, columns, 1, List.of(View.of(0, 1, 10_000))));
    }
    for (Primitive.Reduce reduce : reductions) {
      StepException failure =
          assertThrows(
              StepException.class,
              () -> StepRunner.run(reduce, List.of(zeros), output(reduce), FORMS));
      assertEquals("integer division by zero", failure.getMessage());
      assertEquals("test", failure.origin());
    }
  }

  private static void check(Reduction reduction, DType type, Shape domain, int kept, View view) {
    Primitive.Reduce reduce =
        new Primitive.Reduce(reduction, identity(type), domain, kept, List.of(view));
    long last = view.offset();
    for (int axis = 0; axis < domain.rank(); axis++) {
      last += Math.max(0, view.stride(axis)) * Math.max(0, domain.dim(axis) - 1);
    }
    compare(reduce, List.of(numbers(reduction, TensorType.of(type, last + 1), last)), 0);
  }

  /**
   * Compares with the reference.
   *
   * @param ulps what floating elements may be off before they are combined
   */
  private static void compare(Primitive.Reduce reduce, List<Literal> inputs, int ulps) {
    TensorType output = output(reduce);
    Literal wanted = ReferenceInterpreter.evaluate(reduce, inputs, List.of(output)).get(0);
    Literal got = StepRunner.run(reduce, inputs, output, FORMS);
    boolean sums = reduce.reduction() == Reduction.SUM && output.dtype().isFloating();
    Literal scale =
        sums
            ? ReferenceInterpreter.evaluate(magnitudes(reduce), inputs, List.of(output)).get(0)
            : wanted;
    double tolerance = roundings(reduce, output.dtype()) + 2 * ulps;
    tolerance *= output.dtype() == DType.FLOAT32 ? 0x1p-24 : 0x1p-53;
    for (long i = 0; i < wanted.size(); i++) {
      double w = wanted.getDouble(i);
      double g = got.getDouble(i);
      boolean near =
          output.dtype().isFloating()
              ? w == g || Math.abs(w - g) <= tolerance * Math.abs(scale.getDouble(i))
              : wanted.getLong(i) == got.getLong(i);
      long at = i;
      assertTrue(near, () -> reduce + " element " + at + " is " + g + " instead of " + w);
    }
  }

  private static double roundings(Primitive.Reduce reduce, DType type) {
    long terms = reduce.domain().slice(reduce.kept(), reduce.domain().rank()).size();
    return switch (reduce.reduction()) {
      case SUM -> type == DType.FLOAT64 ? ROUNDINGS + terms : ROUNDINGS;
      case PROD -> ROUNDINGS + terms;
      default -> 0;
    };
  }

  /** Returns the sum of the magnitudes. */
  private static Primitive.Reduce magnitudes(Primitive.Reduce reduce) {
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> parameters =
        reduce.function().parameters().stream().map(builder::parameter).toList();
    Scalar value = builder.inline(reduce.function(), parameters).get(0);
    return new Primitive.Reduce(
        Reduction.SUM,
        builder.build(List.of(value.apply(UnaryFn.ABS))),
        reduce.domain(),
        reduce.kept(),
        reduce.views());
  }

  private static ScalarFunction identity(DType type) {
    ScalarBuilder builder = new ScalarBuilder();
    return builder.build(List.of(builder.parameter(type)));
  }

  private static TensorType output(Primitive.Reduce reduce) {
    return new TensorType(
        reduce.reduction().resultType(reduce.function().resultType(0)),
        reduce.domain().slice(0, reduce.kept()));
  }

  /** Returns numbers of any size, such that products neither overflow nor vanish. */
  private static Literal numbers(Reduction reduction, TensorType type, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      double normal = random.nextGaussian();
      if (!type.dtype().isFloating()) {
        builder.setLong(i, rare(reduction, random));
      } else {
        builder.setDouble(i, reduction == Reduction.PROD ? 1 + normal / 1000 : normal);
      }
    }
    return builder.build();
  }

  /** Returns an integer; one that decides little, if the reduction is logical. */
  private static long rare(Reduction reduction, Random random) {
    return switch (reduction) {
      case ALL -> random.nextInt(200) == 0 ? 0 : 1;
      case ANY -> random.nextInt(200) == 0 ? 1 : 0;
      default -> random.nextLong();
    };
  }
}
