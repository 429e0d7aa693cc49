package io.millrace.compiler;

import io.millrace.Operation;
import io.millrace.UnsupportedException;
import io.millrace.compiler.lowering.Lowered;
import io.millrace.compiler.lowering.Lowerer;
import io.millrace.compiler.lowering.Pruner;
import io.millrace.compiler.lowering.Request;
import io.millrace.compiler.passes.Passes;
import io.millrace.compiler.planning.Partition;
import io.millrace.compiler.planning.Planner;
import io.millrace.compiler.planning.Schedule;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.spi.Plan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Makes plans from what a run asks of a graph. Stateless. */
public final class Compiler {
  private Compiler() {}

  /**
   * A device's part of a program before and after the passes.
   *
   * @param changed the passes that changed something, with the number of instructions left
   */
  public record Optimized(Program stated, Program optimized, List<String> changed) {
    public Optimized {
      changed = List.copyOf(changed);
    }
  }

  /**
   * What devices will do for one stage of a run, and how it came about.
   *
   * @param graphPart the operations that the run needs, in order
   * @param lowered the program as the operations state it
   * @param schedule the plans, one for each time that a device has its turn
   * @param programs what became of each plan's part of the program
   * @param retyped the resources that stand for earlier ones of another type after the run
   * @param resourceOperations the operation that owns each resource, by the resource's name
   * @param placement the device of each operation
   * @param roads how calls, choices and loops are run, by the operation's name
   * @param home the device of what asks for none
   */
  public record Compilation(
      List<Operation> graphPart,
      Lowered lowered,
      Schedule schedule,
      List<Optimized> programs,
      List<Resource> retyped,
      Map<String, Operation> resourceOperations,
      Map<Operation, String> placement,
      Map<String, String> roads,
      String home) {

    public Compilation {
      graphPart = List.copyOf(graphPart);
      programs = List.copyOf(programs);
      retyped = List.copyOf(retyped);
      resourceOperations = Map.copyOf(resourceOperations);
      placement = Collections.unmodifiableMap(new LinkedHashMap<>(placement));
      roads = Collections.unmodifiableMap(new LinkedHashMap<>(roads));
    }

    /** Returns the session's resources that hold something new after the run. */
    public List<Resource> written() {
      return lowered.program().updates().stream()
          .map(Program.Update::resource)
          .filter(r -> !lowered.handed().contains(r))
          .toList();
    }

    /**
     * Returns every stage as text, with the plans' cost.
     *
     * @param devices what a device, by its name, makes of a plan
     */
    public String explain(BiFunction<String, Plan, String> devices) {
      return Explanation.of(this, devices);
    }
  }

  /**
   * Returns the plan of a run, or of its first stage that asks what the request has no answer to.
   *
   * @throws UnsupportedException if operations are needed that the engine does not have
   * @throws io.millrace.FeedException if a placeholder that is needed is not fed
   * @throws io.millrace.GraphException if the exact shapes break an operation's rule
   */
  public static Compilation compile(Request request) {
    // What an answer took to compute stays: it may write state.
    List<Operation> part = Pruner.needed(request.fetches(), request.targets(), request::isFed);
    Lowerer lowerer = new Lowerer(request);
    Lowered lowered = lowerer.lower(part);
    Program program = lowered.program();
    Verifier.verify(program);
    List<Optimized> programs = new ArrayList<>();
    List<Schedule.Part> parts = new ArrayList<>();
    boolean written = false;
    Partition.Result split =
        Partition.split(program, lowered.devices(), lowered.resourceDevices(), request.home());
    // No device need do anything for what is fed or what state tells.
    for (Partition.Cut cut : lowered.isTold() ? List.<Partition.Cut>of() : split.cuts()) {
      Optimized optimized = optimize(cut.program(), request.passes());
      Plan own = Planner.plan(optimized.optimized());
      Plan plan = written ? own.uninterrupted() : own;
      written |= own.writesState();
      programs.add(optimized);
      parts.add(new Schedule.Part(cut.device(), plan, cut.feeds(), cut.fetches()));
    }
    return new Compilation(
        part,
        lowered,
        new Schedule(
            parts,
            program.feeds(),
            program.fetches().stream().map(Value::type).toList(),
            split.buffers(),
            split.handed()),
        programs,
        lowered.question().isEmpty() ? lowerer.retyped() : List.of(),
        lowerer.resourceOperations(),
        lowerer.placement(),
        lowerer.roads(),
        request.home());
  }

  private static Optimized optimize(Program stated, boolean passes) {
    Verifier.verify(stated);
    List<String> changed = new ArrayList<>();
    Program optimized = passes ? Passes.apply(stated, changed) : stated;
    return new Optimized(stated, optimized, changed);
  }
}
