package io.millrace.cpu;

import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.List;

/** Runs one kernel on given tensors. */
final class KernelRunner {
  private KernelRunner() {}

  /** Returns the outputs of a primitive, computed by its kernel. */
  static List<Literal> run(
      Primitive primitive,
      List<Literal> inputs,
      List<TensorType> outputs,
      Spans spans,
      WorkerPool pool) {
    List<Place> inputPlaces = new ArrayList<>();
    List<HostMemory> feeds = new ArrayList<>();
    for (Literal input : inputs) {
      inputPlaces.add(new Place(Place.Space.FEED, feeds.size(), 0, input.type()));
      feeds.add(memory(input));
    }
    List<Place> outputPlaces = new ArrayList<>();
    List<HostMemory> fetches = new ArrayList<>();
    for (TensorType output : outputs) {
      outputPlaces.add(new Place(Place.Space.FETCH, fetches.size(), 0, output));
      HostMemory memory = HostMemory.allocate(output.bytes());
      for (int i = 0; i < output.bytes(); i++) {
        memory.window(0).put(i, (byte) 0x5A);
      }
      fetches.add(memory);
    }
    Step step = new Step(primitive, inputPlaces, outputPlaces, "step");
    Kernel kernel = KernelFactory.of(step, spans);
    try (Frame frame = new Frame(0, new HostMemory[0], pool, kernel.scratchBytes())) {
      frame.bind(feeds, List.of(), fetches);
      kernel.run(frame);
      List<Literal> results = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        results.add(literal(outputs.get(i), fetches.get(i)));
      }
      return results;
    } finally {
      feeds.forEach(HostMemory::close);
      fetches.forEach(HostMemory::close);
    }
  }

  /** Requires the reference's numbers, whatever the form of loops and the number of workers. */
  static void check(
      Primitive primitive,
      List<Literal> inputs,
      TensorType output,
      List<Spans> forms,
      List<WorkerPool> pools) {
    Literal wanted = ReferenceInterpreter.evaluate(primitive, inputs, List.of(output)).get(0);
    for (Spans spans : forms) {
      for (WorkerPool pool : pools) {
        Literal got = run(primitive, inputs, List.of(output), spans, pool).get(0);
        String about =
            String.format(
                "%s of %s, %s loops, %d workers", primitive, inputs, spans.mode(), pool.workers());
        Literals.assertClose(wanted, got, 0, about);
      }
    }
  }

  static HostMemory memory(Literal literal) {
    HostMemory memory = HostMemory.allocate(literal.type().bytes());
    memory.window(0).put(0, literal.bytes(), 0, (int) literal.type().bytes());
    return memory;
  }

  static Literal literal(TensorType type, HostMemory memory) {
    byte[] bytes = new byte[(int) type.bytes()];
    memory.window(0).get(0, bytes);
    return Literal.wrap(type, bytes);
  }
}
