package io.millrace.benchmarks;

import io.millrace.DeviceException;
import io.millrace.SessionOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Measures workloads and prints one tab-separated line for each: {@code millrace}, workload,
 * median, 10th and 90th percentile of the milliseconds a step takes, steps counted, final loss or
 * checksum, peak resident memory in MB.
 *
 * <p>Each workload runs in a Java process of its own, so that neither memory nor compiled code is
 * shared.
 */
public final class Bench {
  private static final String DEVICE = "--device";

  private Bench() {}

  /** Runs the workloads named, or all. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (Arrays.asList(args).contains("--help")) {
      System.out.println(help());
      return;
    }
    List<String> names = new ArrayList<>(List.of(args));
    String device = "";
    int option = names.indexOf(DEVICE);
    if (option >= 0) {
      if (option + 1 == names.size()) {
        System.err.println(DEVICE + " needs a name, such as cuda:0");
        System.exit(2);
      }
      device = names.remove(option + 1);
      names.remove(option);
    }
    Set<Workload> chosen = new LinkedHashSet<>();
    for (String name : names.isEmpty() ? List.of("") : names) {
      List<Workload> found = matching(name);
      if (found.isEmpty()) {
        System.err.println("unknown workload '" + name + "'; there are " + names());
        System.exit(2);
      }
      chosen.addAll(found);
    }
    if (chosen.size() == 1) {
      try {
        measure(chosen.iterator().next(), SessionOptions.defaults().device(device));
      } catch (DeviceException e) {
        System.err.println(e.getMessage());
        System.exit(2);
      }
      return;
    }
    for (Workload workload : chosen) {
      int status = inOwnProcess(workload, device);
      if (status != 0) {
        System.err.println(workload + " failed with exit status " + status);
        System.exit(1);
      }
    }
  }

  private static String help() {
    return String.join(
        System.lineSeparator(),
        "Measures workloads, all of them unless some are named.",
        "",
        "Usage: millrace bench [--device NAME] [WORKLOAD...]",
        "",
        "  --device NAME  where to run, such as cpu:0 or cuda:0; otherwise the best device",
        "",
        "Workloads: " + names(),
        "",
        "A line holds, between tabs: millrace; the workload; median, 10th and 90th percentile of",
        "the milliseconds that a step takes; steps counted; final loss or checksum; peak memory",
        "in MB.");
  }

  /** Returns the workload of this name, or those whose name it begins, such as W6 or nothing. */
  private static List<Workload> matching(String name) {
    List<Workload> all = List.of(Workload.values());
    List<Workload> exact = all.stream().filter(w -> w.toString().equals(name)).toList();
    return exact.isEmpty()
        ? all.stream().filter(w -> name.isEmpty() || w.toString().startsWith(name + "_")).toList()
        : exact;
  }

  private static String names() {
    return Arrays.stream(Workload.values())
        .map(Workload::toString)
        .collect(Collectors.joining(", "));
  }

  private static int inOwnProcess(Workload workload, String device)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Bench.class.getName(), workload.toString()));
    if (!device.isEmpty()) {
      command.addAll(List.of(DEVICE, device));
    }
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static void measure(Workload workload, SessionOptions options) {
    double[] ms = new double[workload.steps];
    double value = 0;
    try (Workload.Step step = workload.open(options)) {
      for (int i = 0; i < ms.length; i++) {
        long start = System.nanoTime();
        value = step.run(i);
        ms[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    double[] counted = Arrays.copyOfRange(ms, workload.uncounted, ms.length);
    Arrays.sort(counted);
    System.out.println(
        String.join(
            "\t",
            "millrace",
            workload.toString(),
            digits(percentile(counted, 50), 5),
            digits(percentile(counted, 10), 5),
            digits(percentile(counted, 90), 5),
            Integer.toString(counted.length),
            digits(value, 6),
            peakMegabytes()));
  }

  private static double percentile(double[] sorted, double p) {
    double at = p / 100 * (sorted.length - 1);
    int i = (int) at;
    return i + 1 < sorted.length ? sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]) : sorted[i];
  }

  private static String digits(double value, int digits) {
    return Double.isFinite(value)
        ? new BigDecimal(value).round(new MathContext(digits)).stripTrailingZeros().toPlainString()
        : Double.toString(value);
  }

  /** Returns the process's peak resident memory; NA where the system does not tell. */
  private static String peakMegabytes() {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return "NA";
    }
    try {
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmHWM")) {
          return Long.toString(Math.round(Long.parseLong(line.replaceAll("\\D+", "")) / 1024.0));
        }
      }
    } catch (IOException e) {
      return "NA";
    }
    return "NA";
  }
}
