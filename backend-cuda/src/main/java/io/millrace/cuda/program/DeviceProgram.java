package io.millrace.cuda.program;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.command.Target;
import io.millrace.ir.Origin;
import io.millrace.spi.Holders;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * What a plan has the device do: commands in order, nothing of it bound to memory yet.
 *
 * @param plan where the commands come from
 * @param parts the commands, a part for each step
 * @param mayFail whether the data may make a step fail
 * @param scratchBytes the memory that steps use for themselves, one after another
 * @param evidenceBytes the memory in which failed checks leave what they show
 */
public record DeviceProgram(
    Plan plan, List<Part> parts, boolean mayFail, long scratchBytes, long evidenceBytes) {

  /**
   * The commands of a step.
   *
   * @param commands none if an earlier part's commands do the work too
   * @param origin the operations of the graph that the commands do the work of
   * @param evidence where its check leaves what it shows, if it is one
   */
  public record Part(Step step, List<Command> commands, Origin origin, List<Address> evidence) {
    public Part {
      commands = List.copyOf(commands);
      evidence = List.copyOf(evidence);
    }
  }

  public DeviceProgram {
    parts = List.copyOf(parts);
  }

  /** Returns the program of a plan. */
  public static DeviceProgram of(Plan plan, Target target) {
    List<Part> parts = new ArrayList<>();
    boolean mayFail = false;
    long scratch = 0;
    long evidence = 0;
    for (Step step : plan.steps()) {
      // A step that may fail itself has not written state: the planner orders it first.
      StepContext context =
          new StepContext(step, parts.size(), target, mayFail && writesState(step), evidence);
      Holders.making(
          step,
          () -> {
            CommandFactory.make(context);
            return context;
          });
      scratch = Math.max(scratch, context.scratchBytes());
      evidence += context.evidenceBytes();
      mayFail |= step.primitive().mayFail();
      parts.add(new Part(step, context.commands(), step.origin(), context.evidence()));
    }
    List<Part> joined = JoinLaunches.apply(RideAlong.apply(parts, target));
    return new DeviceProgram(plan, joined, mayFail, scratch, evidence);
  }

  private static boolean writesState(Step step) {
    return step.outputs().stream().anyMatch(p -> p.space() == Place.Space.RESOURCE);
  }

  /** Returns the sources of all kernels, each once. */
  public List<KernelSource> kernels() {
    return parts.stream()
        .flatMap(p -> p.commands().stream())
        .filter(Launch.class::isInstance)
        .map(c -> ((Launch) c).source())
        .distinct()
        .toList();
  }

  /** Returns the program as text, one command a line; equal programs give equal texts. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      for (Command command : parts.get(i).commands()) {
        text.append(String.format("  %3d  %s  # %s%n", i, command, parts.get(i).origin()));
      }
    }
    long commands = parts.stream().mapToLong(p -> p.commands().size()).sum();
    return text.append(
            String.format(
                "  %d commands, %d kernels; scratch %,d bytes%n",
                commands, kernels().size(), scratchBytes))
        .toString();
  }
}
