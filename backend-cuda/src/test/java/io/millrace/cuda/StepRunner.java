package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Runs single steps on the emulated device and compares them with the reference. */
final class StepRunner {
  /** The property that names a device of NVIDIA's to run on instead. */
  private static final String DEVICE = "millrace.cuda.test";

  private static final Optional<String> MISSING =
      onDevice() ? Optional.empty() : NativeKernels.unavailable();
  private static final int NOTHING_FAILED = -1;

  private StepRunner() {}

  private static boolean onDevice() {
    return System.getProperty(DEVICE) != null;
  }

  /** Returns the device that steps run on: an emulated one, or that of the property. */
  static Driver driver() {
    return driver(true);
  }

  /**
   * Returns the same; an emulated device has algorithms of cuDNN for everything, or for nothing.
   */
  static Driver driver(boolean cudnn) {
    return onDevice()
        ? SharedDevices.get(Integer.parseInt(System.getProperty(DEVICE).replace("cuda:", "")))
            .driver()
        : new EmulatedDriver(1L << 30, cudnn);
  }

  /**
   * One step to run.
   *
   * @param inPlace the input in whose place the output is, or -1
   */
  record Case(Primitive primitive, List<Literal> inputs, List<TensorType> outputs, int inPlace) {
    Case {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }

    static Case of(Primitive primitive, List<Literal> inputs, TensorType... outputs) {
      return new Case(primitive, inputs, List.of(outputs), -1);
    }

    Case inPlace(int input) {
      return new Case(primitive, inputs, outputs, input);
    }

    List<Literal> wanted() {
      return ReferenceInterpreter.evaluate(primitive, inputs, outputs);
    }

    Step step() {
      List<Place> sources = new ArrayList<>();
      for (int i = 0; i < inputs.size(); i++) {
        sources.add(new Place(Place.Space.FEED, i, 0, inputs.get(i).type()));
      }
      List<Place> targets = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        targets.add(
            inPlace >= 0 && i == 0
                ? new Place(Place.Space.FEED, inPlace, 0, outputs.get(i))
                : new Place(Place.Space.FETCH, i, 0, outputs.get(i)));
      }
      return new Step(primitive, sources, targets, "test");
    }

    @Override
    public String toString() {
      return primitive + " of " + inputs.stream().map(Literal::type).toList() + " to " + outputs;
    }
  }

  /**
   * What a step left.
   *
   * @param status the code of the failure, or -1
   */
  record Result(List<Literal> outputs, int status, List<Command> commands) {}

  /** Compares the outputs of a step with the reference's, to rounding. */
  static void check(Primitive primitive, List<Literal> inputs, TensorType... outputs) {
    checkAll(List.of(Case.of(primitive, inputs, outputs)));
  }

  /** Compares many steps, whose kernels are compiled together. */
  static void checkAll(List<Case> cases) {
    checkAll(cases, driver(), 2e-5, 1e-13);
  }

  /**
   * Compares many steps with the reference's results.
   *
   * @param single how much float32 may differ, relative to the largest finite element or 1
   * @param wide the same of float64
   */
  static void checkAll(List<Case> cases, Driver driver, double single, double wide) {
    prepare(cases, driver);
    for (Case one : cases) {
      List<Literal> wanted = one.wanted();
      Result result = run(one, driver, false);
      for (int i = 0; i < wanted.size(); i++) {
        DType dtype = wanted.get(i).type().dtype();
        double tolerance = dtype == DType.FLOAT32 ? single : wide;
        compare(wanted.get(i), result.outputs().get(i), tolerance, one + "\n" + result.commands());
      }
      assertEquals(NOTHING_FAILED, result.status(), one::toString);
    }
  }

  /** Compiles the kernels of many steps together. */
  static void prepare(List<Case> cases, Driver driver) {
    prepare(cases, driver, false);
  }

  /** Compiles those with counts and positions of 64 bits. */
  static void prepareWide(List<Case> cases, Driver driver) {
    prepare(cases, driver, true);
  }

  private static void prepare(List<Case> cases, Driver driver, boolean wide) {
    MISSING.ifPresent(reason -> assumeTrue(false, reason));
    List<KernelSource> sources = new ArrayList<>();
    for (Case one : cases) {
      List<Command> commands = context(one, driver, false).commands();
      for (Command command : wide ? WideForms.of(commands) : commands) {
        if (command instanceof Launch launch) {
          sources.add(launch.source());
        }
      }
    }
    driver.load(sources);
  }

  private static StepContext context(Case one, Driver driver, boolean gated) {
    StepContext context = new StepContext(one.step(), 5, driver.target(false), gated, 0);
    CommandFactory.make(context);
    return context;
  }

  static void compare(Literal wanted, Literal got, double tolerance, String about) {
    assertEquals(wanted.type(), got.type(), about);
    double scale = 1;
    for (long i = 0; i < wanted.size(); i++) {
      double w = Math.abs(wanted.getDouble(i));
      scale = w > scale && w < Double.POSITIVE_INFINITY ? w : scale;
    }
    for (long i = 0; i < wanted.size(); i++) {
      long at = i;
      if (!wanted.type().dtype().isFloating()) {
        assertEquals(wanted.getLong(i), got.getLong(i), () -> about + ", element " + at);
        continue;
      }
      double w = wanted.getDouble(i);
      double g = got.getDouble(i);
      boolean same = w == g || (Double.isNaN(w) && Double.isNaN(g));
      assertTrue(
          same || Math.abs(w - g) <= tolerance * scale,
          () -> about + ", element " + at + " is " + g + " instead of " + w);
    }
  }

  /**
   * Runs a step twice, over garbage; both runs must leave the same bits. A third run, gated after a
   * failure, must change nothing.
   */
  static Result run(Case one, Driver driver, boolean mayFail) {
    MISSING.ifPresent(reason -> assumeTrue(false, reason));
    StepContext context = context(one, driver, false);
    Result first = run(one, driver, context, NOTHING_FAILED);
    Result second = run(one, driver, context, NOTHING_FAILED);
    for (int i = 0; i < first.outputs().size() && !mayFail; i++) {
      assertTrue(
          first.outputs().get(i).equals(second.outputs().get(i)), () -> "the second run of " + one);
    }
    Result closed = run(one, driver, context(one, driver, true), 0);
    for (int i = 0; i < one.outputs().size(); i++) {
      TensorType type = one.outputs().get(i);
      Literal untouched =
          one.inPlace() >= 0 && i == 0
              ? one.inputs().get(one.inPlace()).bitcast(type)
              : garbage(type);
      assertTrue(
          closed.outputs().get(i).equals(untouched),
          () -> "after a failure " + one + " still wrote");
    }
    return first;
  }

  private static Literal garbage(TensorType type) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    java.util.Arrays.fill(bytes, (byte) 0x7F);
    return Literal.wrap(type, bytes);
  }

  /** Returns what kernels leave whose counts and positions have 64 bits. */
  static Result runWide(Case one, Driver driver) {
    StepContext context = context(one, driver, false);
    return run(one, driver, context, WideForms.of(context.commands()), NOTHING_FAILED);
  }

  private static Result run(Case one, Driver driver, StepContext context, int status) {
    return run(one, driver, context, context.commands(), status);
  }

  private static Result run(
      Case one, Driver driver, StepContext context, List<Command> commands, int status) {
    Map<Address, Long> blocks = new HashMap<>();
    List<Long> allocated = new ArrayList<>();
    for (int i = 0; i < one.inputs().size(); i++) {
      long at = allocate(driver, one.inputs().get(i).type().bytes(), allocated);
      write(driver, at, one.inputs().get(i));
      blocks.put(new Address(Address.Space.FEED, i, 0), at);
    }
    for (int i = 0; i < one.outputs().size(); i++) {
      blocks.put(
          new Address(Address.Space.FETCH, i, 0),
          allocate(driver, one.outputs().get(i).bytes(), allocated));
    }
    blocks.put(
        new Address(Address.Space.SCRATCH, 0, 0),
        allocate(driver, context.scratchBytes(), allocated));
    blocks.put(
        new Address(Address.Space.EVIDENCE, 0, 0),
        allocate(driver, context.evidenceBytes(), allocated));
    long word = allocate(driver, 4, allocated);
    write(driver, word, Literal.ofInts(status));
    blocks.put(new Address(Address.Space.STATUS, 0, 0), word);
    ToLongFunction<Address> memory =
        a -> {
          Long base = blocks.get(new Address(a.space(), a.index(), 0));
          if (base == null) {
            throw new IllegalArgumentException(a + " is no memory of " + one);
          }
          return base + a.offset();
        };
    try (DriverStream stream = driver.newStream()) {
      for (Command command : commands) {
        SingleCommands.add(command, driver, stream, memory);
      }
      stream.synchronize();
    }
    List<Literal> outputs = new ArrayList<>();
    for (Place place : one.step().outputs()) {
      outputs.add(read(driver, memory.applyAsLong(Address.of(place)), place.type()));
    }
    int left = (int) read(driver, word, TensorType.of(DType.INT32, 1)).getLong(0);
    allocated.forEach(driver::free);
    return new Result(outputs, left, commands);
  }

  /** Returns memory that holds garbage. */
  private static long allocate(Driver driver, long bytes, List<Long> allocated) {
    long size = Math.max(64, (bytes + 63) / 64 * 64);
    long at = driver.allocate(size);
    write(driver, at, garbage(TensorType.of(DType.UINT8, size)));
    allocated.add(at);
    return at;
  }

  private static void write(Driver driver, long to, Literal value) {
    long bytes = value.type().bytes();
    if (bytes > 0) {
      try (HostMemory memory = HostMemory.uninitialized(bytes)) {
        memory.window(0).put(0, value.bytes(), 0, (int) bytes);
        driver.upload(memory, to, bytes);
      }
    }
  }

  private static Literal read(Driver driver, long from, TensorType type) {
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    if (bytes.length > 0) {
      try (HostMemory memory = HostMemory.uninitialized(bytes.length)) {
        driver.download(from, memory, bytes.length);
        memory.window(0).get(0, bytes);
      }
    }
    return Literal.wrap(type, bytes);
  }
}
