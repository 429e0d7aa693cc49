package io.millrace.conformance;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the command line asks for.
 *
 * @param device the device to run on; empty for the best
 * @param passes whether programs are optimised
 * @param verbose whether all there is to say is said
 * @param sample where to copy a sample of the passing cases, if anywhere
 * @param page where to write the page on all operations, if anywhere
 * @param folder where the cases are
 * @param patterns which cases to run; all if empty
 */
record Command(
    String device,
    boolean passes,
    boolean verbose,
    Optional<Path> sample,
    Optional<Path> page,
    Path folder,
    List<String> patterns) {

  static final String HELP =
      String.join(
          System.lineSeparator(),
          "Runs cases recorded with TensorFlow, and says where results differ.",
          "",
          "Usage: millrace conformance [OPTION...] DIR [NAME...]",
          "",
          "  DIR            the cases: every folder in it, or in a zip archive in it, that holds a",
          "                 case.json",
          "  NAME           only cases whose name contains this; * stands for any text",
          "  --device NAME  reference, cpu or cuda:0 (default: the best there is)",
          "  --no-passes    compile without optimising",
          "  --verbose      tell every tensor that differs, stack traces, and what is unsupported",
          "  --sample OUT   put a few small passing cases of every operation into the folder OUT,",
          "                 a zip archive for each group, in place of the cases there",
          "  --page FILE    write the page that lists every operation and how many cases passed",
          "  --help         print this help",
          "",
          "Ends with status 0 if every case passed, 1 if not, 2 for a wrong command line.",
          "");

  Command {
    patterns = List.copyOf(patterns);
  }

  /**
   * Reads a command line.
   *
   * @throws WrongUsageException if it cannot be understood
   */
  static Command parse(String... args) throws WrongUsageException {
    String device = "";
    boolean passes = true;
    boolean verbose = false;
    Optional<Path> sample = Optional.empty();
    Optional<Path> page = Optional.empty();
    List<String> names = new ArrayList<>();
    Deque<String> rest = new ArrayDeque<>(List.of(args));
    while (!rest.isEmpty()) {
      String argument = rest.pop();
      switch (argument) {
        case "--device" -> device = value(argument, rest);
        case "--no-passes" -> passes = false;
        case "--verbose" -> verbose = true;
        case "--page" -> page = Optional.of(path(value(argument, rest)));
        case "--sample" -> sample = Optional.of(path(value(argument, rest)));
        default -> {
          if (argument.startsWith("-")) {
            throw new WrongUsageException("unknown option " + argument);
          }
          names.add(argument);
        }
      }
    }
    if (names.isEmpty()) {
      throw new WrongUsageException("the folder of the cases is missing");
    }
    Path folder = path(names.get(0));
    if (sample.isPresent() && overlap(sample.get(), folder)) {
      throw new WrongUsageException("the sample would replace cases that it is made from");
    }
    return new Command(
        device, passes, verbose, sample, page, folder, names.subList(1, names.size()));
  }

  private static boolean overlap(Path a, Path b) {
    Path first = a.toAbsolutePath().normalize();
    Path second = b.toAbsolutePath().normalize();
    return first.startsWith(second) || second.startsWith(first);
  }

  private static String value(String option, Deque<String> rest) throws WrongUsageException {
    if (rest.isEmpty() || rest.peek().startsWith("-")) {
      throw new WrongUsageException(option + " needs a value");
    }
    return rest.pop();
  }

  private static Path path(String text) throws WrongUsageException {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new WrongUsageException("'" + text + "' is not a path: " + Text.firstLine(e));
    }
  }

  /** Returns whether a case is asked for. */
  boolean wants(String name) {
    return patterns.isEmpty() || patterns.stream().anyMatch(p -> matches(p, name));
  }

  private static boolean matches(String pattern, String name) {
    String regex =
        Stream.of(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
    return Pattern.compile(regex).matcher(name).find();
  }
}
