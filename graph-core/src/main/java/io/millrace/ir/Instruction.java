package io.millrace.ir;

import java.util.List;

/**
 * One primitive applied to values.
 *
 * @param origin the name of the graph operation that asked for it, several joined with {@code +}
 */
public record Instruction(
    Primitive primitive, List<Value> inputs, List<Value> outputs, String origin) {

  public Instruction {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Returns the only output. */
  public Value output() {
    return outputs.get(0);
  }
}
