package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Holds reductions to the reference: exactly, but for rounded sums and products.
 *
 * <p>A sum of float32 may be off by 5 roundings of the sum of magnitudes, however many the terms
 * are. The reference adds in double precision one by one, so that a sum of float64 may differ by
 * one more rounding for each term, as a product may for each factor.
 */
@Tag("kernels")
class ReduceCommandsTest {
  private static final int ROUNDINGS = 5;

  /** Nothing reads it; that its elements lie far apart makes all positions 64 bits wide. */
  private static final long FAR = 1L << 30;

  private static boolean accepts(Reduction reduction, DType type) {
    return switch (reduction) {
      case ALL, ANY -> type == DType.BOOL;
      case ARG_MAX, ARG_MIN -> true;
      default -> type.isNumeric();
    };
  }

  @Test
  void everyReductionOfEveryTypeEqualsTheReference() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (DType type : DType.values()) {
      for (Reduction reduction : Reduction.values()) {
        if (accepts(reduction, type)) {
          for (long size : new long[] {1, 67, 2052, 20_004}) {
            cases.add(one(reduction, type, Shape.of(size), 0, View.of(0, 1)));
          }
          for (long length : new long[] {3, 60, 300}) {
            cases.add(one(reduction, type, Shape.of(37, length), 1, View.of(0, length, 1)));
          }
          for (long kept : new long[] {2, 84, 513}) {
            for (long reduced : new long[] {1, 300}) {
              cases.add(one(reduction, type, Shape.of(kept, reduced), 1, View.of(0, 1, kept)));
            }
          }
          cases.add(one(reduction, type, Shape.of(6, 9001), 1, View.of(0, 1, 6)));
          cases.add(one(reduction, type, Shape.of(3000, 9), 1, View.of(0, 1, 3000)));
          if (!reduction.isPosition()) {
            cases.add(one(reduction, type, Shape.of(300, 0), 1, View.of(0, 0, 1)));
          }
          cases.add(one(reduction, type, Shape.of(0, 5), 1, View.of(0, 5, 1)));
        }
      }
    }
    compare(cases);
  }

  @Test
  void randomReductionsEqualTheReference() {
    List<Shape> domains =
        List.of(
            Shape.of(5000),
            Shape.of(100, 12),
            Shape.of(6, 1000),
            Shape.of(3, 304),
            Shape.of(7, 1, 9, 33),
            Shape.of(2, 3, 4, 16),
            Shape.of(3, 40, 5, 20),
            Shape.of(2500, 3));
    List<StepRunner.Case> cases = new ArrayList<>();
    int count = Integer.getInteger("millrace.cuda.reductions", 60);
    for (int seed = 0; seed < count; seed++) {
      RandomLoops loops = new RandomLoops(seed);
      Shape domain = loops.pick(domains);
      List<DType> types = new ArrayList<>(loops.types(List.of(DType.values()), 3));
      List<View> views = new ArrayList<>();
      List<Literal> inputs = new ArrayList<>();
      for (DType type : types) {
        View view = loops.view(domain);
        views.add(view);
        inputs.add(loops.tensor(type, domain, view));
      }
      ScalarFunction function = loops.function(types, types, domain.rank(), seed % 6);
      function = new ScalarFunction(types, function.nodes(), function.results().subList(0, 1));
      if (seed % 10 == 1) {
        types.add(DType.FLOAT32);
        function = new ScalarFunction(types, function.nodes(), function.results());
        views.add(View.of(0, LongStream.generate(() -> FAR).limit(domain.rank()).toArray()));
        inputs.add(loops.tensor(DType.FLOAT32, 1));
      }
      DType type = function.resultType(0);
      Reduction reduction =
          loops.pick(Stream.of(Reduction.values()).filter(r -> accepts(r, type)).toList());
      if (reduction != Reduction.PROD && (reduction != Reduction.SUM || !type.isFloating())) {
        int kept = loops.random().nextInt(domain.rank() + 1);
        cases.add(reduce(reduction, function, domain, kept, views, inputs));
      }
    }
    compare(cases);
  }

  @Test
  void severalAxesInEveryOrder() {
    Shape dense = Shape.of(3, 4, 5, 16);
    List<StepRunner.Case> cases = new ArrayList<>();
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        for (int c = 0; c < 4; c++) {
          int[] order = {a, b, c, 6 - a - b - c};
          if (IntStream.of(order).distinct().count() == 4 && order[3] >= 0 && order[3] < 4) {
            Shape domain = Shape.of(IntStream.of(order).mapToLong(dense::dim).toArray());
            long[] strides = IntStream.of(order).mapToLong(i -> dense.strides()[i]).toArray();
            View view = View.of(0, strides);
            for (int kept = 0; kept <= 4; kept++) {
              cases.add(one(Reduction.SUM, DType.FLOAT32, domain, kept, view));
              cases.add(one(Reduction.ARG_MAX, DType.FLOAT32, domain, kept, view));
            }
          }
        }
      }
    }
    compare(cases);
  }

  @Test
  void computedElements() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (Shape domain : List.of(Shape.of(7, 300), Shape.of(300, 16), Shape.of(2, 9000))) {
      long kept = domain.dim(0);
      long length = domain.dim(1);
      // As of a softmax: exp(x - max), the maximum one of each row or column.
      ScalarBuilder builder = new ScalarBuilder();
      Scalar x = builder.parameter(DType.FLOAT32);
      ScalarFunction exp = builder.build(List.of(x.minus(builder.parameter(DType.FLOAT32)).exp()));
      // As of a mean of squares that leaves out the diagonal.
      ScalarBuilder other = new ScalarBuilder();
      Scalar a = other.parameter(DType.FLOAT32);
      Scalar b = other.parameter(DType.FLOAT32);
      ScalarFunction masked =
          other.build(List.of(a.index(0).eq(a.index(1)).select(a.constant(0), a.times(b))));
      List<Literal> inputs =
          List.of(
              numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, kept * length), 1),
              numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, Math.max(kept, length)), 2));
      for (View one : List.of(View.of(0, length, 1), View.of(0, 1, kept))) {
        for (View two : List.of(View.of(0, 1, 0), View.of(0, 0, 1))) {
          for (ScalarFunction function : List.of(exp, masked)) {
            cases.add(reduce(Reduction.SUM, function, domain, 1, List.of(one, two), inputs));
          }
          cases.add(reduce(Reduction.ARG_MIN, masked, domain, 1, List.of(one, two), inputs));
        }
      }
    }
    compare(cases);
  }

  @Test
  void specialNumbers() {
    double infinity = Double.POSITIVE_INFINITY;
    double[][] rows = {
      {Double.NaN},
      {Double.NaN, -infinity, -infinity},
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
    List<StepRunner.Case> cases = new ArrayList<>();
    for (Reduction reduction : Reduction.values()) {
      for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
        for (int i = 0; i < rows.length && accepts(reduction, type); i++) {
          ScalarBuilder builder = new ScalarBuilder();
          ScalarFunction identity = builder.build(List.of(builder.parameter(type)));
          List<Literal> inputs = List.of(ends(type, rows[i], 2560));
          for (View view : List.of(View.of(0, 0, 1), View.of(2559, 0, -1))) {
            for (long length : new long[] {3, 100, 2560}) {
              Shape domain = Shape.of(2, length);
              cases.add(reduce(reduction, identity, domain, 1, List.of(view), inputs));
            }
          }
          View columns = View.of(0, 1, 2);
          cases.add(reduce(reduction, identity, Shape.of(2, 1280), 1, List.of(columns), inputs));
        }
      }
    }
    compare(cases);
  }

  /** Returns a vector that begins and ends with these numbers and repeats the last in between. */
  private static Literal ends(DType type, double[] numbers, int size) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(type, size));
    for (int i = 0; i < size; i++) {
      int fromEnd = i - (size - numbers.length);
      int at = fromEnd >= 0 ? fromEnd : Math.min(i, numbers.length - 1);
      builder.setDouble(i, numbers[at]);
    }
    return builder.build();
  }

  @Test
  void elementsThatFailAreReported() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.INT32);
    ScalarFunction function = builder.build(List.of(x.constant(1).apply(BinaryFn.DIV, x)));
    Literal.Builder numbers = new Literal.Builder(TensorType.of(DType.INT32, 20_000));
    for (int i = 0; i < 20_000; i++) {
      numbers.setLong(i, i == 12_345 ? 0 : 1);
    }
    List<Literal> inputs = List.of(numbers.build());
    Driver driver = StepRunner.driver();
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.ARG_MAX)) {
      for (View view : List.of(View.of(0, 10_000, 1), View.of(0, 1, 2))) {
        StepRunner.Case one =
            reduce(reduction, function, Shape.of(2, 10_000), 1, List.of(view), inputs);
        int status = StepRunner.run(one, driver, true).status();
        assertEquals(5, StepContext.stepOf(status));
        assertEquals(StepContext.Failure.DIVISION_BY_ZERO, StepContext.failureOf(status));
      }
    }
  }

  private static StepRunner.Case one(
      Reduction reduction, DType type, Shape domain, int kept, View view) {
    long last = view.offset();
    for (int axis = 0; axis < domain.rank(); axis++) {
      last += Math.max(0, view.stride(axis)) * Math.max(0, domain.dim(axis) - 1);
    }
    ScalarBuilder builder = new ScalarBuilder();
    ScalarFunction identity = builder.build(List.of(builder.parameter(type)));
    return reduce(
        reduction,
        identity,
        domain,
        kept,
        List.of(view),
        List.of(numbers(reduction, TensorType.of(type, last + 1), last)));
  }

  private static StepRunner.Case reduce(
      Reduction reduction,
      ScalarFunction function,
      Shape domain,
      int kept,
      List<View> views,
      List<Literal> inputs) {
    return StepRunner.Case.of(
        new Primitive.Reduce(reduction, function, domain, kept, views),
        inputs,
        new TensorType(reduction.resultType(function.resultType(0)), domain.slice(0, kept)));
  }

  /** Returns numbers of any size, such that products neither overflow nor vanish. */
  private static Literal numbers(Reduction reduction, TensorType type, long seed) {
    Random random = new Random(seed);
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      double normal = random.nextGaussian();
      if (!type.dtype().isFloating()) {
        builder.setLong(
            i,
            switch (reduction) {
              case ALL -> random.nextInt(200) == 0 ? 0 : 1;
              case ANY -> random.nextInt(200) == 0 ? 1 : 0;
              default -> random.nextLong();
            });
      } else {
        builder.setDouble(i, reduction == Reduction.PROD ? 1 + normal / 1000 : normal);
      }
    }
    return builder.build();
  }

  private static void compare(List<StepRunner.Case> cases) {
    Driver driver = StepRunner.driver();
    StepRunner.prepare(cases, driver);
    for (StepRunner.Case one : cases) {
      StepRunner.Result result = StepRunner.run(one, driver, false);
      assertEquals(-1, result.status(), one.toString());
      compare(one, result.outputs().get(0));
    }
  }

  private static void compare(StepRunner.Case one, Literal got) {
    Primitive.Reduce reduce = (Primitive.Reduce) one.primitive();
    Literal wanted = one.wanted().get(0);
    DType type = wanted.type().dtype();
    if (!type.isFloating()) {
      assertEquals(wanted, got, one.toString());
      return;
    }
    long terms = reduce.domain().slice(reduce.kept(), reduce.domain().rank()).size();
    boolean sum = reduce.reduction() == Reduction.SUM;
    double roundings =
        switch (reduce.reduction()) {
          case SUM -> type == DType.FLOAT64 ? ROUNDINGS + terms : ROUNDINGS;
          case PROD -> ROUNDINGS + terms;
          default -> 0;
        };
    double tolerance = roundings * (type == DType.FLOAT32 ? 0x1p-24 : 0x1p-53);
    Literal scale =
        sum
            ? ReferenceInterpreter.evaluate(magnitudes(reduce), one.inputs(), one.outputs()).get(0)
            : wanted;
    for (long i = 0; i < wanted.size(); i++) {
      double w = wanted.getDouble(i);
      double g = got.getDouble(i);
      boolean near = Math.abs(w - g) <= tolerance * Math.abs(scale.getDouble(i));
      long at = i;
      assertTrue(
          near || Double.compare(w, g) == 0,
          () -> one + " element " + at + " is " + g + ", not " + w);
    }
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
}
