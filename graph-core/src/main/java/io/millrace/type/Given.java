package io.millrace.type;

import java.util.Collection;

/** Refuses null where a value has to be given, with the method that was called and the argument. */
public final class Given {
  private Given() {}

  /**
   * Returns what was given.
   *
   * @param argument its name, as the method has it
   * @throws IllegalArgumentException if it is null
   */
  public static <T> T value(T value, String argument) {
    if (value == null) {
      throw missing(argument);
    }
    return value;
  }

  /**
   * Returns what was given, none of it null.
   *
   * @throws IllegalArgumentException if it is null or holds null
   */
  public static <C extends Collection<?>> C all(C values, String argument) {
    C given = value(values, argument);
    int at = firstNull(given);
    if (at >= 0) {
      throw missing("element " + at + " of " + argument);
    }
    return given;
  }

  private static IllegalArgumentException missing(String argument) {
    return new IllegalArgumentException(SourceLine.call().refused(argument + " is null"));
  }

  /** Returns the position of the first null; -1 if there is none. */
  public static int firstNull(Collection<?> values) {
    int at = 0;
    for (Object value : values) {
      if (value == null) {
        return at;
      }
      at++;
    }
    return -1;
  }
}
