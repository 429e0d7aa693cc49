package io.millrace.examples;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Declares the options of an example and reads them from its command line.
 *
 * <p>An option is written {@code --name VALUE} or {@code --name=VALUE}, a flag {@code --name};
 * given twice, the last one counts. {@code --help} is always there.
 */
final class Options {
  private static final int FAILED = 1;

  /** An example's work, once its options are known. */
  @FunctionalInterface
  interface Program {
    /**
     * Does the work.
     *
     * @return the process's exit status
     * @throws UsageException if an option's value turns out not to be usable
     * @throws DataFileException if a data file is missing or damaged
     * @throws IOException if another file cannot be read or written
     * @throws Exception if something else fails; it is not caught
     */
    int run(OptionValues values) throws Exception;
  }

  private enum Kind {
    INTEGER,
    TEXT,
    PATH,
    FLAG
  }

  private record Option(
      String name,
      Kind kind,
      String placeholder,
      String fallback,
      long min,
      long max,
      String help) {
    String usage() {
      return "--" + name + (kind == Kind.FLAG ? "" : " " + placeholder);
    }

    String description() {
      return help + (fallback.isEmpty() ? "" : " (default " + fallback + ")");
    }

    String accepted() {
      return switch (kind) {
        case INTEGER -> "an integer from " + min + " to " + max;
        case PATH -> "a path";
        case TEXT, FLAG -> "a text that is not empty";
      };
    }

    boolean accepts(String value) {
      try {
        return switch (kind) {
          case INTEGER -> Long.parseLong(value) >= min && Long.parseLong(value) <= max;
          case PATH -> !Path.of(value).toString().isEmpty();
          case TEXT, FLAG -> !value.isEmpty();
        };
      } catch (NumberFormatException | InvalidPathException e) {
        return false;
      }
    }
  }

  private final String program;
  private final String purpose;
  private final Map<String, Option> options = new LinkedHashMap<>();

  /**
   * Declares a program without options other than {@code --help}.
   *
   * @param program what one types to start it, shown in the help
   * @param purpose a sentence on what it does
   */
  Options(String program, String purpose) {
    this.program = program;
    this.purpose = purpose;
    declare(new Option("help", Kind.FLAG, "", "", 0, 0, "print this help"));
  }

  /** Declares {@code --name N} for an integer of {@code min} to {@code max}. */
  Options integer(String name, long fallback, long min, long max, String help) {
    return declare(new Option(name, Kind.INTEGER, "N", Long.toString(fallback), min, max, help));
  }

  /** Declares {@code --name PLACEHOLDER} for a text that is not empty. */
  Options text(String name, String placeholder, String fallback, String help) {
    return declare(new Option(name, Kind.TEXT, placeholder, fallback, 0, 0, help));
  }

  /** Declares {@code --name PLACEHOLDER} for a file or directory, absent unless given. */
  Options path(String name, String placeholder, String help) {
    return declare(new Option(name, Kind.PATH, placeholder, "", 0, 0, help));
  }

  /** Declares {@code --name}, which is off unless given. */
  Options flag(String name, String help) {
    return declare(new Option(name, Kind.FLAG, "", "", 0, 0, help));
  }

  private Options declare(Option option) {
    if (options.putIfAbsent(option.name(), option) != null) {
      throw new IllegalArgumentException("--" + option.name() + " is declared twice");
    }
    return this;
  }

  /**
   * Runs a program with the options of its command line, and says on {@code err} why it could not.
   *
   * @return the exit status: the program's own; 0 for help; 2 for a wrong command line; 1 for a
   *     missing or damaged data file, and for files that cannot be read or written
   * @throws Exception whatever else the program throws
   */
  int run(String[] args, PrintStream out, PrintStream err, Program body) throws Exception {
    try {
      return body.run(parse(args));
    } catch (UsageException e) {
      if (e.status() == 0) {
        out.print(e.getMessage());
      } else {
        err.println(program + ": " + e.getMessage());
        err.println("Try --help.");
      }
      return e.status();
    } catch (DataFileException e) {
      err.println(program + ": " + e.getMessage());
      return FAILED;
    } catch (IOException e) {
      // The message of most is only the file's name: their own name says what is wrong with it.
      err.println(program + ": " + e.getClass().getSimpleName() + ": " + e.getMessage());
      return FAILED;
    }
  }

  /**
   * Reads a command line.
   *
   * @throws UsageException if it asks for help, has an option that was not declared, or gives one a
   *     value that it does not accept
   */
  OptionValues parse(String... args) throws UsageException {
    Map<String, String> values = new HashMap<>();
    options.values().forEach(option -> values.put(option.name(), option.fallback()));
    Iterator<String> rest = List.of(args).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      int equals = argument.indexOf('=');
      Option option = find(equals < 0 ? argument : argument.substring(0, equals));
      if (option.kind() == Kind.FLAG) {
        if (equals >= 0) {
          throw UsageException.wrong("--" + option.name() + " takes no value, not " + argument);
        }
        values.put(option.name(), "true");
      } else {
        String value = equals < 0 ? next(option, rest) : argument.substring(equals + 1);
        if (!option.accepts(value)) {
          throw UsageException.wrong(
              "--" + option.name() + " needs " + option.accepted() + ", not '" + value + "'");
        }
        values.put(option.name(), value);
      }
    }
    if ("true".equals(values.get("help"))) {
      throw UsageException.help(help());
    }
    return new OptionValues(values);
  }

  private static String next(Option option, Iterator<String> rest) throws UsageException {
    String value = rest.hasNext() ? rest.next() : "--";
    if (value.startsWith("--")) {
      throw UsageException.wrong(
          "--" + option.name() + " needs " + option.accepted() + ", but no value follows it");
    }
    return value;
  }

  private Option find(String argument) throws UsageException {
    Option option = argument.startsWith("--") ? options.get(argument.substring(2)) : null;
    if (option == null) {
      List<String> names = shown().stream().map(Option::name).collect(Collectors.toList());
      String what = argument.startsWith("-") ? "unknown option " : "unexpected argument ";
      throw UsageException.wrong(
          what + argument + "; accepted are --" + String.join(", --", names));
    }
    return option;
  }

  /** Returns the options in the order declared, but --help last. */
  private List<Option> shown() {
    List<Option> shown = new ArrayList<>(options.values());
    shown.add(shown.remove(0));
    return shown;
  }

  /** Returns the help: what the program does, and a line per option with its default. */
  String help() {
    List<Option> shown = shown();
    int width = shown.stream().mapToInt(option -> option.usage().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    text.append(purpose).append("\n\nUsage: ").append(program).append(" [options]\n\n");
    for (Option option : shown) {
      String gap = " ".repeat(width - option.usage().length() + 2);
      text.append("  ").append(option.usage()).append(gap);
      text.append(option.description()).append('\n');
    }
    return text.toString().replace("\n", System.lineSeparator());
  }
}
