package io.millrace.spi;

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
    for (int i = 0; i < plan.steps().size(); i++) {
      Step step = plan.steps().get(i);
      text.append(String.format("  %3d  ", i))
          .append(join(step.outputs()))
          .append(" = ")
          .append(ProgramPrinter.print(step.primitive()))
          .append(" of ")
          .append(join(step.inputs()))
          .append("  # ")
          .append(step.origin())
          .append('\n');
    }
    long fused =
        plan.steps().stream()
            .filter(s -> s.primitive() instanceof Primitive.LoopNest)
            .filter(s -> s.origin().sites().size() > 1)
            .count();
    Cost cost = plan.steps().stream().map(Step::cost).reduce(Cost.NOTHING, Cost::plus);
    return text.append(
            String.format(
                "  %d steps, %d of them fused loops; %,d FLOPs; %,d bytes read, %,d written;"
                    + " arena %,d bytes (%,d unshared)%n",
                plan.steps().size(),
                fused,
                cost.flops(),
                cost.read(),
                cost.written(),
                plan.arenaBytes(),
                plan.unsharedBytes()))
        .toString();
  }

  private static String join(List<?> items) {
    return items.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
