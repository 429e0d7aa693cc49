package io.millrace.ops;

import io.millrace.op.Example;
import io.millrace.op.Op;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds every operation: the classes nested in the families that {@link Ops} is made of.
 *
 * <p>No list is kept by hand; an operation exists by being declared in its family.
 */
public final class Catalogue {
  private static final Map<String, Op> PROTOTYPES = prototypes();

  private Catalogue() {}

  /** Returns the classes of all operations, sorted by name. */
  public static List<Class<? extends Op>> operations() {
    Set<Class<?>> families = new LinkedHashSet<>();
    Deque<Class<?>> open = new ArrayDeque<>(List.of(Ops.class));
    Stream.of(Ops.class.getFields()).map(f -> f.getType()).forEach(open::add);
    while (!open.isEmpty()) {
      Class<?> family = open.pop();
      if (families.add(family)) {
        open.addAll(List.of(family.getInterfaces()));
      }
    }
    List<Class<? extends Op>> found = new ArrayList<>();
    for (Class<?> family : families) {
      for (Class<?> nested : family.getDeclaredClasses()) {
        if (Op.class.isAssignableFrom(nested)) {
          found.add(nested.asSubclass(Op.class));
        }
      }
    }
    found.sort(Comparator.comparing(Class::getName));
    return found;
  }

  /**
   * Returns an operation of this name, or with this alias, as TensorFlow names operations; its
   * attributes are those of one of its examples.
   */
  public static Optional<Op> prototype(String type) {
    return Optional.ofNullable(PROTOTYPES.get(type));
  }

  private static Map<String, Op> prototypes() {
    Map<String, Op> found = new HashMap<>();
    for (Class<? extends Op> operation : operations()) {
      for (Example example : examples(operation)) {
        found.putIfAbsent(example.op().type(), example.op());
      }
    }
    for (Op op : List.copyOf(found.values())) {
      op.signature().aliases().forEach(alias -> found.putIfAbsent(alias, op));
    }
    return Map.copyOf(found);
  }

  /**
   * Returns the examples that an operation's class declares.
   *
   * @throws IllegalStateException if it has no method {@code static List<Example> examples()}
   */
  public static List<Example> examples(Class<? extends Op> operation) {
    try {
      Method declared = operation.getDeclaredMethod("examples");
      declared.setAccessible(true);
      List<Example> examples = new ArrayList<>();
      for (Object example : (List<?>) declared.invoke(null)) {
        examples.add((Example) example);
      }
      return examples;
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException(
          operation.getName() + " needs a method: static List<Example> examples()", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(operation.getName() + ".examples() failed", e.getCause());
    }
  }
}
