package io.millrace.type;

import java.lang.StackWalker.StackFrame;
import java.security.CodeSource;
import java.util.List;
import java.util.Set;

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

  /** The package that all of the engine lies in, whatever it was renamed to in a shaded jar. */
  private static final String ROOT = parent(SourceLine.class.getPackageName());

  /** Packages in there that hold programs. */
  private static final Set<String> PROGRAMS =
      Set.of(ROOT + ".examples", ROOT + ".benchmarks", ROOT + ".conformance");

  /** Tells of each class whether it is the engine's own or Java's. */
  private static final ClassValue<Boolean> OWN =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return isPart(type, SourceLine.class) || isJava(type);
        }
      };

  /**
   * Returns the innermost line on the stack outside the engine's own code.
   *
   * <p>The engine's own are the classes in its packages that were loaded from where it was, and not
   * from tests that share its packages. The user's may lie beside them in one jar.
   *
   * @param engine classes from other parts of the engine that may be on the stack, or from
   *     libraries on top of it: all code is passed over that was loaded from where they were; if
   *     the engine was too, as in a jar that holds a whole program, their packages alone
   */
  public static SourceLine ofCaller(List<? extends Class<?>> engine) {
    return WALKER.walk(
        frames ->
            frames
                .filter(f -> !isPassedOver(f.getDeclaringClass(), engine))
                .findFirst()
                .map(SourceLine::of)
                .orElse(UNKNOWN));
  }

  /**
   * A call of the engine.
   *
   * @param method what was called, such as {@code Shape.of}; of an interface, which stands for the
   *     class that the user knows, without its name
   * @param line the line that called it, as {@link #ofCaller} returns it
   */
  public record Call(String method, SourceLine line) {
    /** Returns a message with the method and the rule broken. */
    public String refused(String rule) {
      return "[" + method + "] " + rule;
    }
  }

  /** Returns the outermost call of what the package of types and those beside it have. */
  static Call call() {
    return callOf(List.of());
  }

  /** Returns the call that led here from the innermost line outside the engine's own code. */
  public static Call callOf(List<? extends Class<?>> engine) {
    return WALKER.walk(
        frames -> {
          String method = "unknown";
          for (StackFrame frame : (Iterable<StackFrame>) frames::iterator) {
            if (isEngine(frame.getDeclaringClass(), engine)) {
              method = name(frame);
            } else if (!isJava(frame.getDeclaringClass())) {
              return new Call(method, of(frame));
            }
          }
          return new Call(method, UNKNOWN);
        });
  }

  private static String name(StackFrame frame) {
    Class<?> type = frame.getDeclaringClass();
    String method = frame.getMethodName();
    return method.equals("<init>")
        ? "new " + type.getSimpleName()
        : type.isInterface() ? method : type.getSimpleName() + "." + method;
  }

  private static boolean isJava(Class<?> code) {
    return code.getName().startsWith("java.");
  }

  private static SourceLine of(StackFrame frame) {
    return new SourceLine(
        frame.getClassName() + "." + frame.getMethodName(),
        String.valueOf(frame.getFileName()),
        frame.getLineNumber());
  }

  private static boolean isEngine(Class<?> code, List<? extends Class<?>> engine) {
    return isPart(code, SourceLine.class) || engine.stream().anyMatch(e -> isPart(code, e));
  }

  private static boolean isPassedOver(Class<?> code, List<? extends Class<?>> engine) {
    return OWN.get(code) || engine.stream().anyMatch(e -> isPart(code, e));
  }

  /** Returns whether code belongs to the part of the engine, or to the library, of a class. */
  private static boolean isPart(Class<?> code, Class<?> part) {
    String origin = ORIGIN.get(part);
    if (!ORIGIN.get(code).equals(origin)) {
      return false;
    }
    String name = code.getPackageName();
    if (isWithin(part.getPackageName(), ROOT)) {
      return isWithin(name, ROOT) && PROGRAMS.stream().noneMatch(p -> isWithin(name, p));
    }
    return !origin.equals(ORIGIN.get(SourceLine.class)) || isWithin(name, part.getPackageName());
  }

  private static boolean isWithin(String name, String other) {
    return name.equals(other) || name.startsWith(other + ".");
  }

  private static String parent(String name) {
    return name.substring(0, name.lastIndexOf('.'));
  }

  /** Returns a text as in a stack trace, such as {@code com.acme.Main.build(Main.java:23)}. */
  @Override
  public String toString() {
    return method + "(" + file + ":" + line + ")";
  }
}
