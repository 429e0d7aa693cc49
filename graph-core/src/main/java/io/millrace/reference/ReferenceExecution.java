package io.millrace.reference;

import io.millrace.DeviceException;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.Body;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Execution;
import io.millrace.spi.Holders;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Interruption;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Runs a plan step by step: copies a step's inputs out of memory, interprets, copies back. */
final class ReferenceExecution implements Execution {
  private final Plan plan;
  private final Interruption interruption;
  private final ArenaPool<HostMemory>.Lease lease;

  ReferenceExecution(Plan plan, ArenaPool<HostMemory> arenas) {
    this.plan = plan;
    interruption = Interruption.of(plan);
    lease = arenas.lease(Holders.arena(plan), plan.arenaBytes());
  }

  @Override
  public void reserve() {
    lease.begin();
  }

  @Override
  public void release() {
    lease.end();
  }

  @Override
  public void run(List<HostMemory> feeds, List<DeviceMemory> resources, List<HostMemory> fetches) {
    HostMemory arena = lease.begin();
    try {
      run(
          place ->
              switch (place.space()) {
                case ARENA -> arena;
                case FEED -> feeds.get(place.index());
                case FETCH -> fetches.get(place.index());
                case RESOURCE -> (HostMemory) resources.get(place.index());
                case CONSTANT, ROW -> throw new IllegalArgumentException(place + " is not memory");
              });
    } finally {
      lease.end();
    }
  }

  private void run(Function<Place, HostMemory> memory) {
    for (int i = 0; i < plan.steps().size(); i++) {
      interruption.check(i);
      Step step = plan.steps().get(i);
      Holders.making(step, () -> requireArrays(step));
      List<Literal> inputs = new ArrayList<>();
      for (Place place : step.inputs()) {
        inputs.add(
            place.space() == Place.Space.CONSTANT
                ? plan.constants().get(place.index()).reshape(place.type().shape())
                : read(memory.apply(place), place));
      }
      List<Literal> outputs = evaluate(step, inputs);
      for (int j = 0; j < outputs.size(); j++) {
        Place place = step.outputs().get(j);
        write(memory.apply(place), place, outputs.get(j));
      }
    }
  }

  /** Requires all that a step takes and gives to fit arrays, in which tensors are interpreted. */
  private static Step requireArrays(Step step) {
    for (List<Place> places : List.of(step.inputs(), step.outputs())) {
      for (Place place : places) {
        if (place.type().bytes() > Literal.MOST_BYTES) {
          throw new DeviceException(
              "the reference device computes with tensors of up to %,d bytes, not with %s of %,d"
                  .formatted(Literal.MOST_BYTES, place.type(), place.type().bytes()));
        }
      }
    }
    return step;
  }

  /** What is inside a step is interpreted as it is stated, whatever the plan makes of it. */
  private static List<Literal> evaluate(Step step, List<Literal> inputs) {
    List<TensorType> types = step.outputs().stream().map(Place::type).toList();
    boolean interruptible = step.bodies().stream().allMatch(Body::interruptible);
    return ReferenceInterpreter.evaluate(
        step.primitive(), inputs, types, step.origin(), interruptible);
  }

  private static Literal read(HostMemory memory, Place place) {
    byte[] bytes = new byte[Math.toIntExact(place.type().bytes())];
    memory.window(place.offset()).get((int) (place.offset() % HostMemory.WINDOW), bytes);
    return Literal.wrap(place.type(), bytes);
  }

  private static void write(HostMemory memory, Place place, Literal value) {
    byte[] bytes = new byte[Math.toIntExact(place.type().bytes())];
    value.bytes().get(bytes);
    memory.window(place.offset()).put((int) (place.offset() % HostMemory.WINDOW), bytes);
  }

  @Override
  public void close() {
    lease.close();
  }
}
