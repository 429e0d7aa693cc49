package io.millrace.ops;

import io.millrace.GraphException;
import io.millrace.op.Example;
import io.millrace.op.Op;
import io.millrace.op.OpFamilies;
import io.millrace.op.OpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Knows every operation of every {@link OpFamily} found, ours and others' alike. */
public final class Catalogue {
  /** In a place that throws each time what making it throws, as a static field would not. */
  private static final ClassValue<Catalogue> FOUND =
      new ClassValue<>() {
        @Override
        protected Catalogue computeValue(Class<?> type) {
          return new Catalogue(OpFamilies.all());
        }
      };

  private final Map<Class<? extends Op>, List<Example>> examples =
      new TreeMap<>(Comparator.comparing(Class::getName));
  private final Map<String, Op> prototypes = new HashMap<>();

  /**
   * Collects the operations of some families.
   *
   * @throws GraphException if two of them have one name, or both have an operation of one name
   */
  Catalogue(List<OpFamily> families) {
    Map<String, OpFamily> names = new HashMap<>();
    Map<String, OpFamily> owners = new HashMap<>();
    for (OpFamily family : families) {
      claim(names, family.name(), family, "are called");
      for (Example example : family.examples()) {
        Op op = example.op();
        claim(owners, op.type(), family, "have an operation");
        op.signature().aliases().forEach(a -> claim(owners, a, family, "have an operation"));
        prototypes.putIfAbsent(op.type(), op);
        examples.computeIfAbsent(classOf(op), c -> new ArrayList<>()).add(example);
      }
    }
    for (Op op : List.copyOf(prototypes.values())) {
      op.signature().aliases().forEach(alias -> prototypes.putIfAbsent(alias, op));
    }
  }

  private static void claim(
      Map<String, OpFamily> owners, String name, OpFamily family, String what) {
    OpFamily other = owners.putIfAbsent(name, family);
    if (other != null && other != family) {
      throw new GraphException(
          String.format(
              "two families of operations %s '%s': %s and %s",
              what, name, other.getClass().getName(), family.getClass().getName()));
    }
  }

  private static Class<? extends Op> classOf(Op op) {
    Class<?> type = op instanceof Enum<?> row ? row.getDeclaringClass() : op.getClass();
    return type.asSubclass(Op.class);
  }

  private static Catalogue found() {
    return FOUND.get(Catalogue.class);
  }

  /** Returns the classes of all operations, sorted by name. */
  public static List<Class<? extends Op>> operations() {
    return List.copyOf(found().examples.keySet());
  }

  /**
   * Returns an operation of this name, or with this alias, as TensorFlow names operations; its
   * attributes are those of one of its examples.
   */
  public static Optional<Op> prototype(String type) {
    return Optional.ofNullable(found().prototypes.get(type));
  }

  /** Returns the examples of an operation of this class. */
  public static List<Example> examples(Class<? extends Op> operation) {
    return List.copyOf(found().examples.getOrDefault(operation, List.of()));
  }
}
