package io.millrace.ir;

import io.millrace.type.TensorType;
import java.util.List;

/**
 * What one run means: primitives in an order that respects their inputs, all shapes known.
 *
 * <p>Immutable. State is explicit: a run reads resources, computes, and at its end the resources of
 * {@code updates} hold the given values.
 *
 * @param feeds the types of the fed tensors, by slot
 * @param instructions each value is written by one instruction, before it is read
 * @param fetches the values that the caller gets
 * @param updates the resources' new values, each resource at most once
 * @param checks values that must be computed though nothing uses them: the outputs of Check
 */
public record Program(
    List<TensorType> feeds,
    List<Instruction> instructions,
    List<Value> fetches,
    List<Update> updates,
    List<Value> checks) {

  /** Says what a resource holds after the run. */
  public record Update(Resource resource, Value value) {}

  public Program {
    feeds = List.copyOf(feeds);
    instructions = List.copyOf(instructions);
    fetches = List.copyOf(fetches);
    updates = List.copyOf(updates);
    checks = List.copyOf(checks);
  }

  /** Returns the program with other instructions, which compute the same values in use. */
  public Program with(List<Instruction> others) {
    return new Program(feeds, others, fetches, updates, checks);
  }

  /** Returns whether the data may make a run of this fail. */
  public boolean mayFail() {
    return instructions.stream().anyMatch(i -> i.primitive().mayFail());
  }

  /** Returns an estimate of the work of a run. */
  public Cost cost() {
    return instructions.stream().map(Instruction::cost).reduce(Cost.NOTHING, Cost::plus);
  }

  /** Returns the program as text, one instruction a line; equal programs give equal texts. */
  @Override
  public String toString() {
    return ProgramPrinter.print(this);
  }
}
