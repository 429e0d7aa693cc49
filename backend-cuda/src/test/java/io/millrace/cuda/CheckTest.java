package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.driver.DriverStream;
import io.millrace.cuda.program.CommandFactory;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Suspect;
import io.millrace.primitives.StepCase;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

class CheckTest {
  private static final TensorType SCALAR = TensorType.of(DType.BOOL);

  private static StepCase check(boolean holds, int shown, Literal... tensors) {
    List<Literal> inputs = new ArrayList<>();
    inputs.add(Literal.scalar(DType.BOOL, holds ? 1 : 0));
    inputs.addAll(List.of(tensors));
    return StepCase.of(new Primitive.Check("no", shown), inputs, SCALAR);
  }

  @Test
  void passesOnWhatHolds() {
    StepRunner.checkAll(
        List.of(check(true, 0), check(true, -1, Literal.ofInts(1, 2), Literal.ofInts())));
  }

  @Test
  void failsWithTheStepsCode() {
    EmulatedDriver driver = new EmulatedDriver();
    StepCase one = check(false, 2, Literal.ofInts(1, 2, 3));
    StepRunner.prepare(List.of(one), driver);
    StepRunner.Result result = StepRunner.run(one, driver, true);
    assertEquals(5, StepContext.stepOf(result.status()));
    assertEquals(StepContext.Failure.CHECK, StepContext.failureOf(result.status()));
  }

  /** The step that fails first shows its tensors; one that fails later does not. */
  @Test
  void keepsWhatIsShown() {
    EmulatedDriver driver = new EmulatedDriver();
    StepRunner.prepare(List.of(check(false, 2, Literal.ofInts(1), Literal.ofInts(1))), driver);
    Literal many = Literal.ofInts(7, 8, 9);
    Literal few = Literal.scalar(DType.FLOAT32, 1.5);
    TensorType[] types = {SCALAR, many.type(), few.type(), SCALAR};
    long[] at = new long[types.length];
    for (int i = 0; i < at.length; i++) {
      at[i] = driver.allocate(64);
    }
    EmulatedDriver.write(at[0], Literal.scalar(DType.BOOL, 0));
    EmulatedDriver.write(at[1], many);
    EmulatedDriver.write(at[2], few);
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < at.length; i++) {
      places.add(new Place(Place.Space.FEED, i, 0, types[i]));
    }
    StepContext context =
        new StepContext(
            new Step(
                new Primitive.Check("no", 2),
                places.subList(0, 3),
                places.subList(3, 4),
                Origin.of("test")),
            9,
            driver.target(false),
            false,
            512);
    CommandFactory.make(context);
    assertEquals(
        List.of(
            new Address(Address.Space.EVIDENCE, 0, 512),
            new Address(Address.Space.EVIDENCE, 0, 768)),
        context.evidence());
    Map<Address.Space, Long> memory =
        Map.of(
            Address.Space.EVIDENCE,
            driver.allocate(1024),
            Address.Space.STATUS,
            driver.allocate(64));
    ToLongFunction<Address> resolved =
        a -> memory.getOrDefault(a.space(), a.index() < at.length ? at[a.index()] : 0) + a.offset();
    long evidence = resolved.applyAsLong(context.evidence().get(0));
    long status = resolved.applyAsLong(context.status());
    EmulatedDriver.write(status, Literal.ofInts(context.code(StepContext.Failure.CHECK) - 40));
    run(driver, context, resolved);
    assertEquals(0x7F7F7F7F, first(evidence));
    EmulatedDriver.write(status, Literal.ofInts(-1));
    run(driver, context, resolved);
    assertEquals(context.code(StepContext.Failure.CHECK), first(status));
    assertEquals(
        Literal.ofInts(7, 8), EmulatedDriver.read(evidence, TensorType.of(DType.INT32, 2)));
    assertEquals(0x7F7F7F7F, first(evidence + 8));
    assertEquals(few, EmulatedDriver.read(evidence + 256, few.type()));
  }

  private static int first(long address) {
    return (int) EmulatedDriver.read(address, TensorType.of(DType.INT32, 1)).getLong(0);
  }

  private static void run(
      EmulatedDriver driver, StepContext context, ToLongFunction<Address> memory) {
    try (DriverStream stream = driver.newStream()) {
      for (Command command : context.commands()) {
        Launch launch = (Launch) command;
        stream.launch(driver.load(List.of(launch.source())).get(0), launch, memory);
      }
      stream.synchronize();
    }
  }

  /** Of the elements that break the rule the first is kept, with its neighbours. */
  @Test
  void keepsTheSuspect() {
    int[] many = new int[1000];
    many[700] = 5;
    many[701] = -5;
    assertSuspect("700 5", new Suspect.Outside(0, List.of(5L)), Literal.ofInts(many));
    assertSuspect("701 5 -5", new Suspect.Descending(), Literal.ofInts(many));
    Literal pairs = Literal.ofLongs(0, 3, 1, 4, 2, 2).reshape(Shape.of(3, 2));
    assertSuspect("4 2 2", new Suspect.Outside(0, List.of(2L, 5L)), pairs);
    assertSuspect("3 1 4", new Suspect.Outside(0, List.of(3L, 4L)), pairs);
    double[] numbers = {1, Double.NEGATIVE_INFINITY, Double.NaN, Double.POSITIVE_INFINITY};
    for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64)) {
      Literal.Builder odd = new Literal.Builder(TensorType.of(dtype, numbers.length));
      for (int i = 0; i < numbers.length; i++) {
        odd.setDouble(i, numbers[i]);
      }
      assertSuspect("1 -Infinity", Suspect.NotFinite.INFINITE, odd.build());
      assertSuspect("2 NaN", Suspect.NotFinite.NAN, odd.build());
    }
    assertSuspect("-1", new Suspect.Outside(Long.MIN_VALUE, List.of(9L)), Literal.ofLongs(8));
  }

  private static void assertSuspect(String expected, Suspect suspect, Literal tensor) {
    EmulatedDriver driver = new EmulatedDriver();
    List<Place> places = new ArrayList<>();
    long[] at = new long[3];
    List<Literal> values =
        List.of(Literal.scalar(DType.BOOL, 0), tensor, Literal.scalar(DType.BOOL, 0));
    for (int i = 0; i < at.length; i++) {
      at[i] = driver.allocate(8192);
      EmulatedDriver.write(at[i], values.get(i));
      places.add(new Place(Place.Space.FEED, i, 0, values.get(i).type()));
    }
    StepContext context =
        new StepContext(
            new Step(
                new Primitive.Check("no", suspect),
                places.subList(0, 2),
                places.subList(2, 3),
                Origin.of("test")),
            9,
            driver.target(false),
            false,
            0);
    CommandFactory.make(context);
    Map<Address.Space, Long> memory =
        Map.of(
            Address.Space.EVIDENCE,
            driver.allocate(1024),
            Address.Space.STATUS,
            driver.allocate(64));
    ToLongFunction<Address> resolved =
        a -> memory.getOrDefault(a.space(), a.index() < at.length ? at[a.index()] : 0) + a.offset();
    EmulatedDriver.write(resolved.applyAsLong(context.status()), Literal.ofInts(-1));
    run(driver, context, resolved);
    Literal position =
        EmulatedDriver.read(
            resolved.applyAsLong(context.evidence().get(0)), TensorType.of(DType.INT64));
    Literal kept =
        EmulatedDriver.read(
            resolved.applyAsLong(context.evidence().get(1)),
            tensor.type().withShape(Shape.of(suspect.told())));
    String elements = position.getLong(0) < 0 ? "" : " " + String.join(" ", kept.texts());
    assertEquals(expected, position.text(0) + elements);
  }
}
