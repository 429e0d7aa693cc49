package io.millrace.primitives;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Reductions, whose results are the reference's exactly, but for rounded sums and products. */
public final class ReduceCases implements Cases {
  private final int roundings;

  /**
   * Makes such for one device.
   *
   * @param roundings what {@link SumTolerance} allows
   */
  public ReduceCases(int roundings) {
    this.roundings = roundings;
  }

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>();
    for (DType type : DType.ofElements()) {
      for (Reduction reduction : reductions(type)) {
        cases.addAll(vectors(reduction, type, 1, 67, 2052));
        cases.add(rows(reduction, type, 37, 10));
        cases.add(rows(reduction, type, 3, 300));
        cases.add(columns(reduction, type, 2, 37));
        cases.add(columns(reduction, type, 513, 17));
        cases.addAll(empty(reduction, type));
        cases.addAll(type == DType.FLOAT32 ? special(reduction, type, 300) : List.of());
      }
    }
    cases.addAll(shapes(Reduction.SUM, DType.FLOAT32));
    cases.addAll(shapes(Reduction.ARG_MAX, DType.FLOAT32));
    cases.addAll(views(Reduction.ANY, DType.BOOL));
    cases.addAll(views(Reduction.MAX, DType.INT64));
    cases.addAll(wrapping(DType.INT32, 9, 5000));
    cases.addAll(computed(7, 300, 1));
    cases.addAll(computed(300, 18, 1));
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (Reduction reduction : reductions(type)) {
      cases.addAll(extents(reduction, type));
      // Where elements lie decides how they are walked, for values as for positions.
      if (reduction == reductions(type).get(0) || reduction == Reduction.ARG_MAX) {
        cases.addAll(orders(reduction, type, Shape.of(3, 4, 5, 16)));
        cases.addAll(orders(reduction, type, Shape.of(2, 1, 33, 70)));
        cases.addAll(views(reduction, type));
      }
      cases.addAll(empty(reduction, type));
      cases.addAll(type.isFloating() ? special(reduction, type, 1, 300, 2560) : List.of());
    }
    if (type.isInteger()) {
      cases.addAll(wrapping(type, 9, 300, 5000, 50_000));
    }
    if (type == DType.FLOAT32) {
      for (int axes = 0; axes <= 2; axes++) {
        cases.addAll(computed(1, 2500, axes));
        cases.addAll(computed(7, 300, axes));
        cases.addAll(computed(300, 18, axes));
        cases.addAll(computed(5000, 3, axes));
      }
      // Every result adds the same 3000 numbers, read through a stride of 0.
      cases.add(of(Reduction.SUM, type, Shape.of(4500, 3000), 1, View.of(0, 1, 1)));
    }
    return cases;
  }

  /** Returns reductions of all axes, of the last, of the first, and of any others. */
  private List<StepCase> shapes(Reduction reduction, DType type) {
    List<StepCase> cases = extents(reduction, type);
    cases.addAll(orders(reduction, type, Shape.of(3, 4, 5, 16)));
    cases.addAll(views(reduction, type));
    return cases;
  }

  /** Returns reductions of all axes, of the last and of the first, of all lengths that matter. */
  private List<StepCase> extents(Reduction reduction, DType type) {
    List<StepCase> cases =
        new ArrayList<>(
            vectors(
                reduction, type, 1, 2, 63, 64, 255, 256, 257, 2047, 2049, 5000, 20_004, 100_000));
    Shape domain = Shape.of(3, 1, 50, 7);
    cases.add(of(reduction, type, domain, 0, View.dense(domain)));
    long[] lengths = {1, 3, 10, 18, 63, 64, 65, 255, 256, 257, 2047, 2048, 2049, 5000};
    for (long length : lengths) {
      cases.add(rows(reduction, type, length < 100 ? 37 : 3, length));
    }
    cases.add(rows(reduction, type, 5000, 10));
    cases.add(rows(reduction, type, 3, 30_000));
    for (long kept : new long[] {1, 2, 6, 16, 84, 120, 513, 3000}) {
      for (long reduced : new long[] {1, 2, 5, 37, kept < 200 ? 300 : 17}) {
        cases.add(columns(reduction, type, kept, reduced));
      }
    }
    cases.add(columns(reduction, type, 6, 30_000));
    cases.add(columns(reduction, type, 513, 200));
    cases.add(columns(reduction, type, 5000, 3));
    cases.add(columns(reduction, type, 20_000, 9));
    return cases;
  }

  /** Returns the reductions of elements of a type. */
  public static List<Reduction> reductions(DType type) {
    return Stream.of(Reduction.values())
        .filter(
            reduction ->
                switch (reduction) {
                  case ALL, ANY -> type == DType.BOOL;
                  case ARG_MAX, ARG_MIN -> true;
                  default -> type.isNumeric();
                })
        .toList();
  }

  /** Returns the reduction of all axes of a domain but the first ones, which are kept. */
  public StepCase of(Reduction reduction, DType type, Shape domain, int kept, View view) {
    long last = view.offset();
    for (int axis = 0; axis < domain.rank(); axis++) {
      last += Math.max(0, view.stride(axis)) * Math.max(0, domain.dim(axis) - 1);
    }
    Literal input = numbers(reduction, TensorType.of(type, last + 1), last);
    return of(reduction, identity(type), domain, kept, List.of(view), List.of(input));
  }

  /** Returns the reduction of what a function computes. */
  public StepCase of(
      Reduction reduction,
      ScalarFunction function,
      Shape domain,
      int kept,
      List<View> views,
      List<Literal> inputs) {
    return StepCase.of(
            new Primitive.Reduce(reduction, function, domain, kept, views),
            inputs,
            new TensorType(reduction.resultType(function.resultType(0)), domain.slice(0, kept)))
        .within(new SumTolerance(roundings));
  }

  /** Returns the function of one parameter that returns it. */
  public static ScalarFunction identity(DType type) {
    ScalarBuilder builder = new ScalarBuilder();
    return builder.build(List.of(builder.parameter(type)));
  }

  /** Returns numbers of any size, such that products neither overflow nor vanish. */
  public static Literal numbers(Reduction reduction, TensorType type, long seed) {
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

  /** Returns reductions of these many elements to one. */
  private List<StepCase> vectors(Reduction reduction, DType type, long... sizes) {
    List<StepCase> cases = new ArrayList<>();
    for (long size : sizes) {
      cases.add(of(reduction, type, Shape.of(size), 0, View.of(0, 1)));
    }
    return cases;
  }

  /** Returns the reduction of rows: of the last axis of a dense matrix. */
  private StepCase rows(Reduction reduction, DType type, long count, long length) {
    return of(reduction, type, Shape.of(count, length), 1, View.of(0, length, 1));
  }

  /** Returns the reduction of columns: of the first axis of a dense matrix. */
  private StepCase columns(Reduction reduction, DType type, long count, long length) {
    return of(reduction, type, Shape.of(count, length), 1, View.of(0, 1, count));
  }

  /** Returns reductions of the axes of a dense tensor in every order, keeping any number. */
  private List<StepCase> orders(Reduction reduction, DType type, Shape dense) {
    List<StepCase> cases = new ArrayList<>();
    for (int[] order : Permutations.of(dense.rank())) {
      Shape domain = Shape.of(IntStream.of(order).mapToLong(dense::dim).toArray());
      long[] strides = IntStream.of(order).mapToLong(axis -> dense.strides()[axis]).toArray();
      for (int kept = 0; kept <= dense.rank(); kept++) {
        cases.add(of(reduction, type, domain, kept, View.of(0, strides)));
      }
    }
    return cases;
  }

  /** Returns reductions of broadcast, reversed, strided and overlapping views. */
  private List<StepCase> views(Reduction reduction, DType type) {
    List<StepCase> cases = new ArrayList<>();
    Shape flat = Shape.of(3000);
    for (View view : List.of(View.of(0, 0), View.of(2999, -1), View.of(5, 3))) {
      cases.add(of(reduction, type, flat, 0, view));
    }
    Shape domain = Shape.of(40, 90);
    for (int kept = 0; kept <= 2; kept++) {
      for (View view :
          List.of(
              View.of(0, 0, 1),
              View.of(0, 1, 0),
              View.of(11, 90, 1),
              View.of(0, 100, 1),
              View.of(40 * 90 - 1, -90, -1),
              View.of(89, 90, -1),
              View.of(39, -1, 40))) {
        cases.add(of(reduction, type, domain, kept, view));
      }
    }
    Shape windows = Shape.of(50, 20, 3, 2);
    cases.add(of(reduction, type, windows, 2, View.of(0, 22, 1, 22, 1)));
    cases.add(of(reduction, type, windows, 2, View.of(7, 1, 50, 50, 1)));
    return cases;
  }

  /** Returns reductions to nothing, and, where there is a result, of nothing. */
  private List<StepCase> empty(Reduction reduction, DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (Shape domain : List.of(Shape.of(0, 5), Shape.of(0, 0), Shape.of(0, 3, 4))) {
      cases.add(of(reduction, type, domain, 1, View.dense(domain)));
    }
    if (!reduction.isPosition()) {
      for (Shape domain :
          List.of(Shape.of(5, 0), Shape.of(1, 0), Shape.of(300, 0), Shape.of(3000, 2, 0))) {
        cases.add(of(reduction, type, domain, 1, View.dense(domain)));
      }
      cases.add(columns(reduction, type, 5, 0));
      cases.add(columns(reduction, type, 6000, 0));
      cases.add(of(reduction, type, Shape.of(0), 0, View.of(0, 1)));
    }
    return cases;
  }

  /** Returns reductions of so many infinities, NaN and zeros of both signs, exactly. */
  private List<StepCase> special(Reduction reduction, DType type, int... lengths) {
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
    List<StepCase> cases = new ArrayList<>();
    for (double[] row : rows) {
      for (int least : lengths) {
        int length = Math.max(row.length, least);
        List<Literal> inputs = List.of(ends(type, row, length));
        ScalarFunction identity = identity(type);
        Shape flat = Shape.of(length);
        Shape two = Shape.of(2, length);
        View back = View.of(length - 1, 0, -1);
        Shape columns = Shape.of(length, 3);
        cases.add(of(reduction, identity, flat, 0, List.of(View.of(0, 1)), inputs));
        cases.add(of(reduction, identity, two, 1, List.of(View.of(0, 0, 1)), inputs));
        cases.add(of(reduction, identity, two, 1, List.of(back), inputs));
        cases.add(of(reduction, identity, columns, 1, List.of(View.of(0, 1, 0)), inputs));
      }
    }
    return cases.stream().map(one -> one.within(Tolerance.NUMBERS)).toList();
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

  /** Returns sums and products of odd integers, which wrap around. */
  private List<StepCase> wrapping(DType type, long... lengths) {
    List<StepCase> cases = new ArrayList<>();
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.PROD)) {
      for (long length : lengths) {
        Literal.Builder builder = new Literal.Builder(TensorType.of(type, length));
        Random random = new Random(length);
        for (long i = 0; i < length; i++) {
          builder.setLong(i, random.nextLong() | 1);
        }
        List<Literal> inputs = List.of(builder.build());
        ScalarFunction identity = identity(type);
        cases.add(of(reduction, identity, Shape.of(length), 0, List.of(View.of(0, 1)), inputs));
        Shape three = Shape.of(3, length);
        cases.add(of(reduction, identity, three, 1, List.of(View.of(0, 0, 1)), inputs));
      }
    }
    return cases;
  }

  /**
   * Returns reductions of what functions compute of rows, columns and broadcast vectors: a softmax,
   * positions, comparisons and casts among them.
   *
   * @param axes how many of the two axes are kept
   */
  private List<StepCase> computed(long count, long length, int axes) {
    Shape domain = Shape.of(count, length);
    List<Function<List<Scalar>, Scalar>> functions =
        List.of(
            p -> p.get(0).apply(BinaryFn.MUL, p.get(1)).plus(1),
            p -> p.get(0).apply(BinaryFn.SUB, p.get(1)).apply(UnaryFn.EXP),
            p -> p.get(2).cast(DType.FLOAT32).apply(BinaryFn.MUL, p.get(0)),
            p -> p.get(0).index(1).apply(BinaryFn.LT, p.get(0).index(0)).select(p.get(0), p.get(1)),
            p -> p.get(0).index(1).plus(3).cast(DType.INT32),
            p -> p.get(0).apply(BinaryFn.LT, p.get(1)),
            p -> p.get(0).cast(DType.UINT8));
    List<Literal> inputs =
        List.of(
            numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, count * length), 1),
            numbers(Reduction.SUM, TensorType.of(DType.FLOAT32, Math.max(count, length) + 3), 2),
            Inputs.numbers(TensorType.of(DType.INT32, count * length), 3));
    List<StepCase> cases = new ArrayList<>();
    for (Function<List<Scalar>, Scalar> body : functions) {
      ScalarBuilder builder = new ScalarBuilder();
      List<Scalar> parameters =
          Stream.of(DType.FLOAT32, DType.FLOAT32, DType.INT32).map(builder::parameter).toList();
      ScalarFunction function = builder.build(List.of(body.apply(parameters)));
      List<Reduction> reductions =
          function.resultType(0) == DType.BOOL
              ? List.of(Reduction.ALL, Reduction.ANY)
              : List.of(Reduction.SUM, Reduction.MAX, Reduction.ARG_MIN);
      for (Reduction reduction : reductions) {
        for (View one : List.of(View.of(0, length, 1), View.of(0, 1, count))) {
          for (View two : List.of(View.of(0, 0, 1), View.of(3, 1, 0))) {
            List<View> views = List.of(one, two, View.dense(domain));
            // An exponential is off by a unit or two before it is added or compared.
            cases.add(
                of(reduction, function, domain, axes, views, inputs)
                    .within(new SumTolerance(roundings).withElementsWithin(2)));
          }
        }
      }
    }
    return cases;
  }
}
