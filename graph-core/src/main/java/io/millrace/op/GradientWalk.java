package io.millrace.op;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Builds gradients by walking a graph backwards, from results to what they depend on: reverse-mode
 * differentiation, whose outcome is operations added to the same graph.
 *
 * <p>Every operation between the ys and the xs is visited once, the last one made first, so that
 * all its consumers have been visited before it. The work is linear in the size of the graph.
 */
public final class GradientWalk {

  /** The operations on gradients that the walk itself needs. */
  public interface Arithmetic {
    /** Returns the graph to add operations to. */
    Graph graph();

    /** Returns ones of the type and shape of a tensor. */
    Output ones(Output like);

    /** Returns the sum of two or more tensors of one type and shape. */
    Output sum(List<Output> terms);
  }

  /** A place where the walk had to end though an x lies beyond it. */
  private record Stop(Operation operation, Output input, String reason) {}

  private final Arithmetic arithmetic;
  private final List<Output> ys;
  private final Set<Output> xs;
  private final Map<Output, List<Output>> arrived = new HashMap<>();
  private final List<Stop> stops = new ArrayList<>();
  private final BitSet upstream;
  private final BitSet relevant = new BitSet();

  private GradientWalk(Arithmetic arithmetic, List<Output> ys, List<Output> xs) {
    this.arithmetic = arithmetic;
    this.ys = ys;
    this.xs = new HashSet<>(xs);
    upstream = upstream(ys);
  }

  /**
   * Adds the gradients of the sum of all ys with respect to each x.
   *
   * @param seeds for each y, what arrives as its gradient; empty for ones
   */
  public static GradientWalk of(
      Arithmetic arithmetic, List<Output> ys, List<Output> xs, List<Output> seeds) {
    GradientWalk walk = new GradientWalk(arithmetic, List.copyOf(ys), xs);
    if (!ys.isEmpty()) {
      walk.walk(ys.get(0).graph(), seeds);
    }
    return walk;
  }

  private void walk(Graph graph, List<Output> seeds) {
    List<Operation> operations = graph.operations();
    for (int id = upstream.nextSetBit(0); id >= 0; id = upstream.nextSetBit(id + 1)) {
      if (operations.get(id).inputs().stream().anyMatch(this::leadsToX)) {
        relevant.set(id);
      }
    }
    for (int i = 0; i < ys.size(); i++) {
      Output y = ys.get(i);
      if (leadsToX(y)) {
        arrive(y, seeds.isEmpty() ? arithmetic.ones(y) : seeds.get(i));
      }
    }
    for (int id = relevant.length(); (id = relevant.previousSetBit(id - 1)) >= 0; ) {
      pass(operations.get(id));
    }
    xs.forEach(this::gather);
  }

  private boolean leadsToX(Output output) {
    return xs.contains(output) || relevant.get(output.operation().id());
  }

  private void arrive(Output at, Output gradient) {
    arrived.computeIfAbsent(at, k -> new ArrayList<>()).add(gradient);
  }

  /** Passes what arrived at an operation's outputs on to its inputs. */
  private void pass(Operation operation) {
    Map<Output, Output> traced = new LinkedHashMap<>();
    operation
        .traces()
        .forEach((inside, trace) -> gather(trace).ifPresent(g -> traced.put(inside, g)));
    if (traced.isEmpty() && operation.outputs().stream().noneMatch(arrived::containsKey)) {
      return;
    }
    List<Optional<Output>> arriving = operation.outputs().stream().map(this::gather).toList();
    Gradients gradients;
    Graph target = arithmetic.graph();
    Graph.Scope scope = target.nameScope(operation.name() + "_grad");
    try (scope) {
      gradients = operation.op().gradient(new Gradient(target, operation, arriving, traced));
    }
    for (int i = 0; i < operation.inputs().size(); i++) {
      Output input = operation.input(i);
      if (!leadsToX(input)) {
        continue;
      }
      Optional<Output> gradient = gradients.get(i);
      if (gradient.isPresent()) {
        arrive(input, gradient.get());
      } else {
        stops.add(new Stop(operation, input, gradients.reason()));
      }
    }
  }

  /** Returns the sum of what arrived at a tensor. */
  private Optional<Output> gather(Output at) {
    List<Output> terms = arrived.getOrDefault(at, List.of());
    if (terms.size() > 1) {
      terms = List.of(arithmetic.sum(terms));
      arrived.put(at, terms);
    }
    return terms.stream().findFirst();
  }

  /** Returns the gradient with respect to an x, if a differentiable path leads to it. */
  public Optional<Output> gradient(Output x) {
    return arrived.getOrDefault(x, List.of()).stream().findFirst();
  }

  /** Returns why an x has no gradient: that no path leads to it, or where the paths end. */
  public String explain(Output x) {
    StringBuilder text = new StringBuilder();
    for (Output y : ys) {
      text.append(text.length() == 0 ? "y " : ", ").append(y);
    }
    text.append(" has no gradient with respect to x ").append(x).append(": ");
    return text.append(
            end(x).map(end -> "the path from x ends at " + end).orElse("it does not depend on x"))
        .toString();
  }

  /** Returns where a path from an x ends, and why; nothing if none leads from it to a y. */
  public Optional<String> end(Output x) {
    return stops.stream()
        .filter(s -> s.input() == x || upstream(List.of(s.input())).get(x.operation().id()))
        .map(
            stop ->
                "%s made at %s, which is not differentiable there because %s"
                    .formatted(stop.operation(), stop.operation().source(), stop.reason()))
        .findFirst();
  }

  /** Returns the numbers of the operations that tensors depend on. */
  private static BitSet upstream(Collection<Output> tensors) {
    BitSet found = new BitSet();
    Deque<Operation> open = new ArrayDeque<>();
    tensors.forEach(t -> open.add(t.operation()));
    while (!open.isEmpty()) {
      Operation operation = open.pop();
      if (!found.get(operation.id())) {
        found.set(operation.id());
        operation.inputs().forEach(i -> open.push(i.operation()));
      }
    }
    return found;
  }
}
