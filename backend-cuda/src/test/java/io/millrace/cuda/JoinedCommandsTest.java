package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cuda.device.CudaDevice;
import io.millrace.cuda.device.MemoryPool;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.View;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Holds programs some of whose commands were joined to the reference, which does one step after
 * another: steps of random plans read and write places that overlap as they happen to lie.
 */
class JoinedCommandsTest {
  private static final long ALIGNMENT = 64;
  private static final TensorType MATRIX = TensorType.of(DType.FLOAT32, 1, 4, 4);
  private static final Shape ROWS = Shape.of(4, 4);
  private static final TensorType ARENA = TensorType.of(DType.FLOAT32, 256);

  /** Equal steps are common, so that they can be joined. */
  private static final List<BinaryOperator<Scalar>> FUNCTIONS =
      List.of(Scalar::plus, (x, y) -> x.plus(y).max(0), (x, y) -> x.max(y).minus(1));

  private final Random random = new Random(3);
  private final List<Step> steps = new ArrayList<>();

  private Place place(TensorType type) {
    int places = (int) ((ARENA.bytes() - type.bytes()) / ALIGNMENT) + 1;
    return new Place(Place.Space.ARENA, 0, random.nextInt(places) * ALIGNMENT, type);
  }

  /** Returns a place that has nothing in common with others. */
  private Place apart(TensorType type, List<Place> others) {
    while (true) {
      Place place = place(type);
      if (others.stream().noneMatch(o -> overlap(place, o))) {
        return place;
      }
    }
  }

  private static boolean overlap(Place a, Place b) {
    return a.space() == b.space()
        && a.offset() < b.offset() + b.type().bytes()
        && b.offset() < a.offset() + a.type().bytes();
  }

  private void addProduct() {
    Place left = place(MATRIX);
    Place right = new Place(Place.Space.FEED, 1, 0, MATRIX);
    Place product = apart(MATRIX, List.of(left));
    steps.add(
        new Step(
            new Primitive.Contract(random.nextBoolean(), random.nextBoolean()),
            List.of(left, right),
            List.of(product),
            Origin.of("product")));
    if (random.nextInt(4) > 0) {
      TensorType rows = new TensorType(DType.FLOAT32, ROWS);
      Place same = new Place(product.space(), 0, product.offset(), rows);
      boolean inPlace = random.nextInt(4) > 0;
      Place bias = apart(TensorType.of(DType.FLOAT32, 4), inPlace ? List.of(same) : List.of());
      Place output = inPlace ? same : apart(rows, List.of(same, bias));
      View across = random.nextInt(4) > 0 ? View.of(0, 0, 1) : View.of(0, 1, 0);
      addLoop(ROWS, List.of(same, bias), List.of(View.dense(ROWS), across), output);
    }
  }

  private void addLoop() {
    Shape domain = Shape.of(random.nextBoolean() ? 16 : 40);
    TensorType type = new TensorType(DType.FLOAT32, domain);
    List<Place> inputs = List.of(place(type), place(type));
    boolean inPlace = random.nextBoolean() && !overlap(inputs.get(0), inputs.get(1));
    Place output = inPlace ? inputs.get(random.nextInt(2)) : apart(type, inputs);
    addLoop(domain, inputs, List.of(View.dense(domain), View.dense(domain)), output);
  }

  private void addLoop(Shape domain, List<Place> inputs, List<View> views, Place output) {
    int first = random.nextInt(2);
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(DType.FLOAT32);
    Scalar y = builder.parameter(DType.FLOAT32);
    Scalar value = FUNCTIONS.get(random.nextInt(FUNCTIONS.size())).apply(x, y);
    steps.add(
        new Step(
            new Primitive.Map(
                builder.build(List.of(value)),
                domain,
                List.of(views.get(first), views.get(1 - first))),
            List.of(inputs.get(first), inputs.get(1 - first)),
            List.of(output),
            Origin.of("loop")));
  }

  private static Step copy(Place from, Place to) {
    ScalarBuilder builder = new ScalarBuilder();
    Shape domain = from.type().shape();
    return new Step(
        new Primitive.Map(
            builder.build(List.of(builder.parameter(DType.FLOAT32))),
            domain,
            List.of(View.dense(domain))),
        List.of(from),
        List.of(to),
        Origin.of("copy"));
  }

  private Plan plan() {
    Place arena = new Place(Place.Space.ARENA, 0, 0, ARENA);
    steps.clear();
    steps.add(copy(new Place(Place.Space.FEED, 0, 0, ARENA), arena));
    for (int i = 0; i < 12; i++) {
      if (i % 4 == 3) {
        addProduct();
      } else {
        addLoop();
      }
    }
    steps.add(copy(arena, new Place(Place.Space.FETCH, 0, 0, ARENA)));
    return new Plan(
        steps,
        List.of(ARENA, MATRIX),
        List.of(),
        List.of(),
        List.of(ARENA),
        List.of(),
        ARENA.bytes(),
        ARENA.bytes());
  }

  /** Does one step after another, in the memory of each space. */
  private static Literal wanted(Plan plan, List<Literal> feeds) {
    List<byte[]> memory = new ArrayList<>();
    for (Literal feed : feeds) {
      memory.add(bytes(feed));
    }
    byte[] arena = new byte[(int) plan.arenaBytes()];
    byte[] fetch = new byte[(int) ARENA.bytes()];
    for (Step step : plan.steps()) {
      List<Literal> inputs = new ArrayList<>();
      for (Place place : step.inputs()) {
        byte[] from = place.space() == Place.Space.FEED ? memory.get(place.index()) : arena;
        byte[] values = new byte[(int) place.type().bytes()];
        System.arraycopy(from, (int) place.offset(), values, 0, values.length);
        inputs.add(Literal.wrap(place.type(), values));
      }
      Place output = step.output();
      Literal result =
          ReferenceInterpreter.evaluate(step.primitive(), inputs, List.of(output.type())).get(0);
      byte[] to = output.space() == Place.Space.FETCH ? fetch : arena;
      byte[] values = bytes(result);
      System.arraycopy(values, 0, to, (int) output.offset(), values.length);
    }
    return Literal.wrap(ARENA, fetch);
  }

  private static byte[] bytes(Literal literal) {
    byte[] bytes = new byte[(int) literal.type().bytes()];
    literal.bytes().get(bytes);
    return bytes;
  }

  private Literal numbers(TensorType type) {
    Literal.Builder builder = new Literal.Builder(type);
    for (long i = 0; i < type.shape().size(); i++) {
      builder.setDouble(i, random.nextInt(7) - 3);
    }
    return builder.build();
  }

  private static List<Literal> got(Executable executable, List<Literal> feeds) {
    List<Literal> results = new ArrayList<>();
    try (Execution execution = executable.newExecution();
        HostMemory first = memory(feeds.get(0));
        HostMemory second = memory(feeds.get(1));
        HostMemory fetch = HostMemory.allocate(ARENA.bytes())) {
      // One by one, recorded, and replayed.
      for (int i = 0; i < 3; i++) {
        execution.run(List.of(first, second), List.of(), List.of(fetch));
        byte[] bytes = new byte[(int) ARENA.bytes()];
        fetch.window(0).get(0, bytes);
        results.add(Literal.wrap(ARENA, bytes));
      }
    }
    return results;
  }

  private static HostMemory memory(Literal value) {
    HostMemory memory = HostMemory.allocate(value.type().bytes());
    memory.window(0).put(0, bytes(value));
    return memory;
  }

  @Test
  void leaveWhatStepsWouldLeave() {
    NativeKernels.unavailable().ifPresent(reason -> assumeTrue(false, reason));
    EmulatedDriver driver = new EmulatedDriver();
    CudaDevice device = new CudaDevice(driver, new MemoryPool(driver), DeviceOptions.defaults());
    int joined = 0;
    int riding = 0;
    for (int i = 0; i < 150; i++) {
      Plan plan = plan();
      List<Literal> feeds = List.of(numbers(ARENA), numbers(MATRIX));
      String text = device.explain(plan);
      joined += text.contains("_batch") ? 1 : 0;
      riding += text.contains("gemm") && text.contains(" + arena") ? 1 : 0;
      Literal wanted = wanted(plan, feeds);
      try (Executable executable = device.compile(plan)) {
        for (Literal got : got(executable, feeds)) {
          assertEquals(wanted, got, () -> plan + "\n" + text);
        }
      }
    }
    assertTrue(joined > 25 && riding > 25, joined + " and " + riding);
  }
}
