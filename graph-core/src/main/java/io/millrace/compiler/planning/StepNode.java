package io.millrace.compiler.planning;

import io.millrace.ir.Control;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** A step while it is being ordered: it runs before its successors. */
final class StepNode {
  final Primitive primitive;
  final List<Value> inputs;
  final List<Value> outputs;
  final Origin origin;

  /** What is inside the primitive, if it is of a kind that has that. */
  final Optional<Inside> inside;

  private final int key;
  private final Set<StepNode> successors = new HashSet<>();

  /**
   * Makes a step.
   *
   * @param key where the step wants to be: those with smaller keys run first if they may
   */
  StepNode(Primitive primitive, List<Value> inputs, List<Value> outputs, Origin origin, int key) {
    this.primitive = primitive;
    this.inputs = inputs;
    this.outputs = outputs;
    this.origin = origin;
    inside =
        primitive instanceof Control control ? Optional.of(Inside.of(control)) : Optional.empty();
    this.key = key;
  }

  /** Returns a step that copies a tensor to one of the same type. */
  static StepNode copy(Value from, Value to, Origin origin, int key) {
    ScalarBuilder builder = new ScalarBuilder();
    Primitive copy =
        new Primitive.Map(
            builder.build(List.of(builder.parameter(from.type().dtype()))),
            from.type().shape(),
            List.of(View.dense(from.type().shape())));
    return new StepNode(copy, List.of(from), List.of(to), origin, key);
  }

  int key() {
    return key;
  }

  /** Returns whether the data may make this step fail. */
  boolean mayFail() {
    return primitive.mayFail();
  }

  /** Makes another step wait for this one. */
  void before(StepNode other) {
    if (other != this) {
      successors.add(other);
    }
  }

  /** Returns all steps that must run after this one. */
  Set<StepNode> following() {
    Set<StepNode> seen = new HashSet<>();
    Deque<StepNode> open = new ArrayDeque<>(successors);
    while (!open.isEmpty()) {
      StepNode node = open.pop();
      if (seen.add(node)) {
        open.addAll(node.successors);
      }
    }
    return seen;
  }

  /** Returns the steps in an order that respects who waits for whom, otherwise by their keys. */
  static List<StepNode> order(List<StepNode> nodes) {
    Map<StepNode, Integer> waiting = new HashMap<>();
    Map<StepNode, Integer> position = new HashMap<>();
    for (StepNode node : nodes) {
      position.put(node, position.size());
      node.successors.forEach(s -> waiting.merge(s, 1, Integer::sum));
    }
    PriorityQueue<StepNode> ready =
        new PriorityQueue<>(
            Comparator.comparingInt(StepNode::key).thenComparing(n -> position.getOrDefault(n, 0)));
    nodes.stream().filter(n -> !waiting.containsKey(n)).forEach(ready::add);
    List<StepNode> ordered = new ArrayList<>();
    while (!ready.isEmpty()) {
      StepNode node = ready.remove();
      ordered.add(node);
      for (StepNode successor : node.successors) {
        if (waiting.merge(successor, -1, Integer::sum) == 0) {
          ready.add(successor);
        }
      }
    }
    if (ordered.size() != nodes.size()) {
      throw new IllegalStateException("steps wait for each other in a circle");
    }
    return ordered;
  }

  /** Returns whether an output may lie where these operands do. */
  boolean mayOverwrite(Predicate<Value> operands, int output) {
    return IntStream.range(0, inputs.size())
        .filter(i -> operands.test(inputs.get(i)))
        .allMatch(i -> primitive.mayOverwrite(i, output, inputs.get(i).type()));
  }
}
