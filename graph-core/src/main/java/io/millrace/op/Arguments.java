package io.millrace.op;

import io.millrace.FeedException;
import io.millrace.GraphException;
import io.millrace.type.Given;
import io.millrace.type.SourceLine;
import java.util.Arrays;
import java.util.Collection;

/**
 * Refuses null among the arguments of whatever adds to a graph or runs it: the message names the
 * method that the user called, the argument and the user's line.
 */
public final class Arguments {
  private Arguments() {}

  /**
   * Returns an argument.
   *
   * @param argument its name, as the method that the user calls has it
   * @throws GraphException if it is null
   */
  public static <T> T require(T value, String argument) {
    if (value == null) {
      throw missing(argument);
    }
    return value;
  }

  /**
   * Requires several arguments to be there.
   *
   * @param names their names, in order, with commas between them
   * @throws GraphException if one is null
   */
  public static void requireEach(String names, Object... values) {
    for (int i = 0; i < values.length; i++) {
      if (values[i] == null) {
        throw missing(names.split(", ", -1)[i]);
      }
    }
  }

  /**
   * Returns a list or the like that is an argument.
   *
   * @throws GraphException if it is null or holds null
   */
  public static <C extends Collection<?>> C requireAll(C values, String argument) {
    C given = require(values, argument);
    int at = Given.firstNull(given);
    if (at >= 0) {
      throw missing("element " + at + " of " + argument);
    }
    return given;
  }

  /**
   * Returns an array that is an argument.
   *
   * @throws GraphException if it is null or holds null
   */
  public static <T> T[] requireAll(T[] values, String argument) {
    T[] given = require(values, argument);
    requireAll(Arrays.asList(given), argument);
    return given;
  }

  /**
   * Returns an operation, no attribute of which is null.
   *
   * @throws GraphException if one is
   */
  public static Op requireComplete(Op op, String argument) {
    Op given = require(op, argument);
    Components.firstNull(given)
        .ifPresent(
            name -> {
              throw missing(name);
            });
    return given;
  }

  /**
   * Returns what a run is asked for or fed.
   *
   * @throws FeedException if it is null
   */
  public static <T> T requireForRun(T value, String argument) {
    if (value == null) {
      throw new FeedException(refused(argument + " is null"));
    }
    return value;
  }

  /** Returns the exception for an argument, or something in one, that is null. */
  public static GraphException missing(String argument) {
    return new GraphException(refused(argument + " is null"));
  }

  /** Returns a message with the method that the user called, the rule broken and the line. */
  private static String refused(String rule) {
    SourceLine.Call call = OpFamilies.call();
    return call.refused(rule) + "\n  at " + call.line();
  }
}
