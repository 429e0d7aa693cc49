package io.millrace.ir;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Optional;

/**
 * One tensor of a program, written once.
 *
 * @param id unique in the program
 * @param type fully defined
 */
public record Value(int id, TensorType type) {
  /**
   * Returns what stands for a list whose elements have no shape yet, as none was set: it belongs to
   * no program.
   *
   * @param element what is known of an element
   */
  public static Value unmade(long size, TensorType element) {
    return unmade(new TensorType(DType.VARIANT, Shape.of(size), Optional.of(element)));
  }

  /** Returns what stands for lists without elements of this type. */
  public static Value unmade(TensorType type) {
    return new Value(-1, type);
  }

  /** Returns whether this is a tensor, not {@link #unmade}. */
  public boolean isMade() {
    return !type.isList();
  }

  @Override
  public String toString() {
    return "%" + id;
  }
}
