package io.millrace.cpu;

import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.ir.WindowAxis;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a repeated run of every kind of step allocates on the heap: nothing. */
@Tag("alone")
class SteadyRunTest {
  private static final DType FLOAT = DType.FLOAT32;

  private final List<Step> steps = new ArrayList<>();
  private long arena;

  private Place add(Primitive primitive, TensorType output, Place... inputs) {
    Place place = place(output);
    add(primitive, List.of(place), inputs);
    return place;
  }

  /** Returns the same memory as a tensor of another shape. */
  private static Place as(Place place, TensorType type) {
    return new Place(place.space(), place.index(), place.offset(), type);
  }

  private void add(Primitive primitive, List<Place> outputs, Place... inputs) {
    steps.add(new Step(primitive, List.of(inputs), outputs, Origin.of("step" + steps.size())));
  }

  private Place place(TensorType type) {
    Place place = new Place(Place.Space.ARENA, 0, arena, type);
    arena += (type.bytes() + 63) / 64 * 64;
    return place;
  }

  private static ScalarFunction function(DType type, UnaryFn fn) {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(type);
    return builder.build(List.of(x.apply(fn)));
  }

  private static ScalarFunction copy(DType type) {
    ScalarBuilder builder = new ScalarBuilder();
    return builder.build(List.of(builder.parameter(type)));
  }

  /** Adds a step of every kind, most large enough to be shared. */
  private void addSteps(Place counter) {
    TensorType images = TensorType.of(FLOAT, 40, 28, 28, 6);
    Shape shape = images.shape();
    Place x =
        add(
            new Primitive.Random(Primitive.Random.Distribution.NORMAL, FLOAT, 1, 2),
            images,
            counter);
    Place kernel =
        add(
            new Primitive.Random(Primitive.Random.Distribution.TRUNCATED_NORMAL, FLOAT, 3, 4),
            TensorType.of(FLOAT, 5, 5, 6, 16),
            counter);
    Place y =
        add(
            new Primitive.Map(function(FLOAT, UnaryFn.TANH), shape, List.of(View.dense(shape))),
            images,
            x);
    addReductions(y);
    Place z = addConvolutions(y, kernel);
    addMoves(y);
    addIndexed(y);
    addSorts(y);
    addScans(y);
    Place matrix = add(transpose(784, 240), TensorType.of(FLOAT, 784, 240), y);
    Place left = add(reshaped(1, 240, 784), TensorType.of(FLOAT, 1, 240, 784), y);
    Place right = add(reshaped(1, 784, 240), TensorType.of(FLOAT, 1, 784, 240), matrix);
    add(new Primitive.Contract(false, false), TensorType.of(FLOAT, 1, 240, 240), left, right);
    add(new Primitive.Contract(true, true), TensorType.of(FLOAT, 1, 784, 784), left, right);
    List<WindowAxis> pairs = List.of(new WindowAxis(2, 2, 1, 0, 0), new WindowAxis(2, 2, 1, 0, 0));
    TensorType pooled = TensorType.of(FLOAT, 40, 12, 12, 16);
    Place p = add(new Primitive.Pool(Primitive.Pool.Kind.MAX, pairs), pooled, z);
    add(new Primitive.Pool(Primitive.Pool.Kind.AVERAGE, pairs), pooled, z);
    add(new Primitive.Pool(Primitive.Pool.Kind.MAX_GRADIENT, pairs), z.type(), z, p);
    add(new Primitive.Pool(Primitive.Pool.Kind.AVERAGE_GRADIENT, pairs), z.type(), p);
    add(new Primitive.Pool(Primitive.Pool.Kind.MAX_GATHER, pairs), pooled, z, z);
  }

  private void addReductions(Place x) {
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.MAX, Reduction.ARG_MAX)) {
      for (UnaryFn fn : List.of(UnaryFn.EXP, UnaryFn.NEG)) {
        reduce(reduction, function(FLOAT, fn), x, Shape.of(188_160), 0, View.of(0, 1));
        reduce(reduction, function(FLOAT, fn), x, Shape.of(31_360, 6), 1, View.of(0, 6, 1));
      }
      reduce(reduction, copy(FLOAT), x, Shape.of(188_160), 0, View.of(0, 1));
      reduce(reduction, copy(FLOAT), x, Shape.of(6, 31_360), 1, View.of(0, 1, 6));
      reduce(reduction, copy(FLOAT), x, Shape.of(18_816, 10), 1, View.of(0, 1, 18_816));
    }
  }

  private void reduce(
      Reduction reduction, ScalarFunction function, Place x, Shape domain, int kept, View view) {
    add(
        new Primitive.Reduce(reduction, function, domain, kept, List.of(view)),
        new TensorType(reduction.resultType(FLOAT), domain.slice(0, kept)),
        x);
  }

  private Place addConvolutions(Place x, Place kernel) {
    List<WindowAxis> windows =
        List.of(new WindowAxis(5, 1, 1, 0, 0), new WindowAxis(5, 1, 1, 0, 0));
    TensorType output = TensorType.of(FLOAT, 40, 24, 24, 16);
    Place y =
        add(new Primitive.Convolve(Primitive.Convolve.Kind.FORWARD, windows, 1), output, x, kernel);
    add(
        new Primitive.Convolve(Primitive.Convolve.Kind.DATA_GRADIENT, windows, 1),
        x.type(),
        kernel,
        y);
    add(
        new Primitive.Convolve(Primitive.Convolve.Kind.FILTER_GRADIENT, windows, 1),
        kernel.type(),
        x,
        y);
    return y;
  }

  private void addMoves(Place x) {
    Shape extent = Shape.of(40, 4704);
    Primitive.Move.Piece inside =
        new Primitive.Move.Piece(0, extent, View.dense(extent), View.of(5001, 5000, 1));
    ScalarFunction.Constant zero = new ScalarFunction.Constant(FLOAT, 0);
    add(new Primitive.Move(List.of(inside), Optional.of(zero)), TensorType.of(FLOAT, 42, 5000), x);
  }

  private void addIndexed(Place x) {
    ScalarBuilder builder = new ScalarBuilder();
    Shape domain = Shape.of(18_816);
    ScalarFunction count = builder.build(List.of(builder.index(0)));
    Place indices =
        add(new Primitive.Map(count, domain, List.of()), new TensorType(DType.INT64, domain));
    Place indexRow = as(indices, TensorType.of(DType.INT64, 1, 18_816));
    for (int inner : new int[] {1, 10}) {
      Place data = as(x, TensorType.of(FLOAT, 1, 1, 18_816, inner));
      Place gathered = add(new Primitive.Gather(), data.type(), data, indexRow);
      for (Primitive.Scatter.Combine combine : Primitive.Scatter.Combine.values()) {
        TensorType rows = TensorType.of(FLOAT, 18_816, inner);
        add(new Primitive.Scatter(combine), rows, as(x, rows), indices, as(gathered, rows));
      }
    }
    TensorType wide = TensorType.of(FLOAT, 40, 4704);
    Place some = as(indices, TensorType.of(DType.INT64, 40));
    add(new Primitive.Scatter(Primitive.Scatter.Combine.ADD), wide, as(x, wide), some, as(x, wide));
  }

  private void addSorts(Place x) {
    for (long rows : new long[] {4, 18_816}) {
      TensorType input = TensorType.of(FLOAT, rows, 188_160 / rows);
      for (long kept : new long[] {5, 188_160 / rows}) {
        TensorType sorted = TensorType.of(FLOAT, rows, kept);
        Place positions = place(new TensorType(DType.INT64, sorted.shape()));
        add(new Primitive.Sort(true), List.of(place(sorted), positions), as(x, input));
      }
    }
  }

  private void addScans(Place x) {
    for (TensorType type :
        List.of(TensorType.of(FLOAT, 40, 4704, 1), TensorType.of(FLOAT, 2, 20, 4704))) {
      add(new Primitive.Scan(Reduction.SUM, false, true), type, as(x, type));
    }
  }

  private static Primitive transpose(long rows, long columns) {
    Shape extent = Shape.of(rows, columns);
    return new Primitive.Move(
        List.of(new Primitive.Move.Piece(0, extent, View.of(0, 1, rows), View.dense(extent))),
        Optional.empty());
  }

  private static Primitive reshaped(long... dims) {
    long size = LongStream.of(dims).reduce(1, (a, b) -> a * b);
    View flat = View.of(0, 1);
    return new Primitive.Move(
        List.of(new Primitive.Move.Piece(0, Shape.of(size), flat, flat)), Optional.empty());
  }

  @Test
  void aRepeatedRunAllocatesNothingOnAnyThread() {
    TensorType scalar = TensorType.of(DType.INT64);
    addSteps(new Place(Place.Space.FEED, 0, 0, scalar));
    Allocations.assertNone(
        new Plan(steps, List.of(scalar), List.of(), List.of(), List.of(), List.of(), arena, arena),
        3);
  }
}
