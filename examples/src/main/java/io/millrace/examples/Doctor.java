package io.millrace.examples;

import io.millrace.Backends;
import io.millrace.spi.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says what this machine offers. */
final class Doctor {
  private Doctor() {}

  /** Returns the Java virtual machine, the devices found, and why others were not. */
  static String report() {
    List<String> lines = new ArrayList<>();
    lines.add("Java        " + System.getProperty("java.vm.name") + " " + Runtime.version());
    lines.add("            " + System.getProperty("java.home"));
    lines.add("System      " + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    lines.add("Processors  " + Runtime.getRuntime().availableProcessors());
    Backends backends = Backends.find();
    for (Backend backend : backends.all()) {
      Optional<String> reason = backend.unavailable();
      lines.add("");
      lines.add(
          "Backend     "
              + backend.name()
              + reason
                  .map(r -> ": not available")
                  .orElse(": " + String.join(", ", backend.devices())));
      reason.ifPresent(r -> lines.add("            " + r.replace("\n", "\n            ")));
      backend.describe().forEach(line -> lines.add("            " + line));
    }
    backends.broken().forEach(line -> lines.add("Broken      " + line));
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }
}
