package io.millrace.examples;

import io.millrace.MillraceException;
import java.util.Arrays;
import java.util.List;

/** What {@code ./millrace} starts for {@code example NAME} and {@code doctor}. */
public final class Launcher {
  private static final List<Example> EXAMPLES =
      List.of(new SoftmaxExample(), new LeNet5Example(), new NewtonExample());

  private Launcher() {}

  /**
   * Runs a command and ends the process with its exit status.
   *
   * @throws Exception what an example could not handle
   */
  public static void main(String[] args) throws Exception {
    System.exit(run(args));
  }

  private static int run(String[] args) throws Exception {
    if (args.length > 1 && args[0].equals("doctor")) {
      System.err.println("millrace doctor takes no arguments");
      return 2;
    }
    if (args.length > 0 && args[0].equals("doctor")) {
      System.out.print(Doctor.report());
      return 0;
    }
    if (args.length > 0 && args[0].equals("example")) {
      return example(Arrays.copyOfRange(args, 1, args.length));
    }
    System.err.println("Usage: millrace example [NAME [OPTION...]] | doctor");
    return 2;
  }

  private static int example(String[] args) throws Exception {
    if (args.length == 0 || args[0].equals("--help")) {
      System.out.println("Examples, each with its own --help:");
      EXAMPLES.forEach(e -> System.out.printf("  %-10s %s%n", e.name(), e.purpose()));
      return 0;
    }
    for (Example example : EXAMPLES) {
      if (example.name().equals(args[0])) {
        try {
          return example.run(Arrays.copyOfRange(args, 1, args.length));
        } catch (MillraceException e) {
          System.err.println("millrace example " + args[0] + ": " + e.getMessage());
          return 1;
        }
      }
    }
    System.err.println(
        "there is no example '"
            + args[0]
            + "'; there are "
            + String.join(", ", EXAMPLES.stream().map(Example::name).toList()));
    return 2;
  }
}
