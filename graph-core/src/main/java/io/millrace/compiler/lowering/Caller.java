package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import java.util.Map;

/**
 * What runs the function that a frame lowers the body of.
 *
 * @param frame the frame of the operation that runs it
 * @param turn which turn of a loop that is, or {@link io.millrace.ir.Origin.Site#NO_TURN}
 * @param arguments what the function's parameters are, as far as they are tensors of other frames
 */
record Caller(
    Frame frame,
    Operation operation,
    GraphFunction function,
    long turn,
    Map<Output, Place> arguments) {

  Caller {
    arguments = Map.copyOf(arguments);
  }

  /** Returns whether this is a later turn of the same loop. */
  boolean isAfter(Caller other) {
    return frame == other.frame && operation == other.operation && turn > other.turn;
  }
}
