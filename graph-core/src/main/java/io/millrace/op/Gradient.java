package io.millrace.op;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.type.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One node whose gradient is wanted, with the gradients that arrive at its outputs. */
public final class Gradient {
  private final Graph graph;
  private final Operation node;
  private final List<Optional<Output>> arriving;
  private final Map<Output, Output> traced;

  /** Makes the call for a node; {@code arriving} has an entry for each of its outputs. */
  public Gradient(Operation node, List<Optional<Output>> arriving) {
    this(node.graph().current(), node, arriving, Map.of());
  }

  /**
   * Makes the call for a node.
   *
   * @param graph where to add the gradient: for a node of a function's body, another function
   * @param traced what arrives at the {@linkplain Operation#trace traces}, by tensor of a body
   */
  public Gradient(
      Graph graph, Operation node, List<Optional<Output>> arriving, Map<Output, Output> traced) {
    this.graph = graph;
    this.node = node;
    this.arriving = List.copyOf(arriving);
    this.traced = Collections.unmodifiableMap(new LinkedHashMap<>(traced));
  }

  /** Returns the node. */
  public Operation node() {
    return node;
  }

  /** Returns what arrives at the traces of the node, by tensor of a body. */
  public Map<Output, Output> traced() {
    return traced;
  }

  /** Returns the graph to add nodes to. */
  public Graph graph() {
    return graph;
  }

  /** Returns an input of the node. */
  public Output input(int index) {
    return node.input(index);
  }

  /** Returns the number of inputs of the node. */
  public int inputs() {
    return node.inputs().size();
  }

  /** Returns the number of outputs of the node. */
  public int outputs() {
    return node.outputs().size();
  }

  /** Returns an output of the node. */
  public Output output(int index) {
    return node.output(index);
  }

  /** Returns the static type of an input. */
  public TensorType type(int input) {
    return input(input).type();
  }

  /** Returns the gradient that arrives at the first output. */
  public Output gradient() {
    return arriving.get(0).orElseThrow();
  }

  /** Returns the gradient that arrives at an output, if any does. */
  public Optional<Output> gradient(int output) {
    return arriving.get(output);
  }
}
