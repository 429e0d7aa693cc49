package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.kernels.MapCommands;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kernels")
class MapCommandsTest {
  private static final List<Shape> DOMAINS =
      List.of(
          Shape.of(0),
          Shape.scalar(),
          Shape.of(1),
          Shape.of(3),
          Shape.of(16),
          Shape.of(17),
          Shape.of(1021),
          Shape.of(100, 12),
          Shape.of(3, 304),
          Shape.of(7, 1, 9, 33),
          Shape.of(2, 3, 4, 16),
          Shape.of(5, 2100),
          Shape.of(1, 1, 1));

  /** Nothing reads it; that its elements lie far apart makes all positions 64 bits wide. */
  private static final long FAR = 1L << 30;

  @Test
  void randomFunctionsEqualTheReference() {
    int count = Integer.getInteger("millrace.cuda.maps", 150);
    List<StepCase> cases = new ArrayList<>();
    for (int seed = 0; seed < count; seed++) {
      cases.add(random(seed));
    }
    compare(cases);
  }

  private static StepCase random(int seed) {
    RandomLoops loops = new RandomLoops(seed);
    List<DType> types =
        seed % 3 == 0 ? List.of(loops.pick(DType.ofElements())) : DType.ofElements();
    List<DType> parameters = new ArrayList<>(loops.types(types, 1 + loops.below(4)));
    Shape domain = loops.pick(DOMAINS);
    List<View> views = new ArrayList<>();
    List<Literal> inputs = new ArrayList<>();
    for (DType parameter : parameters) {
      View view = seed % 4 == 0 ? View.dense(domain) : loops.view(domain);
      views.add(view);
      inputs.add(loops.tensor(parameter, domain, view));
    }
    int nodes = loops.below(12);
    ScalarFunction function = loops.function(parameters, types, domain.rank(), nodes);
    if (seed % 10 == 1) {
      parameters.add(DType.FLOAT32);
      function = new ScalarFunction(parameters, function.nodes(), function.results());
      views.add(View.of(0, LongStream.generate(() -> FAR).limit(domain.rank()).toArray()));
      inputs.add(loops.numbers(DType.FLOAT32, 1));
    }
    return map(function, domain, views, inputs);
  }

  @Test
  void resultsMayLieInPlaceOfOperands() {
    List<StepCase> cases = new ArrayList<>();
    for (long size : new long[] {1, 7, 64, 300_001}) {
      Shape domain = Shape.of(size);
      Literal x = new RandomLoops(1).numbers(DType.FLOAT32, size);
      Literal y = new RandomLoops(2).numbers(DType.FLOAT32, size);
      List<View> views = List.of(View.dense(domain), View.dense(domain));
      cases.add(
          map(
              function(DType.FLOAT32, (a, b) -> List.of(a.plus(b), b.minus(a))),
              domain,
              views,
              List.of(x, y)));
      // The first result is of another type and does not depend on the operand that it replaces.
      cases.add(
          map(
              function(DType.FLOAT32, (a, b) -> List.of(b.cast(DType.INT32), a.minus(b), a)),
              domain,
              views,
              List.of(x, y)));
    }
    compare(cases.stream().map(c -> c.inPlaceOf(0)).toList());
  }

  @Test
  void operandsAreTransposed() {
    List<StepCase> cases = new ArrayList<>();
    for (DType type : DType.ofElements()) {
      ScalarBuilder builder = new ScalarBuilder();
      Scalar turned = builder.parameter(type);
      Scalar straight = builder.parameter(type);
      Scalar shared = builder.parameter(type);
      ScalarFunction function =
          builder.build(
              List.of(
                  turned.apply(BinaryFn.NE, straight).select(turned, shared),
                  turned.index(0).plus(turned.index(1)),
                  turned.apply(BinaryFn.EQ, shared)));
      for (Shape domain :
          List.of(Shape.of(16, 40), Shape.of(3, 17, 65), Shape.of(40, 5, 33), Shape.of(100, 64))) {
        RandomLoops loops = new RandomLoops(1);
        int last = domain.rank() - 1;
        for (int down = 0; down < last; down++) {
          // Dense but that the loops down and last are swapped, and walked back in one of them.
          long[] strides = new long[domain.rank()];
          strides[down] = 1;
          long stride = domain.dim(down);
          for (int axis = last; axis >= 0; axis--) {
            strides[axis] = axis == down ? 1 : stride;
            stride *= axis == down ? 1 : domain.dim(axis);
          }
          View back = View.of(3 + strides[last] * (domain.dim(last) - 1), flipped(strides, last));
          View tiled = View.broadcast(Shape.of(domain.dim(last)), domain);
          for (View view : List.of(View.of(0, strides), back)) {
            List<View> views = List.of(view, View.dense(domain), tiled);
            cases.add(
                map(
                    function,
                    domain,
                    views,
                    views.stream().map(v -> loops.tensor(type, domain, v)).toList()));
          }
        }
      }
    }
    List<String> kernels = compare(cases);
    assertTrue(kernels.stream().filter(k -> k.startsWith("map_turned")).count() > cases.size() / 2);
  }

  private static long[] flipped(long[] strides, int axis) {
    long[] flipped = strides.clone();
    flipped[axis] = -flipped[axis];
    return flipped;
  }

  @Test
  void elementsThatFailAreReported() {
    Shape domain = Shape.of(5000);
    List<View> views = List.of(View.dense(domain), View.dense(domain));
    Driver driver = StepRunner.driver();
    for (DType type : List.of(DType.INT32, DType.INT64, DType.UINT8)) {
      for (BinaryFn fn :
          List.of(
              BinaryFn.DIV,
              BinaryFn.FLOOR_DIV,
              BinaryFn.FLOOR_MOD,
              BinaryFn.TRUNCATE_MOD,
              BinaryFn.POW)) {
        boolean power = fn == BinaryFn.POW;
        if (power && type == DType.UINT8) {
          continue;
        }
        Literal.Builder y = new Literal.Builder(TensorType.of(type, 5000));
        for (int i = 0; i < 5000; i++) {
          y.setLong(i, i == 4321 ? power ? -1 : 0 : 1 + i % 7);
        }
        StepCase one =
            map(
                function(type, (a, b) -> List.of(a.apply(fn, b))),
                domain,
                views,
                List.of(new RandomLoops(3).numbers(type, 5000), y.build()));
        int status = StepRunner.run(one, driver, true).status();
        assertEquals(5, StepContext.stepOf(status));
        assertEquals(
            power ? StepContext.Failure.NEGATIVE_POWER : StepContext.Failure.DIVISION_BY_ZERO,
            StepContext.failureOf(status));
      }
    }
  }

  @Test
  void elementsSideBySideAreTakenAtOnce() {
    Shape domain = Shape.of(6, 8);
    ScalarFunction sum = function(DType.FLOAT32, (a, b) -> List.of(a.plus(b)));
    View dense = View.dense(domain);
    for (View beside : List.of(dense, View.of(0, 0, 1), View.of(4, 12, 1))) {
      assertEquals(1, vectors(sum, domain, dense, beside), beside.toString());
    }
    for (View apart : List.of(View.of(1, 9, 1), View.of(0, 9, 1), View.of(0, 1, 6))) {
      assertEquals(4, vectors(sum, domain, dense, apart), apart.toString());
    }
    assertEquals(0, vectors(sum, domain, dense, View.of(1, 8, 1)), "misaligned");
    assertEquals(
        source(sum, domain, dense, View.of(0, 0, 1)),
        source(sum, Shape.of(70, 16), View.dense(Shape.of(70, 16)), View.of(8, 0, 1)));
    assertTrue(source(sum, domain, dense, View.of(0, FAR, 1)).wide());
    assertTrue(source(sum, Shape.of(FAR), View.of(0, 1), View.of(0, 1)).wide());
    assertFalse(source(sum, Shape.of(FAR - 1), View.of(0, 1), View.of(0, 1)).wide());
  }

  /** Returns how many positions 4 elements need, or 0 if they are not taken at once. */
  private static int vectors(ScalarFunction function, Shape domain, View... views) {
    String text = source(function, domain, views).text();
    return !text.contains("Pack<float, 4>") ? 0 : text.contains("j = i + e") ? 4 : 1;
  }

  private static KernelSource source(ScalarFunction function, Shape domain, View... views) {
    List<Place> places =
        IntStream.rangeClosed(0, 2)
            .mapToObj(i -> new Place(Place.Space.FEED, i, 0, new TensorType(DType.FLOAT32, domain)))
            .toList();
    Primitive.Map map = new Primitive.Map(function, domain, List.of(views));
    StepContext context =
        new StepContext(
            new Step(map, places.subList(0, 2), places.subList(2, 3), Origin.of("test")),
            0,
            new EmulatedDriver().target(false),
            false,
            0);
    MapCommands.add(context, map);
    return ((Launch) context.commands().get(0)).source();
  }

  /** Returns a function of two values of a type. */
  private static ScalarFunction function(
      DType type, BiFunction<Scalar, Scalar, List<Scalar>> body) {
    ScalarBuilder builder = new ScalarBuilder();
    return builder.build(body.apply(builder.parameter(type), builder.parameter(type)));
  }

  private static StepCase map(
      ScalarFunction function, Shape domain, List<View> views, List<Literal> inputs) {
    TensorType[] outputs = new TensorType[function.results().size()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = new TensorType(function.resultType(i), domain);
    }
    return StepCase.of(new Primitive.Map(function, domain, views), inputs, outputs);
  }

  /** Compares steps with the reference; returns the names of their kernels. */
  private static List<String> compare(List<StepCase> cases) {
    Driver driver = StepRunner.driver();
    StepRunner.prepare(cases, driver);
    List<String> kernels = new ArrayList<>();
    for (StepCase one : cases) {
      List<Literal> wanted = one.wanted();
      StepRunner.Result result = StepRunner.run(one, driver, false);
      assertEquals(-1, result.status(), one.toString());
      for (int i = 0; i < wanted.size(); i++) {
        Tolerance.assertClose(
            wanted.get(i), result.outputs().get(i), 0, one + "\n" + texts(result));
      }
      result.commands().forEach(c -> kernels.add(((Launch) c).source().name()));
    }
    return kernels;
  }

  private static String texts(StepRunner.Result result) {
    StringBuilder text = new StringBuilder();
    for (Command command : result.commands()) {
      text.append(command).append('\n').append(((Launch) command).source().text());
    }
    return text.toString();
  }
}
