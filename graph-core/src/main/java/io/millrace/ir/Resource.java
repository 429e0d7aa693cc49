package io.millrace.ir;

import io.millrace.type.TensorType;

/**
 * Names memory that a run reads or writes: state that lives in a session from run to run, what one
 * part of a run leaves for another on its device, or what the programs inside a {@link Control}
 * carry.
 *
 * @param name unique in the graph, such as the variable's operation name
 * @param type fully defined
 * @param passing whether it is for one run only; otherwise reading it before anything is written is
 *     an error
 */
public record Resource(String name, TensorType type, boolean passing) {
  /** Names state. */
  public Resource(String name, TensorType type) {
    this(name, type, false);
  }
}
