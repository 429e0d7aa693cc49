package io.millrace.conformance;

import io.millrace.Backends;
import io.millrace.DeviceException;
import io.millrace.SessionOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Arrays;

/** What {@code ./millrace conformance} starts. */
public final class Main {
  private static final int FAILED = 1;
  private static final int WRONG_COMMAND = 2;
  private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());

  private Main() {}

  /** Runs the cases of a folder and ends the process with the exit status. */
  public static void main(String[] args) throws IOException {
    System.exit(run(System.out, System.err, Boolean.getBoolean("millrace.terminal"), args));
  }

  /**
   * Runs the cases of a folder.
   *
   * @param terminal whether {@code err} is a terminal, on which progress may be shown
   * @return the exit status
   */
  static int run(PrintStream out, PrintStream err, boolean terminal, String... args)
      throws IOException {
    if (Arrays.asList(args).contains("--help")) {
      out.print(Command.HELP);
      return 0;
    }
    try {
      Command command = Command.parse(args);
      // One thread each, for several cases run at once.
      SessionOptions options =
          SessionOptions.defaults().device(command.device()).threads(1).passes(command.passes());
      requireDevice(options);
      try (Suite suite = Suite.find(command)) {
        return run(command, options, suite, out, terminal ? err : NOWHERE);
      }
    } catch (WrongUsageException e) {
      err.println("millrace conformance: " + e.getMessage());
      err.println("Try --help.");
      return WRONG_COMMAND;
    }
  }

  private static int run(
      Command command, SessionOptions options, Suite suite, PrintStream out, PrintStream terminal)
      throws IOException {
    CaseProgress progress = new CaseProgress(terminal, System::nanoTime, suite.entries().size());
    Report report = new Report(out, progress, command.verbose());
    Sample sample = new Sample();
    OperationsPage page = new OperationsPage();
    suite.run(
        options,
        Runtime.getRuntime().availableProcessors(),
        (entry, verdict) -> {
          report.hear(entry, verdict);
          page.hear(entry, verdict);
          if (command.sample().isPresent() && verdict instanceof Verdict.Passed) {
            sample.add(entry);
          }
        });
    if (command.sample().isPresent()) {
      out.println(sample.write(command.sample().get()));
    }
    if (command.page().isPresent()) {
      Files.writeString(command.page().get(), page.markdown());
    }
    report.close();
    return report.allPassed() ? 0 : FAILED;
  }

  private static void requireDevice(SessionOptions options) throws WrongUsageException {
    try {
      Backends.find().open(options.placement().device(), options.devices()).close();
    } catch (DeviceException e) {
      throw new WrongUsageException(String.valueOf(e.getMessage()));
    }
  }
}
