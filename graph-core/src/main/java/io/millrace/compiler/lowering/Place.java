package io.millrace.compiler.lowering;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.type.TensorType;

/** A tensor of a frame. */
record Place(Frame frame, Output output) {

  /** Returns whether the tensor has one value, not rows that differ. */
  boolean hasValue() {
    return !frame.dead().contains(output) && !frame.rows().differ(output) && value().isMade();
  }

  TensorType type() {
    return frame.type(output);
  }

  Value value() {
    return frame.fetched(output);
  }
}
