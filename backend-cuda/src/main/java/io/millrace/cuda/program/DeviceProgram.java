package io.millrace.cuda.program;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Command;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.kernels.ControlCommands;
import io.millrace.ir.Control;
import io.millrace.ir.Origin;
import io.millrace.ir.ProgramPrinter;
import io.millrace.spi.Body;
import io.millrace.spi.Holders;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

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
   * @param number the position of the step among all of the plan, those inside others too
   * @param commands none if an earlier part's commands do the work too
   * @param origin the operations of the graph that the commands do the work of
   * @param evidence where its check leaves what it shows, if it is one
   * @param bodies what the host has done after the commands, as often as data want it
   */
  public record Part(
      Step step,
      int number,
      List<Command> commands,
      Origin origin,
      List<Address> evidence,
      List<List<Part>> bodies) {
    public Part {
      commands = List.copyOf(commands);
      evidence = List.copyOf(evidence);
      bodies = bodies.stream().map(List::copyOf).toList();
    }

    /** Returns the same with other commands, which do the work of these operations. */
    Part with(List<Command> others, Origin work) {
      return new Part(step, number, others, work, evidence, bodies);
    }

    /** Returns this part, and then all that are inside it. */
    Stream<Part> all() {
      return Stream.concat(
          Stream.of(this), bodies.stream().flatMap(List::stream).flatMap(Part::all));
    }
  }

  public DeviceProgram {
    parts = List.copyOf(parts);
  }

  /** Returns the program of a plan. */
  public static DeviceProgram of(Plan plan, Target target) {
    Maker maker = new Maker(target);
    List<Part> parts = maker.parts(plan.withRowsInMemory().steps());
    return new DeviceProgram(plan, parts, maker.mayFail, maker.scratch, maker.evidence);
  }

  /** Makes parts of steps, counting what they need; used once. */
  private static final class Maker {
    private final Target target;
    private boolean mayFail;
    private long scratch;
    private long evidence;
    private int steps;

    Maker(Target target) {
      this.target = target;
    }

    List<Part> parts(List<Step> steps) {
      List<Part> parts = steps.stream().map(this::part).toList();
      return JoinLaunches.apply(RideAlong.apply(parts, target));
    }

    private Part part(Step step) {
      // A step that may fail itself has not written state: the planner orders it first.
      StepContext context = context(step, steps++, mayFail && writesState(step));
      Holders.making(
          step,
          () -> {
            CommandFactory.make(context);
            return context;
          });
      Part part = part(context, List.of());
      List<List<Part>> bodies = new ArrayList<>();
      for (Body body : step.bodies()) {
        bodies.add(inside(part, body));
      }
      mayFail |= step.primitive().mayFail();
      return part(context, bodies);
    }

    /** Returns the parts of a body; around those of a turn are some that move rows. */
    private List<Part> inside(Part part, Body body) {
      List<Part> parts = parts(body.steps());
      if (!(part.step().primitive() instanceof Control.Repeat repeat)) {
        return parts;
      }
      StepContext before = context(part.step(), part.number(), false);
      ControlCommands.beforeTurn(before, repeat, body);
      StepContext after = context(part.step(), part.number(), false);
      ControlCommands.afterTurn(after, repeat, body);
      List<Part> all = new ArrayList<>();
      all.add(part(before, List.of()));
      all.addAll(parts);
      all.add(part(after, List.of()));
      return all;
    }

    private StepContext context(Step step, int number, boolean gated) {
      return new StepContext(step, number, target, gated, evidence);
    }

    private Part part(StepContext context, List<List<Part>> bodies) {
      Step step = context.step();
      if (bodies.isEmpty()) {
        scratch = Math.max(scratch, context.scratchBytes());
        evidence += context.evidenceBytes();
      }
      return new Part(
          step, context.number(), context.commands(), step.origin(), context.evidence(), bodies);
    }
  }

  private static boolean writesState(Step step) {
    return step.outputs().stream().anyMatch(p -> p.space() == Place.Space.RESOURCE);
  }

  /** Returns all parts, each followed by those inside it. */
  private Stream<Part> allParts() {
    return parts.stream().flatMap(Part::all);
  }

  /** Returns the part of a step by the step's number. */
  public Part part(int number) {
    return allParts().filter(p -> p.number() == number).findFirst().orElseThrow();
  }

  /** Returns the sources of all kernels, each once. */
  public List<KernelSource> kernels() {
    return allParts()
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
    print(parts, "  ", text);
    long commands = allParts().mapToLong(p -> p.commands().size()).sum();
    return text.append(
            String.format(
                "  %d commands, %d kernels; scratch %,d bytes%n",
                commands, kernels().size(), scratchBytes))
        .toString();
  }

  private static void print(List<Part> parts, String indent, StringBuilder text) {
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      for (Command command : part.commands()) {
        text.append(String.format("%s%3d  %s  # %s%n", indent, i, command, part.origin()));
      }
      for (int j = 0; j < part.bodies().size(); j++) {
        String title = ProgramPrinter.title(part.step().primitive(), j);
        text.append(String.format("%s%3d  %s  # %s%n", indent, i, title, part.origin()));
        print(part.bodies().get(j), indent + "     ", text);
      }
    }
  }
}
