package io.millrace.cpu;

import io.millrace.cpu.device.KernelFactory;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.ir.Primitive;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.HostAccount;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Runs single steps on the CPU and compares them with the reference. */
public final class StepRunner {
  private static final List<WorkerPool> POOLS =
      List.of(new WorkerPool(1), new WorkerPool(2), new WorkerPool(3));

  private static final List<Spans> FORMS =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));

  private StepRunner() {}

  /** Compares many steps with the reference. */
  static void checkAll(Collection<StepCase> cases) {
    cases.forEach(one -> one.check(run(one), ""));
  }

  /** Runs a step with each form of its loops and one to three workers; all must agree. */
  public static List<Literal> run(StepCase one) {
    Optional<List<Literal>> first = Optional.empty();
    for (Spans spans : forms(one.primitive())) {
      for (WorkerPool pool : POOLS) {
        List<Literal> results = run(one, spans, pool);
        String run = spans.mode() + " with " + pool.workers() + " workers: " + one;
        agree(one, first.orElse(results), results, run);
        first = Optional.of(results);
      }
    }
    return first.orElseThrow();
  }

  /** Returns the forms of loops that make a difference to a primitive. */
  private static List<Spans> forms(Primitive primitive) {
    return primitive instanceof Primitive.Reduce
            || primitive instanceof Primitive.Scan
            || primitive instanceof Primitive.Scatter
        ? FORMS
        : List.of(Spans.shared());
  }

  /** Returns the results of a primitive. */
  public static List<Literal> run(
      Primitive primitive,
      List<Literal> inputs,
      List<TensorType> outputs,
      Spans spans,
      WorkerPool pool) {
    return run(StepCase.of(primitive, inputs, outputs.toArray(TensorType[]::new)), spans, pool);
  }

  /** Returns a frame without arena and constants. */
  public static Frame frame(WorkerPool pool, Kernel... kernels) {
    ArenaPool<HostMemory> memory = ArenaPool.of(new HostAccount(0));
    long scratchBytes = Kernel.scratchBytes(kernels);
    int operands = Kernel.operands(kernels);
    return new Frame(memory, "test", 0, new HostMemory[0], 0, pool, scratchBytes, operands);
  }

  /** Runs a step twice, over garbage; both runs must leave the same. */
  private static List<Literal> run(StepCase one, Spans spans, WorkerPool pool) {
    Kernel kernel = KernelFactory.of(one.step(), spans);
    List<HostMemory> feeds = new ArrayList<>();
    one.inputs().forEach(input -> feeds.add(HostMemory.allocate(input.type().bytes())));
    List<HostMemory> fetches = new ArrayList<>();
    one.outputs().forEach(output -> fetches.add(HostMemory.allocate(output.bytes())));
    try (Frame frame = frame(pool, kernel)) {
      frame.bind(feeds, List.of(), fetches);
      List<Literal> first = List.of();
      for (int time = 0; time < 2; time++) {
        for (int i = 0; i < feeds.size(); i++) {
          Literal input = one.inputs().get(i);
          feeds.get(i).window(0).put(0, input.bytes(), 0, (int) input.type().bytes());
        }
        for (int i = 0; i < fetches.size(); i++) {
          dirty(fetches.get(i), one.outputs().get(i).bytes());
        }
        for (int worker = 0; worker < pool.workers(); worker++) {
          dirty(frame.scratch(worker), kernel.scratchBytes());
        }
        kernel.run(frame);
        List<Literal> results = results(one, feeds, fetches);
        agree(one, time == 0 ? results : first, results, "the second run of " + one);
        first = results;
      }
      return first;
    } finally {
      feeds.forEach(HostMemory::close);
      fetches.forEach(HostMemory::close);
    }
  }

  /**
   * Fails unless all numbers are the same; the bits of a NaN may depend on how code is compiled.
   */
  private static void agree(StepCase one, List<Literal> first, List<Literal> second, String about) {
    for (int i = 0; i < first.size(); i++) {
      Tolerance.NUMBERS.check(one, first.get(i), second.get(i), about);
    }
  }

  private static List<Literal> results(
      StepCase one, List<HostMemory> feeds, List<HostMemory> fetches) {
    List<Literal> results = new ArrayList<>();
    for (Place place : one.step().outputs()) {
      byte[] bytes = new byte[Math.toIntExact(place.type().bytes())];
      boolean fed = place.space() == Place.Space.FEED;
      (fed ? feeds : fetches).get(place.index()).window(0).get(0, bytes);
      results.add(Literal.wrap(place.type(), bytes));
    }
    return results;
  }

  private static void dirty(HostMemory memory, long bytes) {
    byte[] dirt = new byte[Math.toIntExact(bytes)];
    Arrays.fill(dirt, (byte) 0xFF);
    memory.window(0).put(0, dirt);
  }
}
