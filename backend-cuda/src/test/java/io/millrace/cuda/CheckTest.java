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
    List<Literal> inputs = List.of(Literal.scalar(DType.BOOL, 0), many, few);
    Run run = new Run(driver, new Primitive.Check("no", 2), inputs, 512);
    StepContext context = run.context;
    assertEquals(
        List.of(
            new Address(Address.Space.EVIDENCE, 0, 512),
            new Address(Address.Space.EVIDENCE, 0, 768)),
        context.evidence());
    long evidence = run.address(context.evidence().get(0));
    run.after(context.code(StepContext.Failure.CHECK) - 40);
    assertEquals(0x7F7F7F7F, first(evidence));
    run.after(-1);
    assertEquals(context.code(StepContext.Failure.CHECK), first(run.address(context.status())));
    assertEquals(
        Literal.ofInts(7, 8), EmulatedDriver.read(evidence, TensorType.of(DType.INT32, 2)));
    assertEquals(0x7F7F7F7F, first(evidence + 8));
    assertEquals(few, EmulatedDriver.read(evidence + 256, few.type()));
  }

  private static int first(long address) {
    return (int) EmulatedDriver.read(address, TensorType.of(DType.INT32, 1)).getLong(0);
  }

  /** A check with memory for all that it reads and writes. */
  private static final class Run {
    private final EmulatedDriver driver;
    private final StepContext context;
    private final List<Long> places = new ArrayList<>();
    private final Map<Address.Space, Long> spaces;

    /** The last place is the output's. */
    Run(EmulatedDriver driver, Primitive.Check check, List<Literal> inputs, long evidenceAt) {
      this.driver = driver;
      List<Place> fed = new ArrayList<>();
      for (Literal input : inputs) {
        fed.add(place(input.type()));
        EmulatedDriver.write(places.get(places.size() - 1), input);
      }
      Step step = new Step(check, fed, List.of(place(SCALAR)), Origin.of("test"));
      context = new StepContext(step, 9, driver.target(false), false, evidenceAt);
      CommandFactory.make(context);
      spaces =
          Map.of(
              Address.Space.EVIDENCE,
              driver.allocate(1024),
              Address.Space.STATUS,
              driver.allocate(64));
    }

    private Place place(TensorType type) {
      places.add(driver.allocate(8192));
      return new Place(Place.Space.FEED, places.size() - 1, 0, type);
    }

    long address(Address address) {
      Long base = spaces.get(address.space());
      return (base == null ? places.get(address.index()) : base) + address.offset();
    }

    /** Runs the check where this is the code of what failed before, or -1. */
    void after(int status) {
      EmulatedDriver.write(address(context.status()), Literal.ofInts(status));
      try (DriverStream stream = driver.newStream()) {
        for (Command command : context.commands()) {
          Launch launch = (Launch) command;
          stream.launch(driver.load(List.of(launch.source())).get(0), launch, this::address);
        }
        stream.synchronize();
      }
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
    assertSuspect("2 0", new Suspect.Zero(), Literal.ofLongs(8, -1, 0, 3, 0));
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
    List<Literal> inputs = List.of(Literal.scalar(DType.BOOL, 0), tensor);
    Run run = new Run(driver, new Primitive.Check("no", suspect), inputs, 0);
    run.after(-1);
    List<Address> evidence = run.context.evidence();
    Literal position =
        EmulatedDriver.read(run.address(evidence.get(0)), TensorType.of(DType.INT64));
    Literal kept =
        EmulatedDriver.read(
            run.address(evidence.get(1)), tensor.type().withShape(Shape.of(suspect.told())));
    String elements = position.getLong(0) < 0 ? "" : " " + String.join(" ", kept.texts());
    assertEquals(expected, position.text(0) + elements);
  }
}
