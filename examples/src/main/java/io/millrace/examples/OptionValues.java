package io.millrace.examples;

import io.millrace.SessionOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Holds the values of all declared options after the command line was read.
 *
 * <p>Each method throws IllegalArgumentException if no such option was declared, or one of another
 * kind: that is a mistake in the program, not on the command line.
 *
 * @param values the values by option name, as text that {@link Options} has checked: of a flag that
 *     was given "true", of a flag or path that was not the empty text
 */
record OptionValues(Map<String, String> values) {
  OptionValues {
    values = Map.copyOf(values);
  }

  /** Returns the value of an integer option. */
  long integer(String name) {
    return Long.parseLong(text(name));
  }

  /** Returns the value of an integer option whose declared range lies within that of an int. */
  int smallInteger(String name) {
    return Integer.parseInt(text(name));
  }

  /** Returns the value of an option as text. */
  String text(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no option --" + name + " is declared");
    }
    return value;
  }

  /** Returns the value of a path option, or empty if it was not given. */
  Optional<Path> path(String name) {
    return Optional.of(text(name)).filter(value -> !value.isEmpty()).map(Path::of);
  }

  /** Returns whether a flag was given. */
  boolean flag(String name) {
    return text(name).equals("true");
  }

  /** Returns how to open a session on the device of the option {@code --device}. */
  SessionOptions session() {
    String device = text("device");
    return device.equals("any")
        ? SessionOptions.defaults()
        : SessionOptions.defaults().device(device);
  }
}
