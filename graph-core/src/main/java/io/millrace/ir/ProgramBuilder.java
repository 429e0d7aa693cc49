package io.millrace.ir;

import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the instructions of a program; used when lowering and by passes. Not thread-safe. */
public final class ProgramBuilder {
  private final List<TensorType> feeds = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final Map<Resource, Value> updates = new LinkedHashMap<>();
  private final List<Value> checks = new ArrayList<>();
  private int nextId;

  /** Starts without instructions. */
  public ProgramBuilder() {}

  /** Declares the next feed slot and returns its value. */
  public Value feed(TensorType type, Origin origin) {
    feeds.add(type);
    return emit(new Primitive.Feed(feeds.size() - 1), List.of(), type, origin);
  }

  /** Adds an instruction with one output. */
  public Value emit(Primitive primitive, List<Value> inputs, TensorType type, Origin origin) {
    return emit(primitive, inputs, List.of(type), origin).get(0);
  }

  /** Adds an instruction with outputs of these types. */
  public List<Value> emit(
      Primitive primitive, List<Value> inputs, List<TensorType> types, Origin origin) {
    List<Value> outputs = types.stream().map(type -> new Value(nextId++, type)).toList();
    instructions.add(new Instruction(primitive, inputs, outputs, origin));
    return outputs;
  }

  /** Sets what a resource holds at the end of the run; the last call wins. */
  public void update(Resource resource, Value value) {
    updates.put(resource, value);
  }

  /** Returns whether a resource holds something new at the end of the run. */
  public boolean isUpdated(Resource resource) {
    return updates.containsKey(resource);
  }

  /** Lets a resource hold at the end of the run what it held before. */
  public void forgetUpdate(Resource resource) {
    updates.remove(resource);
  }

  /** Demands that a check's output be computed. */
  public void check(Value value) {
    checks.add(value);
  }

  /** Returns the instructions so far. */
  public List<Instruction> instructions() {
    return List.copyOf(instructions);
  }

  /** Returns the program that computes these fetches. */
  public Program build(List<Value> fetches) {
    List<Program.Update> list =
        updates.entrySet().stream().map(e -> new Program.Update(e.getKey(), e.getValue())).toList();
    return new Program(feeds, instructions, fetches, list, checks);
  }
}
