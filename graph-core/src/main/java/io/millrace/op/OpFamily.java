package io.millrace.op;

import java.util.List;
import java.util.Optional;

/**
 * Operations from one source, found with {@link java.util.ServiceLoader}.
 *
 * <p>A graph takes any {@link Op}. Those of a family are known by name besides: graphs are read
 * from files and written with them, and tests and documentation find them. A provider is a public
 * class with a public constructor without parameters that a module {@code provides} and a file
 * {@code META-INF/services/io.millrace.op.OpFamily} names.
 */
public interface OpFamily {
  /** Returns the name by which messages call the family, such as {@code com.acme}. */
  String name();

  /** Returns examples of each of its operations; what has none is not found. */
  List<Example> examples();

  /** Returns what the operators of tensors do, if this family says it. */
  default Optional<Arithmetic> arithmetic() {
    return Optional.empty();
  }

  /**
   * Returns whether the code that was loaded with this class only serves its callers. Messages name
   * the line of the caller then, as for the engine's own code, and else lines of this code too.
   */
  default boolean isLibrary() {
    return false;
  }
}
