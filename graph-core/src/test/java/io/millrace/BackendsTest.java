package io.millrace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Backend;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceOptions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which device a session gets, and what it says when that is not the one hoped for. */
class BackendsTest {
  /** A backend that is not there. */
  private record Absent(boolean isHardwarePresent) implements Backend {
    Absent() {
      this(true);
    }

    @Override
    public String name() {
      return "fast";
    }

    @Override
    public int priority() {
      return 100;
    }

    @Override
    public Optional<String> unavailable() {
      return Optional.of("its library is missing; add the dependency x:y");
    }

    @Override
    public List<String> devices() {
      return List.of();
    }

    @Override
    public List<String> describe() {
      return List.of();
    }

    @Override
    public List<String> aliases() {
      return List.of("quick");
    }

    @Override
    public Device open(String device, DeviceOptions options) {
      throw new IllegalStateException("never opened");
    }
  }

  private static Backend reference() {
    return Backends.find().all().stream()
        .filter(b -> b.name().equals("reference"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aSlowerDeviceThanHopedForIsSaidAndExplained() {
    Backends backends = new Backends(List.of(new Absent(), reference()), List.of());
    List<String> warnings =
        Logs.of(
            () -> {
              try (Device device = backends.open("", DeviceOptions.defaults())) {
                assertEquals("reference:0", device.name());
              }
            });
    assertEquals(1, warnings.size());
    assertTrue(warnings.get(0).contains("run on reference"), warnings.get(0));
    assertTrue(warnings.get(0).contains("fast: its library is missing"), warnings.get(0));
  }

  @Test
  void aDeviceAskedForIsTakenWithoutAWord() {
    Backends backends = new Backends(List.of(new Absent(), reference()), List.of());
    assertEquals(
        List.of(), Logs.of(() -> backends.open("reference", DeviceOptions.defaults()).close()));
  }

  @Test
  void aDeviceThatIsNotThereIsRefusedWithEveryReason() {
    Backends backends = new Backends(List.of(new Absent(), reference()), List.of("a broken one"));
    DeviceException e =
        assertThrows(
            DeviceException.class, () -> backends.open("fast:0", DeviceOptions.defaults()));
    assertTrue(e.getMessage().contains("there is no device 'fast:0'"), e.getMessage());
    assertTrue(e.getMessage().contains("add the dependency x:y"), e.getMessage());
    assertTrue(e.getMessage().contains("a broken one"), e.getMessage());
  }

  @Test
  void aBackendWithoutHardwareIsNotMissed() {
    Backends backends = new Backends(List.of(new Absent(false), reference()), List.of());
    assertEquals(List.of(), Logs.of(() -> backends.open("", DeviceOptions.defaults()).close()));
  }

  @Test
  void namesAreThoseOfTensorFlowToo() {
    Backends backends = new Backends(List.of(new Absent(), reference()), List.of());
    for (String name :
        List.of(
            "reference",
            "Reference:0",
            "/reference:0",
            "/device:REFERENCE:*",
            "/job:localhost/replica:0/task:0/device:REFERENCE:0")) {
      try (Device device = backends.open(name, DeviceOptions.defaults())) {
        assertEquals("reference:0", device.name());
      }
    }
    for (String name : List.of("reference:1", "/job:worker/reference:0", "/task:1", "quick:0")) {
      DeviceException e =
          assertThrows(
              DeviceException.class, () -> backends.open(name, DeviceOptions.defaults()), name);
      assertTrue(e.getMessage().contains("reference: has reference:0"), e.getMessage());
    }
    for (String name : List.of("cpu:x", "a b", "/cpu:0/gpu:0", "/", "cpu:0:1")) {
      DeviceException e =
          assertThrows(
              DeviceException.class, () -> backends.open(name, DeviceOptions.defaults()), name);
      assertTrue(e.getMessage().contains("'" + name + "' names no device"), e.getMessage());
    }
  }
}
