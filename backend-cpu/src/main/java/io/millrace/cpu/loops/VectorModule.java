package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.Optional;

/**
 * Knows whether generated loops can use {@code jdk.incubator.vector}, by name and reflection only.
 */
public final class VectorModule {
  static final String NAME = "jdk.incubator.vector";

  private static final int VERSION = Runtime.version().feature();
  private static final Optional<Module> MODULE = ModuleLayer.boot().findModule(NAME);

  /**
   * Whether the compiler runs that makes vectors fast; without it a loop over them takes hundreds
   * of times as long as one over elements.
   */
  private static final boolean IS_COMPILED = isCompiled(System.getProperty("java.vm.info", ""));

  private static final int BYTES = findBytes();

  private VectorModule() {}

  /** Returns whether vectors can be used. */
  static boolean isAvailable() {
    return BYTES > 0;
  }

  /** Returns whether vectors are read from memory segments, as from JDK 22 on, not from buffers. */
  static boolean usesSegments() {
    return VERSION >= 22;
  }

  /** Returns the number of elements of this type in one vector. */
  static int lanes(DType type) {
    return BYTES / type.bytes();
  }

  /** Returns a line for people: the vectors' width, or how to get them. */
  public static String describe() {
    if (isAvailable()) {
      return "vectors: " + 8 * BYTES + " bits (" + NAME + ")";
    }
    if (!IS_COMPILED) {
      return "vectors: none, Java only compiles quickly or not at all; run it without"
          + " -XX:TieredStopAtLevel and -Xint";
    }
    return MODULE.isPresent()
        ? "vectors: none, Java "
            + VERSION
            + " has no stable way to load them; use 17 or 22 and later"
        : "vectors: none; run java with --add-modules " + NAME + " for faster loops";
  }

  /** Returns whether a virtual machine that says this of itself has its optimizing compiler on. */
  static boolean isCompiled(String about) {
    return !about.contains("emulated-client") && !about.contains("interpreted mode");
  }

  private static int findBytes() {
    if (MODULE.isEmpty() || !IS_COMPILED || (VERSION > 18 && VERSION < 22)) {
      return 0;
    }
    try {
      VectorModule.class.getModule().addReads(MODULE.get());
      Class<?> floats = Class.forName(MODULE.get(), NAME + ".FloatVector");
      Class<?> species = Class.forName(MODULE.get(), NAME + ".VectorSpecies");
      if (floats == null || species == null) {
        return 0;
      }
      Object preferred = floats.getField("SPECIES_PREFERRED").get(null);
      return (Integer) species.getMethod("vectorByteSize").invoke(preferred);
    } catch (ReflectiveOperationException e) {
      return 0;
    }
  }
}
