package io.millrace.cpu.workers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tells what processor this is, for people. */
public final class Processor {
  private static final Path INFO = Path.of("/proc/cpuinfo");

  /** The instruction sets that matter here, in the names of Linux. */
  private static final List<String> FEATURES =
      List.of("sse4_2", "avx", "avx2", "fma", "avx512f", "avx512bw", "amx_tile", "asimd", "sve");

  private Processor() {}

  /** Returns the architecture and, on Linux, the model and the instruction sets. */
  public static String describe() {
    String architecture = System.getProperty("os.arch");
    if (!Files.isReadable(INFO)) {
      return architecture;
    }
    try {
      List<String> lines = Files.readAllLines(INFO);
      List<String> flags = List.of((value(lines, "flags") + value(lines, "Features")).split(" "));
      Stream<String> known = FEATURES.stream().filter(flags::contains);
      return String.join(
          " ",
          Stream.concat(Stream.of(architecture, value(lines, "model name")), known)
              .filter(part -> !part.isEmpty())
              .toList());
    } catch (IOException e) {
      return architecture;
    }
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }
}
