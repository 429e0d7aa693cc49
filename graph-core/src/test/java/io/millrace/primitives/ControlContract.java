package io.millrace.primitives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.millrace.compiler.Verifier;
import io.millrace.compiler.passes.Passes;
import io.millrace.compiler.planning.Planner;
import io.millrace.ir.Origin;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.spi.CapacityException;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Plan;
import io.millrace.spi.StepException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds a device to what programs with programs inside mean, with passes and without. */
public abstract class ControlContract {
  /** More than a device needs before it does things in its last way, such as recorded ones. */
  private static final int RUNS = 3;

  /** Opens the device. */
  protected abstract Device open();

  @TestFactory
  Stream<DynamicTest> computes() {
    return new ControlCases()
        .all().stream()
            .flatMap(
                one ->
                    Stream.of(
                        dynamicTest(one.name() + " as stated", () -> check(one, one.program())),
                        dynamicTest(
                            one.name() + " after passes",
                            () -> check(one, Passes.apply(one.program(), new ArrayList<>())))));
  }

  /** Returns how many random programs a device is held to, with choices and loops in most. */
  protected int randomPrograms() {
    return 60;
  }

  /** Random programs of integers give what interpreting them does, instruction by instruction. */
  @Test
  void runsRandomPrograms() {
    for (long seed = 0; seed < randomPrograms(); seed++) {
      Program program = RandomPrograms.integers(seed);
      check(random(program, seed), program);
      check(random(program, seed), Passes.apply(program, new ArrayList<>()));
    }
  }

  private static ControlCase random(Program program, long seed) {
    List<Literal> feeds = RandomPrograms.feeds(program, seed);
    Map<Resource, Literal> state = RandomPrograms.resources(DType.INT32, seed);
    Map<String, Literal> named = new LinkedHashMap<>();
    state.forEach((resource, value) -> named.put(resource.name(), value));
    ProgramRun wanted = ProgramRun.interpret(program, feeds, named);
    Map<Resource, Literal> after = new LinkedHashMap<>();
    state.keySet().forEach(r -> after.put(r, wanted.resources().get(r.name())));
    return ControlCase.of("random " + seed, program, feeds, wanted.fetches()).with(state, after);
  }

  private void check(ControlCase one, Program program) {
    Verifier.verify(program);
    try (Device device = open();
        Run run = new Run(device, program)) {
      for (int time = 0; time < RUNS; time++) {
        run.set(one.state());
        if (one.failure().isPresent()) {
          StepException e = assertThrows(StepException.class, () -> run.run(one.feeds()));
          assertEquals(one.failure().get(), e.getMessage());
        } else {
          assertEquals(one.fetches(), run.run(one.feeds()), () -> one + "\n" + run.plan);
        }
        Map<Resource, Literal> after = new LinkedHashMap<>(one.after());
        after.keySet().retainAll(run.state.keySet());
        assertEquals(after, run.get(after.keySet()), () -> one + "\n" + run.plan);
      }
    }
  }

  /** What a loop says that has too few rows is enough to do better. */
  @Test
  void tellsTheCapacityThatIsMissing() {
    ControlCase one = ControlFailures.exceeding();
    try (Device device = open();
        Run run = new Run(device, one.program())) {
      CapacityException e = assertThrows(CapacityException.class, () -> run.run(one.feeds()));
      assertEquals(List.of(4L, 5L), List.of(e.capacity(), e.needed()));
      assertEquals("loop", e.origin().toString());
      assertTrue(
          assertThrows(StepException.class, () -> run.run(ControlFailures.beyondCapacity()))
              instanceof CapacityException);
    }
  }

  @Test
  void endsLoopsOfAnInterruptedThread() {
    try (Device device = open();
        Run run = new Run(device, ControlFailures.endless())) {
      Thread caller = Thread.currentThread();
      Thread interrupter =
          new Thread(
              () -> {
                try {
                  Thread.sleep(100);
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                caller.interrupt();
              });
      interrupter.start();
      StepException e = assertThrows(StepException.class, () -> run.run(List.of()));
      assertTrue(Thread.interrupted());
      assertTrue(e.getMessage().startsWith("its thread was interrupted before turn "));
    }
  }

  /** Executions of one plan in several threads keep their turns and rows apart. */
  @Test
  void executionsDoNotDisturbEachOther() throws Exception {
    List<ControlCase> cases =
        new ControlCases()
            .all().stream().filter(c -> c.name().endsWith("rows of 16 BACKWARD")).toList();
    Plan plan = Planner.plan(cases.get(0).program());
    ExecutorService threads = Executors.newFixedThreadPool(cases.size());
    try (Device device = open();
        Executable executable = device.compile(plan)) {
      List<Future<?>> runs = new ArrayList<>();
      for (ControlCase one : cases) {
        assertEquals(plan, Planner.plan(one.program()));
        runs.add(
            threads.submit(
                () -> {
                  try (Execution execution = executable.newExecution()) {
                    for (int time = 0; time < 20; time++) {
                      assertEquals(one.fetches(), Run.run(execution, plan, one.feeds(), List.of()));
                    }
                  }
                }));
      }
      for (Future<?> run : runs) {
        run.get();
      }
    } finally {
      threads.shutdown();
    }
  }

  /** A device with a program, and memory for all that it reads and writes. */
  private static final class Run implements AutoCloseable {
    private final Device device;
    private final Plan plan;
    private final Executable executable;
    private final Execution execution;
    private final Map<Resource, DeviceMemory> state = new LinkedHashMap<>();

    Run(Device device, Program program) {
      this.device = device;
      plan = Planner.plan(program);
      executable = device.compile(plan);
      execution = executable.newExecution();
      for (Resource resource : plan.resources()) {
        state.put(resource, device.allocate(resource.name(), resource.type().bytes()));
      }
    }

    List<Literal> run(List<Literal> feeds) {
      return run(execution, plan, feeds, List.copyOf(state.values()));
    }

    private static List<Literal> run(
        Execution execution, Plan plan, List<Literal> feeds, List<DeviceMemory> resources) {
      List<HostMemory> fed = new ArrayList<>();
      for (Literal feed : feeds) {
        HostMemory memory = HostMemory.allocate(feed.type().bytes());
        memory.window(0).put(0, feed.bytes(), 0, (int) feed.type().bytes());
        fed.add(memory);
      }
      List<HostMemory> fetched = new ArrayList<>();
      for (TensorType type : plan.fetches()) {
        fetched.add(HostMemory.allocate(type.bytes()));
      }
      try {
        execution.run(fed, resources, fetched);
        List<Literal> results = new ArrayList<>();
        for (int i = 0; i < fetched.size(); i++) {
          byte[] bytes = new byte[(int) plan.fetches().get(i).bytes()];
          fetched.get(i).window(0).get(0, bytes);
          results.add(Literal.wrap(plan.fetches().get(i), bytes));
        }
        return results;
      } finally {
        fed.forEach(HostMemory::close);
        fetched.forEach(HostMemory::close);
      }
    }

    /** Runs a program of its own. */
    private List<Literal> once(Program program, List<Literal> feeds, DeviceMemory memory) {
      Plan own = Planner.plan(program);
      try (Executable ready = device.compile(own);
          Execution single = ready.newExecution()) {
        return run(single, own, feeds, List.of(memory));
      }
    }

    void set(Map<Resource, Literal> values) {
      values.forEach(
          (resource, value) -> {
            if (!state.containsKey(resource)) {
              return;
            }
            ProgramBuilder builder = new ProgramBuilder();
            builder.update(resource, builder.feed(resource.type(), Origin.of("value")));
            once(builder.build(List.of()), List.of(value), state.get(resource));
          });
    }

    Map<Resource, Literal> get(Iterable<Resource> resources) {
      Map<Resource, Literal> values = new LinkedHashMap<>();
      for (Resource resource : resources) {
        ProgramWriter writer = new ProgramWriter();
        Program read = writer.fetch(List.of(writer.read(resource)));
        values.put(resource, once(read, List.of(), state.get(resource)).get(0));
      }
      return values;
    }

    @Override
    public void close() {
      execution.close();
      executable.close();
      state.values().forEach(DeviceMemory::close);
    }
  }
}
