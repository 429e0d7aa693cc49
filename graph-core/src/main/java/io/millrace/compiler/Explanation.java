package io.millrace.compiler;

import io.millrace.Operation;
import io.millrace.compiler.planning.Schedule;
import io.millrace.compiler.planning.Schedule.Link;
import io.millrace.op.Messages;
import io.millrace.spi.Plan;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.function.BiFunction;

/** Writes a compilation as text. */
final class Explanation {
  private final Compiler.Compilation compilation;
  private final BiFunction<String, Plan, String> devices;
  private final StringBuilder text = new StringBuilder();

  private Explanation(Compiler.Compilation compilation, BiFunction<String, Plan, String> devices) {
    this.compilation = compilation;
    this.devices = devices;
  }

  /** Returns every stage; where there are several devices, what each does and what it is given. */
  static String of(Compiler.Compilation compilation, BiFunction<String, Plan, String> devices) {
    return new Explanation(compilation, devices).write();
  }

  private String write() {
    text.append("graph\n");
    compilation.graphPart().forEach(this::operation);
    if (!compilation.roads().isEmpty()) {
      text.append("control\n");
      compilation
          .roads()
          .forEach(
              (name, how) -> text.append("  ").append(name).append(": ").append(how).append('\n'));
    }
    text.append("program\n").append(compilation.lowered().program());
    List<Schedule.Part> parts = compilation.schedule().parts();
    boolean alone = parts.size() == 1;
    for (int i = 0; i < parts.size(); i++) {
      Schedule.Part part = parts.get(i);
      if (!alone || !part.device().equals(compilation.home())) {
        text.append("part ").append(i).append(" on ").append(part.device()).append('\n');
        copies(part, parts);
      }
      program(compilation.programs().get(i), alone);
      text.append("plan\n").append(part.plan());
      text.append(devices.apply(part.device(), part.plan()));
    }
    return text.toString();
  }

  private void operation(Operation operation) {
    text.append("  ")
        .append(operation.name())
        .append(" = ")
        .append(Messages.describe(operation.op()));
    operation.inputs().forEach(i -> text.append(' ').append(i.name()));
    operation.controlInputs().forEach(c -> text.append(" ^").append(c.name()));
    text.append('\n');
  }

  private void copies(Schedule.Part part, List<Schedule.Part> parts) {
    for (int slot = 0; slot < part.feeds().size(); slot++) {
      Link link = part.feeds().get(slot);
      for (int from = 0; from < parts.size() && link.kind() != Link.Kind.FEED; from++) {
        int fetch = parts.get(from).fetches().indexOf(link);
        if (fetch >= 0) {
          TensorType type = part.plan().feeds().get(slot);
          text.append(
              String.format(
                  "  feed%d = fetch%d of part %d, %s, %,d bytes%n",
                  slot, fetch, from, type, type.bytes()));
        }
      }
    }
  }

  private void program(Compiler.Optimized program, boolean alone) {
    if (!program.changed().isEmpty()) {
      text.append("passes\n");
      program.changed().forEach(c -> text.append("  ").append(c).append('\n'));
      text.append("optimized program\n").append(program.optimized());
    } else if (!alone) {
      text.append("program\n").append(program.stated());
    }
  }
}
