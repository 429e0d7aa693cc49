package io.millrace.ops.plain;

import io.millrace.FunctionBody;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Op;
import io.millrace.ops.Ops;
import io.millrace.ops.flow.LoopOps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A While while it is made of another one that is asked about its turns: it carries their number
 * besides, and a list of each tensor that is traced.
 */
final class PlainLoop {
  private final PlainCopy outside;
  private final LoopOps.While loop;
  private final Map<Output, Output> traces;
  private final List<Output> inputs;

  /** The inputs that are carried besides. */
  private final List<Output> told;

  /**
   * Begins with what is carried before the first turn.
   *
   * @param traces traces by what they are in the body
   */
  private PlainLoop(
      PlainCopy copy, Operation operation, LoopOps.While loop, Map<Output, Output> traces) {
    outside = copy;
    this.loop = loop;
    this.traces = traces;
    inputs = new ArrayList<>(copy.inputs(operation));
    int own = inputs.size();
    copy.within(
        operation,
        () -> {
          inputs.add(copy.tf().constant(0L));
          traces.keySet().forEach(t -> inputs.add(Lists.empty(copy.tf(), t.dtype(), t.shape())));
        });
    told = inputs.subList(own, inputs.size());
  }

  /**
   * Copies a While.
   *
   * @param traces traces by what they are in the body
   */
  static void copy(
      PlainCopy copy, Operation operation, LoopOps.While loop, Map<Output, Output> traces) {
    PlainLoop made = new PlainLoop(copy, operation, loop, traces);
    Op op = loop.calling(List.of(made.condition(), made.body()));
    Operation added = copy.add(operation, op, made.inputs);
    operation.outputs().forEach(o -> copy.set(o, added.output(o.index())));
    int next = operation.outputs().size();
    copy.set(operation.turns(), added.output(next++));
    for (Output trace : traces.values()) {
      copy.setList(trace, added.output(next++));
    }
  }

  private GraphFunction condition() {
    GraphFunction function = loop.condition();
    FunctionBody made = FunctionBody.alone(function.name(), function.source());
    PlainCopy copy = outside.inside(made);
    copy.takeArguments(made, function);
    arguments(made);
    copy.copyBody(function, List.of());
    return made.finish(copy.results(function), List.of());
  }

  private GraphFunction body() {
    GraphFunction function = loop.body();
    FunctionBody made = FunctionBody.alone(function.name(), function.source());
    PlainCopy copy = outside.inside(made);
    copy.takeArguments(made, function);
    List<Output> before = arguments(made);
    copy.copyBody(function, traces.keySet());
    List<Output> results = copy.results(function);
    Ops tf = copy.tf();
    results.add(tf.add(before.get(0), 1));
    for (Output inside : traces.keySet()) {
      Output list = before.get(results.size() - function.results().size());
      results.add(Lists.with(tf, list, copy.of(inside)));
    }
    return made.finish(results, List.of());
  }

  private List<Output> arguments(FunctionBody made) {
    return told.stream().map(t -> made.parameter("told", t.type().ofAnyLength())).toList();
  }
}
