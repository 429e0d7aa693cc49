package io.millrace.compiler;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Shape;
import io.millrace.ir.Literal;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.spi.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Makes a plan from what a run asks of a graph. Stateless. */
public final class Compiler {
  private Compiler() {}

  /**
   * What a run asks for.
   *
   * @param fetches the tensors whose values are wanted
   * @param targets the operations to be run
   * @param feeds the fed tensors with their exact shapes
   * @param found tensors that an earlier part of the run computed, with their exact shapes: they
   *     are fed too, but what computing them does besides is not left out
   * @param known tensors whose values are known, which the plan takes as constants
   * @param passes whether to optimise
   */
  public record Request(
      Graph graph,
      List<Output> fetches,
      List<Operation> targets,
      Map<Output, Shape> feeds,
      Map<Output, Shape> found,
      Map<Output, Literal> known,
      boolean passes) {

    public Request {
      fetches = List.copyOf(fetches);
      targets = List.copyOf(targets);
      feeds = Map.copyOf(feeds);
      found = Map.copyOf(found);
      known = Map.copyOf(known);
    }

    /** Returns whether a tensor need not be computed. */
    boolean gives(Output output) {
      return isFed(output) || known.containsKey(output);
    }

    boolean isFed(Output output) {
      return feeds.containsKey(output) || found.containsKey(output);
    }

    Shape fedShape(Output output) {
      Shape shape = feeds.getOrDefault(output, found.get(output));
      return Objects.requireNonNull(shape, output.name());
    }
  }

  /**
   * A plan and how it came about.
   *
   * @param graphPart the operations that the run needs, in order
   * @param feedOrder the fed tensors that the run needs, by slot
   * @param lowered the program as the operations state it
   * @param optimized the program after the passes
   * @param changed the passes that changed something, with the number of instructions left
   * @param requiredInitialized the resources that are read before they are written
   * @param retyped the resources that stand for earlier ones of another type after the run
   * @param resourceOperations the operation that owns each resource, by the resource's name
   */
  public record Compilation(
      List<Operation> graphPart,
      List<Output> feedOrder,
      Program lowered,
      Program optimized,
      List<String> changed,
      Plan plan,
      List<Resource> requiredInitialized,
      List<Resource> retyped,
      Map<String, Operation> resourceOperations) {

    public Compilation {
      graphPart = List.copyOf(graphPart);
      feedOrder = List.copyOf(feedOrder);
      changed = List.copyOf(changed);
      requiredInitialized = List.copyOf(requiredInitialized);
      retyped = List.copyOf(retyped);
      resourceOperations = Map.copyOf(resourceOperations);
    }

    /** Returns every stage as text, with the plan's cost. */
    public String explain() {
      StringBuilder text = new StringBuilder("graph\n");
      for (Operation operation : graphPart) {
        text.append("  ")
            .append(operation.name())
            .append(" = ")
            .append(Messages.describe(operation.op()));
        operation.inputs().forEach(i -> text.append(' ').append(i.name()));
        operation.controlInputs().forEach(c -> text.append(" ^").append(c.name()));
        text.append('\n');
      }
      text.append("program\n").append(lowered);
      if (!changed.isEmpty()) {
        text.append("passes\n");
        changed.forEach(c -> text.append("  ").append(c).append('\n'));
        text.append("optimized program\n").append(optimized);
      }
      return text.append("plan\n").append(plan).toString();
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
    List<String> changed = new ArrayList<>();
    Program optimized = request.passes() ? Passes.apply(lowered, changed) : lowered;
    return new Compilation(
        part,
        lowerer.feedOrder(),
        lowered,
        optimized,
        changed,
        Planner.plan(optimized),
        lowerer.requiredInitialized(),
        writes ? lowerer.retyped() : List.of(),
        lowerer.resourceOperations());
  }

  private static Program withoutUpdates(Program program) {
    return new Program(
        program.feeds(), program.instructions(), program.fetches(), List.of(), program.checks());
  }
}
