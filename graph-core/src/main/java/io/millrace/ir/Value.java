package io.millrace.ir;

import io.millrace.type.TensorType;

/**
 * One tensor of a program, written once.
 *
 * @param id unique in the program
 * @param type fully defined
 */
public record Value(int id, TensorType type) {
  @Override
  public String toString() {
    return "%" + id;
  }
}
