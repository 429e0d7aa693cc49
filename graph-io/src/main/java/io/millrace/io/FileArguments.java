package io.millrace.io;

import io.millrace.type.Given;
import io.millrace.type.SourceLine;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Refuses null among the arguments of {@link GraphDefs}. */
final class FileArguments {
  private FileArguments() {}

  /**
   * Returns an argument.
   *
   * @param argument its name, as the method that the user calls has it
   * @throws GraphDefException if it is null
   */
  static <T> T require(@Nullable T value, String argument) {
    if (value == null) {
      SourceLine.Call call = SourceLine.callOf(List.of(GraphDefs.class));
      throw new GraphDefException(call.refused(argument + " is null") + "\n  at " + call.line());
    }
    return value;
  }

  /**
   * Returns names or the like that are an argument.
   *
   * @throws GraphDefException if they are null or hold null
   */
  static <C extends Collection<?>> C requireAll(@Nullable C values, String argument) {
    C given = require(values, argument);
    int at = Given.firstNull(given);
    if (at >= 0) {
      require(null, "element " + at + " of " + argument);
    }
    return given;
  }
}
