package io.millrace.ops;

import io.millrace.Output;
import io.millrace.ops.list.ListStackOps.TensorListFromTensor;
import io.millrace.ops.list.ListStackOps.TensorListStack;

/** Lists of the rows of tensors, and tensors of the elements of lists. */
public final class Lists {
  private Lists() {}

  /** Returns a list of the rows of a tensor. */
  public static Output of(Ops tf, Output rows) {
    return tf.result(new TensorListFromTensor(), rows, tf.constant(-1));
  }

  /** Returns the elements of a list of known type, stacked. */
  public static Output stacked(Ops tf, Output list) {
    return tf.result(new TensorListStack(list.type().target().dtype(), -1), list, tf.constant(-1));
  }
}
