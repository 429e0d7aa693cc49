package io.millrace.ir;

import java.util.List;

/**
 * One primitive applied to values.
 *
 * @param origin the operations of the graph that asked for it
 */
public record Instruction(
    Primitive primitive, List<Value> inputs, List<Value> outputs, Origin origin) {

  public Instruction {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Returns whether the output has the input's elements, in their order, in some shape. */
  public boolean isReshape() {
    return primitive instanceof Primitive.Renaming
        && output().type().dtype() == inputs.get(0).type().dtype();
  }

  /** Returns an estimate of the work. */
  public Cost cost() {
    return primitive.cost(
        inputs.stream().map(Value::type).toList(), outputs.stream().map(Value::type).toList());
  }

  /** Returns the only output. */
  public Value output() {
    return outputs.get(0);
  }
}
