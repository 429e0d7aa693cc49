package io.millrace.ops;

import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Operand;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Calls methods with null for each argument in turn, and for each element of one, and collects what
 * is not refused as it should be: by an exception of the engine's own that says which argument is
 * null and, where it is about a graph, on which line of the user's; and without a trace.
 *
 * <p>The other arguments are samples. Where those are refused themselves, the next ones are tried.
 */
public final class NullCalls {
  private static final int CHOICES = 6;

  /** How a failure begins whose call was refused for another reason. */
  private static final String OTHER = "not reached: ";

  private final Map<Class<?>, List<?>> samples;
  private final Supplier<?> state;
  private final Set<String> allowed;
  private final TreeSet<String> complaints = new TreeSet<>();
  private int refusals;

  /**
   * Starts.
   *
   * @param samples arguments of each type; there are others for primitives, arrays, lists and enums
   * @param state what refused calls leave as it was
   * @param allowed the arguments that may be null, such as {@code "Class.method name"}
   */
  public NullCalls(Map<Class<?>, List<?>> samples, Supplier<?> state, Set<String> allowed) {
    this.samples = samples;
    this.state = state;
    this.allowed = allowed;
  }

  /** Calls the methods of an object. */
  public void methodsOf(Object receiver) throws ReflectiveOperationException {
    for (Method method : receiver.getClass().getMethods()) {
      if (!Modifier.isStatic(method.getModifiers())) {
        call(method, receiver);
      }
    }
  }

  /** Calls the static methods and constructors of a type. */
  public void makersOf(Class<?> type) throws ReflectiveOperationException {
    for (Method method : type.getMethods()) {
      if (Modifier.isStatic(method.getModifiers())) {
        call(method, null);
      }
    }
    for (Constructor<?> constructor : type.getConstructors()) {
      if (!Modifier.isAbstract(type.getModifiers())) {
        call(constructor, null);
      }
    }
  }

  /** Returns a line for each argument of which null is not refused as it should be. */
  public String complaints() {
    return String.join("\n", complaints);
  }

  /** Returns how often null was refused. */
  public int refusals() {
    return refusals;
  }

  private void call(Executable method, Object receiver) throws ReflectiveOperationException {
    boolean own = method.getDeclaringClass().getName().startsWith("io.millrace.");
    if (!own || method.isSynthetic() || method.getName().equals("equals")) {
      return;
    }
    method.setAccessible(true);
    Parameter[] parameters = method.getParameters();
    for (int at = 0; at < parameters.length; at++) {
      String place =
          method.getDeclaringClass().getSimpleName()
              + "."
              + (method instanceof Method ? method.getName() : "new")
              + " "
              + parameters[at].getName();
      if (!parameters[at].getType().isPrimitive() && !allowed.contains(place)) {
        List<Object> broken = new ArrayList<>();
        broken.addAll(broken(parameters[at].getType()));
        broken.add(null);
        for (Object value : broken) {
          check(method, receiver, at, value, place);
        }
      }
    }
  }

  /** Returns values of a type that hold null. */
  private List<Object> broken(Class<?> type) throws ReflectiveOperationException {
    if (type.isArray() && !type.getComponentType().isPrimitive()) {
      return List.of(Array.newInstance(type.getComponentType(), 1));
    }
    if (type == Map.class) {
      Object sample = samples.get(Map.class).get(0);
      Map.Entry<?, ?> entry = ((Map<?, ?>) sample).entrySet().iterator().next();
      return List.of(
          Collections.singletonMap(null, entry.getValue()),
          Collections.singletonMap(entry.getKey(), null));
    }
    return type == List.class || type == Collection.class
        ? List.of(Collections.singletonList(null))
        : List.of();
  }

  private void check(Executable method, Object receiver, int at, Object broken, String place)
      throws ReflectiveOperationException {
    Class<?>[] types = method.getParameterTypes();
    List<String> failures = new ArrayList<>();
    List<String> others = new ArrayList<>();
    int refused = 0;
    for (int choice = 0; choice < CHOICES; choice++) {
      Object[] arguments = new Object[types.length];
      for (int i = 0; i < types.length; i++) {
        arguments[i] = i == at ? broken : sample(types[i], choice);
      }
      Object before = state.get();
      String failure = failure(method, receiver, arguments, at);
      if (failure.startsWith(OTHER)) {
        others.add(failure);
      } else {
        refused++;
        String left = state.get().equals(before) ? "" : "leaves something behind";
        if (!failure.isEmpty() || !left.isEmpty()) {
          failures.add(failure + left);
        }
      }
    }
    if (failures.isEmpty() && refused == 0) {
      failures.addAll(others);
    }
    if (failures.isEmpty()) {
      refusals++;
    } else {
      complaints.add(
          "%s%s of %s: %s"
              .formatted(
                  place,
                  broken == null ? "" : " holding null",
                  Stream.of(types).map(Class::getSimpleName).toList(),
                  failures.get(0)));
    }
  }

  /** Returns what is wrong with how a call is refused. */
  private static String failure(Executable method, Object receiver, Object[] arguments, int at)
      throws ReflectiveOperationException {
    try {
      Object made =
          method instanceof Method m
              ? m.invoke(receiver, arguments)
              : ((Constructor<?>) method).newInstance(arguments);
      return "accepted, gives " + (made == null ? "nothing" : made.getClass().getSimpleName());
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause();
      String message = String.valueOf(cause.getMessage());
      if (!(cause instanceof MillraceException || cause instanceof IllegalArgumentException)) {
        StackTraceElement[] trace = cause.getStackTrace();
        return cause + (trace.length == 0 ? "" : " at " + trace[0]);
      }
      if (!message.contains("null")) {
        return OTHER + message;
      }
      boolean named = message.matches("(?s).*\\b(" + names(method, at) + ")\\b.*");
      boolean located =
          !(cause instanceof GraphException) || message.contains("\n  at io.millrace.");
      return (named ? "" : "not named: " + message) + (located ? "" : "no line: " + message);
    }
  }

  /**
   * Returns how a message may name an argument: as the method does, by its place among tensors, or,
   * if it is the only one that may be null, in any way.
   */
  private static String names(Executable method, int at) {
    Class<?>[] types = method.getParameterTypes();
    if (Stream.of(types).filter(t -> !t.isPrimitive()).count() == 1) {
      return ".*";
    }
    List<Class<?>> tensors = List.of(Object.class, Object[].class, Operand.class, Operand[].class);
    long place = Stream.of(types).limit(at).filter(tensors::contains).count();
    String name = method.getParameters()[at].getName();
    return tensors.contains(types[at]) ? name + "|input " + place : name;
  }

  private Object sample(Class<?> type, int choice) throws ReflectiveOperationException {
    if (samples.containsKey(type)) {
      List<?> some = samples.get(type);
      return some.get(Math.min(choice, some.size() - 1));
    }
    if (type.isArray()) {
      Object array = Array.newInstance(type.getComponentType(), 1);
      Array.set(array, 0, sample(type.getComponentType(), choice));
      return array;
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    throw new IllegalStateException("there is no sample of " + type);
  }
}
