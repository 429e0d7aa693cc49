package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Backends;
import io.millrace.spi.Backend;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the doctor says of backends. */
class DoctorTest {
  @Test
  void listsDevicesAndReasons() {
    String report = Doctor.report();
    List<Backend> all = Backends.find().all();
    assertTrue(
        all.stream()
            .map(Backend::name)
            .collect(Collectors.toSet())
            .containsAll(List.of("cpu", "cuda", "reference")));
    for (Backend backend : all) {
      String heading = "Backend     " + backend.name() + ": ";
      if (backend.unavailable().isPresent()) {
        assertTrue(report.contains(heading + "not available"), report);
        assertTrue(report.contains(backend.unavailable().get()), report);
      } else {
        assertTrue(report.contains(heading + String.join(", ", backend.devices())), report);
      }
    }
  }
}
