package io.millrace.ops;

import io.millrace.op.Arithmetic;
import io.millrace.op.Example;
import io.millrace.op.Op;
import io.millrace.op.OpFamily;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Millrace's own operations: the classes nested in the interfaces that {@link Ops} and its views
 * are made of. No list is kept by hand; an operation exists by being declared in its interface.
 */
public final class MillraceOps implements OpFamily {
  /** Made by {@link java.util.ServiceLoader}. */
  public MillraceOps() {}

  @Override
  public String name() {
    return "millrace";
  }

  @Override
  public Optional<Arithmetic> arithmetic() {
    return Optional.of(new FluentArithmetic());
  }

  @Override
  public boolean isLibrary() {
    return true;
  }

  @Override
  public List<Example> examples() {
    Set<Class<?>> interfaces = new LinkedHashSet<>();
    Deque<Class<?>> open = new ArrayDeque<>(List.of(Ops.class));
    Stream.of(Ops.class.getFields()).map(f -> f.getType()).forEach(open::add);
    List<Example> examples = new ArrayList<>();
    while (!open.isEmpty()) {
      Class<?> each = open.pop();
      if (interfaces.add(each)) {
        open.addAll(List.of(each.getInterfaces()));
        Stream.of(each.getDeclaredClasses())
            .filter(c -> Op.class.isAssignableFrom(c) && !c.isInterface())
            .forEach(operation -> examples.addAll(examples(operation)));
      }
    }
    return examples;
  }

  private static List<Example> examples(Class<?> operation) {
    try {
      Method declared = operation.getDeclaredMethod("examples");
      declared.setAccessible(true);
      List<?> examples = (List<?>) declared.invoke(null);
      if (examples.isEmpty()) {
        throw new IllegalStateException(operation.getName() + " has no examples");
      }
      return examples.stream().map(Example.class::cast).toList();
    } catch (NoSuchMethodException | IllegalAccessException e) {
      throw new IllegalStateException(
          operation.getName() + " needs a method: static List<Example> examples()", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(operation.getName() + ".examples() failed", e.getCause());
    }
  }
}
