package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.View;
import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ReferenceBackendTest {
  private static final TensorType PAIR = TensorType.of(DType.INT32, 2);

  @Test
  void isFoundAndRunsAPlan() {
    Backend backend =
        ServiceLoader.load(Backend.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(b -> b.name().equals("reference"))
            .findFirst()
            .orElseThrow();
    assertEquals(List.of("reference:0"), backend.devices());
    assertEquals(true, backend.unavailable().isEmpty());

    // @0 = feed * constant; resource = resource + @0; fetch = @0 / feed
    Place feed = new Place(Place.Space.FEED, 0, 0, PAIR);
    Place constant = new Place(Place.Space.CONSTANT, 0, 0, PAIR);
    Place product = new Place(Place.Space.ARENA, 0, 64, PAIR);
    Place total = new Place(Place.Space.RESOURCE, 0, 0, PAIR);
    Place fetch = new Place(Place.Space.FETCH, 0, 0, PAIR);
    Plan plan =
        new Plan(
            List.of(
                step(BinaryFn.MUL, feed, constant, product, "mul"),
                step(BinaryFn.ADD, total, product, total, "AssignAdd"),
                step(BinaryFn.DIV, product, feed, fetch, "div")),
            List.of(PAIR),
            List.of(new Resource("total", PAIR)),
            List.of(Literal.ofInts(10, 20)),
            List.of(PAIR),
            List.of(),
            128,
            128);

    try (Device device = backend.open("reference:0", DeviceOptions.defaults());
        Executable executable = device.compile(plan);
        Execution execution = executable.newExecution();
        HostMemory fed = HostMemory.allocate(8);
        HostMemory held = (HostMemory) device.allocate("held", 8);
        HostMemory fetched = HostMemory.allocate(8)) {
      put(fed, 3, -4);
      execution.run(List.of(fed), List.of(held), List.of(fetched));
      execution.run(List.of(fed), List.of(held), List.of(fetched));
      assertEquals(List.of(60, -160), get(held));
      assertEquals(List.of(10, 20), get(fetched));

      put(fed, 1, 0);
      StepException e =
          assertThrows(
              StepException.class,
              () -> execution.run(List.of(fed), List.of(held), List.of(fetched)));
      assertEquals(Origin.of("div"), e.origin());
      assertEquals("integer division by zero", e.getMessage());
    }
  }

  @Test
  void refusesAnUnknownDevice() {
    ReferenceBackend backend = new ReferenceBackend();
    assertThrows(
        IllegalArgumentException.class,
        () -> backend.open("reference:1", DeviceOptions.defaults()));
  }

  private static Step step(BinaryFn fn, Place x, Place y, Place output, String origin) {
    ScalarBuilder builder = new ScalarBuilder();
    Shape domain = PAIR.shape();
    return new Step(
        new Primitive.Map(
            builder.build(
                List.of(builder.parameter(DType.INT32).apply(fn, builder.parameter(DType.INT32)))),
            domain,
            List.of(View.dense(domain), View.dense(domain))),
        List.of(x, y),
        List.of(output),
        Origin.of(origin));
  }

  private static void put(HostMemory memory, int first, int second) {
    memory.window(0).putInt(0, first).putInt(4, second);
  }

  private static List<Integer> get(HostMemory memory) {
    return List.of(memory.window(0).getInt(0), memory.window(0).getInt(4));
  }
}
