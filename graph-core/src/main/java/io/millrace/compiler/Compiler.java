package io.millrace.compiler;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.compiler.lowering.Lowerer;
import io.millrace.compiler.lowering.Pruner;
import io.millrace.compiler.lowering.Request;
import io.millrace.compiler.lowering.ValueNeededException;
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

/** Makes a plan from what a run asks of a graph. Stateless. */
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
   * What devices will do for a run, and how it came about.
   *
   * @param graphPart the operations that the run needs, in order
   * @param feedOrder the fed tensors that the run needs, by slot
   * @param lowered the program as the operations state it
   * @param schedule the plans, one for each time that a device has its turn
   * @param programs what became of each plan's part of the program
   * @param requiredInitialized the resources that are read before they are written
   * @param retyped the resources that stand for earlier ones of another type after the run
   * @param resourceOperations the operation that owns each resource, by the resource's name
   * @param placement the device of each operation
   * @param resourceDevices the device of each resource, by the resource's name
   * @param home the device of what asks for none
   */
  public record Compilation(
      List<Operation> graphPart,
      List<Output> feedOrder,
      Program lowered,
      Schedule schedule,
      List<Optimized> programs,
      List<Resource> requiredInitialized,
      List<Resource> retyped,
      Map<String, Operation> resourceOperations,
      Map<Operation, String> placement,
      Map<String, String> resourceDevices,
      String home) {

    public Compilation {
      graphPart = List.copyOf(graphPart);
      feedOrder = List.copyOf(feedOrder);
      programs = List.copyOf(programs);
      requiredInitialized = List.copyOf(requiredInitialized);
      retyped = List.copyOf(retyped);
      resourceOperations = Map.copyOf(resourceOperations);
      placement = Collections.unmodifiableMap(new LinkedHashMap<>(placement));
      resourceDevices = Map.copyOf(resourceDevices);
    }

    /** Returns the resources that hold something new after the run. */
    public List<Resource> written() {
      return lowered.updates().stream().map(Program.Update::resource).toList();
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
   * Returns the plan of a run.
   *
   * @throws ValueNeededException if a shape depends on a value that only a run gives
   * @throws io.millrace.FeedException if a placeholder that is needed is not fed
   * @throws io.millrace.GraphException if the exact shapes break an operation's rule
   */
  public static Compilation compile(Request request) {
    return compile(request, true);
  }

  /** Returns the plan of a run that computes the fetches but leaves all state as it was. */
  public static Compilation compileWithoutWrites(Request request) {
    return compile(request, false);
  }

  private static Compilation compile(Request request, boolean writes) {
    // What a found or known value took to compute stays: it may write state, and if not, a pass
    // drops it.
    List<Operation> part =
        Pruner.needed(request.fetches(), request.targets(), request.feeds()::containsKey);
    Lowerer lowerer = new Lowerer(request);
    Program stated = lowerer.lower(part);
    Program lowered = writes ? stated : withoutUpdates(stated);
    Verifier.verify(lowered);
    Partition.Result split =
        Partition.split(lowered, lowerer.devices(), lowerer.resourceDevices(), request.home());
    List<Optimized> programs =
        split.cuts().stream().map(c -> optimize(c.program(), request.passes())).toList();
    List<Schedule.Part> parts = new ArrayList<>();
    for (int i = 0; i < programs.size(); i++) {
      Partition.Cut cut = split.cuts().get(i);
      Plan plan = Planner.plan(programs.get(i).optimized());
      parts.add(new Schedule.Part(cut.device(), plan, cut.feeds(), cut.fetches()));
    }
    return new Compilation(
        part,
        lowerer.feedOrder(),
        lowered,
        new Schedule(
            parts,
            lowered.feeds(),
            lowered.fetches().stream().map(Value::type).toList(),
            split.buffers(),
            split.handed()),
        programs,
        lowerer.requiredInitialized(),
        writes ? lowerer.retyped() : List.of(),
        lowerer.resourceOperations(),
        lowerer.placement(),
        lowerer.resourceDevices(),
        request.home());
  }

  private static Optimized optimize(Program stated, boolean passes) {
    Verifier.verify(stated);
    List<String> changed = new ArrayList<>();
    Program optimized = passes ? Passes.apply(stated, changed) : stated;
    return new Optimized(stated, optimized, changed);
  }

  private static Program withoutUpdates(Program program) {
    return new Program(
        program.feeds(), program.instructions(), program.fetches(), List.of(), program.checks());
  }
}
