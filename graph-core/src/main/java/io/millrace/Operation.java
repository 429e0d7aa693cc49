package io.millrace;

import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.op.OpFamilies;
import io.millrace.type.DType;
import io.millrace.type.SourceLine;
import io.millrace.type.TensorType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node of a graph: an operation applied to tensors, under a name.
 *
 * <p>What it is never changes. Made by {@link Graph#add}.
 */
public final class Operation {
  private final Graph graph;
  private final int id;
  private final String name;
  private final Op op;
  private final List<Output> inputs;
  private final List<Operation> controlInputs;
  private final List<Output> outputs;
  private final String device;
  private final SourceLine source;

  private Optional<Output> turns = Optional.empty();

  /** By tensor of a function's body; most operations never have any. */
  private Map<Output, Output> traces = Map.of();

  Operation(
      Graph graph,
      int id,
      String name,
      Op op,
      List<Output> inputs,
      List<Operation> controlInputs,
      List<TensorType> outputTypes,
      String device,
      SourceLine source) {
    this.graph = graph;
    this.id = id;
    this.name = name;
    this.op = op;
    this.inputs = List.copyOf(inputs);
    this.controlInputs = List.copyOf(controlInputs);
    this.device = device;
    this.source = source;
    Output[] made = new Output[outputTypes.size()];
    for (int i = 0; i < made.length; i++) {
      made[i] = new Output(this, i, outputTypes.get(i));
    }
    this.outputs = List.of(made);
  }

  /** Returns the graph. */
  public Graph graph() {
    return graph;
  }

  /** Returns the position in the graph: operations are numbered as they are added. */
  public int id() {
    return id;
  }

  /** Returns the name, unique in the graph. */
  public String name() {
    return name;
  }

  /** Returns the operation's kind and attributes. */
  public Op op() {
    return op;
  }

  /** Returns TensorFlow's name of the operation, such as {@code MatMul}. */
  public String type() {
    return op.type();
  }

  /** Returns the tensors that this consumes. */
  public List<Output> inputs() {
    return inputs;
  }

  /** Returns one of the tensors that this consumes. */
  public Output input(int index) {
    return inputs.get(index);
  }

  /** Returns the operations that must run before this one though it uses no result of theirs. */
  public List<Operation> controlInputs() {
    return controlInputs;
  }

  /** Returns the results. */
  public List<Output> outputs() {
    return outputs;
  }

  /**
   * Returns one of the results.
   *
   * @throws IndexOutOfBoundsException if there is none with this number
   */
  public Output output(int index) {
    if (index < 0 || index >= outputs.size()) {
      throw new IndexOutOfBoundsException(
          "%s has %s, counted from 0, so no %s\n  at %s"
              .formatted(
                  this,
                  Messages.count(outputs.size(), "output", "outputs"),
                  index,
                  OpFamilies.caller()));
    }
    return outputs.get(index);
  }

  /**
   * Returns what a tensor was in the body of a function that this calls, as a tensor of this graph:
   * gradients need it. It has a value in runs in which the function is called and computes it. That
   * of a loop has a row for each turn, and may have more.
   *
   * @param inside a tensor of the body
   */
  public synchronized Output trace(Output inside) {
    Output known = traces.get(inside);
    if (known == null) {
      known = new Output(this, -1 - traces.size(), op.traced(inside.type()));
      Map<Output, Output> more = new LinkedHashMap<>(traces);
      more.put(inside, known);
      traces = Collections.unmodifiableMap(more);
    }
    return known;
  }

  /**
   * Returns what of this operation is like a tensor of another one that calls the same functions:
   * the same result, the trace of the same tensor, or the number of turns.
   */
  public Output like(Output tensor) {
    if (!tensor.isTrace()) {
      return output(tensor.index());
    }
    return tensor.operation().traces().entrySet().stream()
        .filter(t -> t.getValue() == tensor)
        .findFirst()
        .map(t -> trace(t.getKey()))
        .orElseGet(this::turns);
  }

  /** Returns the tensors of bodies that are {@linkplain #trace traced}, each with its trace. */
  public synchronized Map<Output, Output> traces() {
    return traces;
  }

  /** Returns how often a loop turned, an int64 scalar, as a tensor of this graph. */
  public synchronized Output turns() {
    if (turns.isEmpty()) {
      turns = Optional.of(new Output(this, Integer.MIN_VALUE, TensorType.of(DType.INT64)));
    }
    return turns.get();
  }

  /** Returns the device asked for where this was made, such as {@code cuda:0}; empty for any. */
  public String device() {
    return device;
  }

  /** Returns the user's line that made this. */
  public SourceLine source() {
    return source;
  }

  /** Returns the name and the kind, such as {@code logits/MatMul (MatMul)}. */
  @Override
  public String toString() {
    return name + " (" + type() + ")";
  }
}
