package io.millrace.session;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.lowering.Request;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What makes two runs share a plan.
 *
 * @param fetches the distinct tensors to compute
 * @param targets the operations to run
 * @param feeds the fed tensors with their exact shapes
 * @param found tensors that an earlier part of the run computed, with their exact shapes
 * @param known values that the plan was made for
 * @param writes whether the run may change state
 */
record PlanKey(
    List<Output> fetches,
    List<Operation> targets,
    Map<Output, Shape> feeds,
    Map<Output, Shape> found,
    Map<Output, Literal> known,
    boolean writes) {

  static PlanKey of(Call call) {
    Map<Output, Shape> feeds = new LinkedHashMap<>();
    call.slots().forEach(s -> feeds.put(s.output(), s.type().shape()));
    return new PlanKey(call.fetches(), call.targets(), feeds, Map.of(), Map.of(), true);
  }

  /** Returns the key of the same run, made for one more value. */
  PlanKey withKnown(Output output, Literal value) {
    Map<Output, Literal> more = new LinkedHashMap<>(known);
    more.put(output, value);
    return new PlanKey(fetches, targets, feeds, found, more, writes);
  }

  /** Returns the key of the same run, which takes a tensor as an earlier part computed it. */
  PlanKey withFound(Output output, Shape shape) {
    Map<Output, Shape> more = new LinkedHashMap<>(found);
    more.put(output, shape);
    return new PlanKey(fetches, targets, feeds, more, known, writes);
  }

  /**
   * Returns the key of a run that only finds out the value of its first fetch. If that is the sizes
   * that an operation's outputs have, the operation's inputs are fetched too: the run that needs
   * the sizes goes on from there.
   */
  PlanKey finding(Output output) {
    List<Output> wanted = new ArrayList<>(List.of(output));
    if (output.isSizes()) {
      for (Output input : output.operation().inputs()) {
        Operation maker = input.operation();
        boolean computed = !maker.inputs().isEmpty() && !maker.op().isStateful();
        if (computed && !feeds.containsKey(input) && !found.containsKey(input)) {
          wanted.add(input);
        }
      }
    }
    return new PlanKey(wanted.stream().distinct().toList(), List.of(), feeds, found, known, false);
  }

  /** Compiles this run; see {@link Compiler#compile}. */
  Compiler.Compilation compile(Graph graph, boolean passes, Devices devices) {
    Request request =
        new Request(
            graph, fetches, targets, feeds, found, known, passes, devices::of, devices.home());
    return writes ? Compiler.compile(request) : Compiler.compileWithoutWrites(request);
  }
}
