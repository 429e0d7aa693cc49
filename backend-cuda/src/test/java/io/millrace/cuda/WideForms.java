package io.millrace.cuda;

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
    int begin = text.indexOf("(\n", text.indexOf(source.name() + "(\n")) + 1;
    String[] parameters = text.substring(begin, text.indexOf(") {", begin)).split(",\n");
    List<Argument> arguments = new ArrayList<>();
    for (int i = 0; i < parameters.length; i++) {
      Argument argument = launch.arguments().get(i);
      boolean position = parameters[i].strip().startsWith("index_t ");
      arguments.add(
          argument instanceof Argument.Divisor divisor
              ? new Argument.LongWord(divisor.divisor())
              : position ? new Argument.LongWord(((Argument.Word) argument).value()) : argument);
    }
    return new Launch(
        new KernelSource(source.name(), true, text),
        launch.blocksX(),
        launch.blocksY(),
        launch.threads(),
        arguments,
        Optional.empty());
  }
}
