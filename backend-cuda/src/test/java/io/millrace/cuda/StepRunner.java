package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.device.SharedDevices;
import io.millrace.cuda.driver.Driver;
import io.millrace.cuda.driver.DriverStream;
import io.millrace.cuda.program.CommandFactory;
import io.millrace.primitives.StepCase;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** Runs single steps on the emulated device and compares them with the reference. */
public final class StepRunner {
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
  public static Driver driver() {
    return driver(true);
  }

  /**
   * Returns the same; an emulated device has algorithms of cuDNN for everything, or for nothing.
   */
  public static Driver driver(boolean cudnn) {
    return onDevice()
        ? SharedDevices.get(Integer.parseInt(System.getProperty(DEVICE).replace("cuda:", "")))
            .driver()
        : new EmulatedDriver(1L << 30, cudnn);
  }

  /**
   * What a step left.
   *
   * @param status the code of the failure, or -1
   */
  public record Result(List<Literal> outputs, int status, List<Command> commands) {}

  /** Compares many steps, whose kernels are compiled together, with the reference. */
  static void checkAll(Collection<StepCase> cases) {
    checkAll(cases, driver());
  }

  /** Compares many steps on a device. */
  static void checkAll(Collection<StepCase> cases, Driver driver) {
    prepare(cases, driver);
    for (StepCase one : cases) {
      check(one, run(one, driver, false));
    }
  }

  /** Compares many steps whose kernels have counts and positions of 64 bits. */
  static void checkWide(Collection<StepCase> cases) {
    Driver driver = driver();
    prepare(cases, driver, true);
    for (StepCase one : cases) {
      check(one, runWide(one, driver));
    }
  }

  private static void check(StepCase one, Result result) {
    assertEquals(NOTHING_FAILED, result.status(), one::toString);
    one.check(result.outputs(), result.commands().toString());
  }

  /** Compiles the kernels of many steps together. */
  public static void prepare(Collection<StepCase> cases, Driver driver) {
    prepare(cases, driver, false);
  }

  private static void prepare(Collection<StepCase> cases, Driver driver, boolean wide) {
    MISSING.ifPresent(reason -> assumeTrue(false, reason));
    List<KernelSource> sources = new ArrayList<>();
    for (StepCase one : cases) {
      List<Command> commands = context(one, driver, false).commands();
      for (Command command : wide ? WideForms.of(commands) : commands) {
        if (command instanceof Launch launch) {
          sources.add(launch.source());
        }
      }
    }
    driver.load(sources);
  }

  private static StepContext context(StepCase one, Driver driver, boolean gated) {
    StepContext context = new StepContext(one.step(), 5, driver.target(false), gated, 0);
    CommandFactory.make(context);
    return context;
  }

  /**
   * Runs a step twice, over garbage; both runs must leave the same bits. A third run, gated after a
   * failure, must change nothing.
   */
  public static Result run(StepCase one, Driver driver, boolean mayFail) {
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
    java.util.Arrays.fill(bytes, (byte) 0xFF);
    return Literal.wrap(type, bytes);
  }

  /** Returns what kernels leave whose counts and positions have 64 bits. */
  private static Result runWide(StepCase one, Driver driver) {
    StepContext context = context(one, driver, false);
    return run(one, driver, context, WideForms.of(context.commands()), NOTHING_FAILED);
  }

  private static Result run(StepCase one, Driver driver, StepContext context, int status) {
    return run(one, driver, context, context.commands(), status);
  }

  private static Result run(
      StepCase one, Driver driver, StepContext context, List<Command> commands, int status) {
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
