package io.millrace;

import io.millrace.compiler.Compiler;
import io.millrace.ir.Literal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What makes two runs share a plan.
 *
 * @param fetches the distinct tensors to compute
 * @param targets the operations to run
 * @param feeds the fed tensors with their exact shapes
 * @param known values that the plan was made for
 * @param writes whether the run may change state
 */
record PlanKey(
    List<Output> fetches,
    List<Operation> targets,
    Map<Output, Shape> feeds,
    Map<Output, Literal> known,
    boolean writes) {

  static PlanKey of(Call call) {
    Map<Output, Shape> feeds = new LinkedHashMap<>();
    call.slots().forEach(s -> feeds.put(s.output(), s.type().shape()));
    return new PlanKey(call.fetches(), call.targets(), feeds, Map.of(), true);
  }

  /** Returns the key of the same run, made for one more value. */
  PlanKey withKnown(Output output, Literal value) {
    Map<Output, Literal> more = new LinkedHashMap<>(known);
    more.put(output, value);
    return new PlanKey(fetches, targets, feeds, more, writes);
  }

  /** Returns the key of a run that only finds out one tensor's value. */
  PlanKey finding(Output output) {
    return new PlanKey(List.of(output), List.of(), feeds, known, false);
  }

  /** Compiles this run; see {@link Compiler#compile}. */
  Compiler.Compilation compile(Graph graph, boolean passes) {
    Compiler.Request request = new Compiler.Request(graph, fetches, targets, feeds, known, passes);
    return writes ? Compiler.compile(request) : Compiler.compileWithoutWrites(request);
  }
}
