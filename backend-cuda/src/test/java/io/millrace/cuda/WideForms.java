package io.millrace.cuda;

import io.millrace.cuda.command.Argument;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Turns launches into those of the same kernels with counts and positions of 64 bits, which else
 * only tensors have that are too large for a test.
 */
final class WideForms {
  private WideForms() {}

  static List<Command> of(List<Command> commands) {
    return commands.stream().map(c -> c instanceof Launch launch ? of(launch) : c).toList();
  }

  private static Command of(Launch launch) {
    KernelSource source = launch.source();
    if (source.wide()) {
      return launch;
    }
    String text = source.text();
    // The kernel of several pieces of work calls a function with the arguments of each.
    boolean joined = launch.arguments().get(0) instanceof Argument.Items;
    String function = (joined ? "one" : source.name()) + "(\n";
    int begin = text.indexOf(function) + function.length();
    List<String> parameters =
        List.of(text.substring(begin, text.indexOf(") {", begin)).split(",\n"));
    List<Argument> arguments =
        launch.arguments().get(0) instanceof Argument.Items items
            ? List.of(
                new Argument.Items(
                    items.items().stream().map(item -> of(parameters, item)).toList(),
                    items.capacity()))
            : of(parameters, launch.arguments());
    return new Launch(
        new KernelSource(source.name(), true, text),
        launch.blocksX(),
        launch.blocksY(),
        launch.threads(),
        arguments,
        Optional.empty());
  }

  private static List<Argument> of(List<String> parameters, List<Argument> arguments) {
    List<Argument> wide = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      Argument argument = arguments.get(i);
      boolean position = parameters.get(i).strip().startsWith("index_t ");
      wide.add(
          argument instanceof Argument.Divisor divisor
              ? new Argument.LongWord(divisor.divisor())
              : position ? new Argument.LongWord(((Argument.Word) argument).value()) : argument);
    }
    return wide;
  }
}
