package io.millrace.spi;

import io.millrace.ir.Control;
import io.millrace.ir.Cost;
import io.millrace.ir.Primitive;
import io.millrace.ir.ProgramPrinter;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a plan as text. */
final class PlanPrinter {
  private PlanPrinter() {}

  static String print(Plan plan) {
    StringBuilder text = new StringBuilder();
    print(plan.steps(), "  ", text);
    long fused =
        plan.allSteps()
            .filter(s -> s.primitive() instanceof Primitive.LoopNest)
            .filter(s -> s.origin().sites().size() > 1)
            .count();
    long loops = plan.allSteps().filter(s -> s.primitive() instanceof Control.Repeat).count();
    Cost cost = plan.steps().stream().map(Step::cost).reduce(Cost.NOTHING, Cost::plus);
    return text.append(
            String.format(
                "  %d steps, %d of them fused loops; %,d FLOPs; %,d bytes read, %,d written%s;"
                    + " arena %,d bytes (%,d unshared)%n",
                plan.allSteps().count(),
                fused,
                cost.flops(),
                cost.read(),
                cost.written(),
                loops == 0 ? "" : " if each repeat has one turn",
                plan.arenaBytes(),
                plan.unsharedBytes()))
        .toString();
  }

  private static void print(List<Step> steps, String indent, StringBuilder text) {
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      text.append(indent)
          .append(String.format("%3d  ", i))
          .append(join(step.outputs()))
          .append(" = ")
          .append(ProgramPrinter.print(step.primitive()))
          .append(" of ")
          .append(join(step.inputs()))
          .append("  # ")
          .append(step.origin())
          .append('\n');
      for (int j = 0; j < step.bodies().size(); j++) {
        Body body = step.bodies().get(j);
        text.append(indent)
            .append("     ")
            .append(ProgramPrinter.title(step.primitive(), j))
            .append(": ")
            .append(join(body.feeds()))
            .append(" to ")
            .append(join(body.fetches()))
            .append('\n');
        print(body.steps(), indent + "     ", text);
      }
    }
  }

  private static String join(List<?> items) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
