package io.millrace.op;

import io.millrace.GraphException;
import io.millrace.spi.Providers;
import io.millrace.type.SourceLine;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** Finds the families of operations on the class or module path. */
public final class OpFamilies {
  private static final System.Logger LOG = System.getLogger("io.millrace");
  private static final List<OpFamily> FOUND = find();
  private static final List<? extends Class<?>> LIBRARIES =
      FOUND.stream().filter(OpFamily::isLibrary).map(OpFamily::getClass).toList();

  private OpFamilies() {}

  /** Returns all families; one that cannot be loaded is logged and does not stop the others. */
  public static List<OpFamily> all() {
    return FOUND;
  }

  /**
   * Returns what the operators of tensors do.
   *
   * @throws GraphException if no family says it
   */
  public static Arithmetic arithmetic() {
    return FOUND.stream()
        .map(OpFamily::arithmetic)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () ->
                new GraphException(
                    "no family of operations has operators: millrace-graph-ops is not on the class"
                        + " path\n  at "
                        + caller()));
  }

  /**
   * Returns the user's line: the innermost on the stack outside the engine's own code and that of
   * {@linkplain OpFamily#isLibrary libraries}.
   */
  public static SourceLine caller() {
    return SourceLine.ofCaller(LIBRARIES);
  }

  /** Returns the call of the engine or of a library that led here from {@link #caller}. */
  static SourceLine.Call call() {
    return SourceLine.callOf(LIBRARIES);
  }

  private static List<OpFamily> find() {
    return List.copyOf(
        Providers.all(
            ServiceLoader.load(OpFamily.class, OpFamily.class.getClassLoader()),
            OpFamily.class,
            List.of("io.millrace.ops.MillraceOps"),
            e -> LOG.log(System.Logger.Level.WARNING, "a family of operations did not load", e)));
  }
}
