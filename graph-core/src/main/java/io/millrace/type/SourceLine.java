package io.millrace.type;

import java.security.CodeSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * A line of the user's program.
 *
 * @param method the class and method, such as {@code com.acme.Main.build}
 * @param file the file's name, such as {@code Main.java}
 * @param line the line, or -1 if unknown
 */
public record SourceLine(String method, String file, int line) {
  private static final StackWalker WALKER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** Stands where no line is known. */
  public static final SourceLine UNKNOWN = new SourceLine("unknown", "unknown", -1);

  /** Gives each class the place that its code was loaded from. */
  private static final ClassValue<String> ORIGIN =
      new ClassValue<>() {
        @Override
        protected String computeValue(Class<?> type) {
          CodeSource source = type.getProtectionDomain().getCodeSource();
          return source == null || source.getLocation() == null
              ? ""
              : source.getLocation().toString();
        }
      };

  /**
   * Returns the innermost line on the stack outside the engine's own code.
   *
   * @param engine classes from other parts of the engine that may be on the stack
   */
  public static SourceLine ofCaller(List<? extends Class<?>> engine) {
    List<String> origins =
        Stream.concat(Stream.of(SourceLine.class), engine.stream()).map(ORIGIN::get).toList();
    return WALKER.walk(
        frames ->
            frames
                .filter(f -> !origins.contains(ORIGIN.get(f.getDeclaringClass())))
                .filter(f -> !f.getClassName().startsWith("java."))
                .findFirst()
                .map(
                    f ->
                        new SourceLine(
                            f.getClassName() + "." + f.getMethodName(),
                            String.valueOf(f.getFileName()),
                            f.getLineNumber()))
                .orElse(UNKNOWN));
  }

  /** Returns a text as in a stack trace, such as {@code com.acme.Main.build(Main.java:23)}. */
  @Override
  public String toString() {
    return method + "(" + file + ":" + line + ")";
  }
}
