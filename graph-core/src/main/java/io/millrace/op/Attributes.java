package io.millrace.op;

import io.millrace.GraphFunction;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The attributes of one node as TensorFlow writes them, being read.
 *
 * <p>A value is a Boolean, Long, Float, String, {@link DType}, {@link Shape}, {@link Literal} or
 * {@link GraphFunction}, or a list of one of these kinds. Whatever is not read is known afterwards,
 * so that nothing that a node says is passed over silently.
 */
public final class Attributes {
  private final Map<String, Object> values;
  private final Set<String> read = new HashSet<>();

  /** Makes a reader of these attributes. */
  public Attributes(Map<String, Object> values) {
    this.values = Map.copyOf(values);
  }

  /** Returns whether the node says this attribute. */
  public boolean has(String name) {
    return values.containsKey(name);
  }

  /**
   * Returns the value of an attribute that must be there.
   *
   * @throws RuleException if it is missing or of another kind
   */
  public <T> T get(String name, Class<T> kind) {
    read.add(name);
    Object value = values.get(name);
    if (value == null) {
      throw new RuleException("attribute '" + name + "' is missing");
    }
    return cast(name, value, kind);
  }

  /**
   * Returns the value of an attribute, or this one where the node leaves it out.
   *
   * @throws RuleException if it is of another kind
   */
  public <T> T get(String name, Class<T> kind, T otherwise) {
    return has(name) ? get(name, kind) : otherwise;
  }

  /**
   * Returns the list that an attribute holds.
   *
   * @throws RuleException if it is missing or its elements are of another kind
   */
  public <T> List<T> list(String name, Class<T> kind) {
    List<?> elements = get(name, List.class);
    return elements.stream().map(e -> cast(name, e, kind)).toList();
  }

  /** Returns the list that an attribute holds, or this one where the node leaves it out. */
  public <T> List<T> list(String name, Class<T> kind, List<T> otherwise) {
    return has(name) ? list(name, kind) : otherwise;
  }

  private static <T> T cast(String name, Object value, Class<T> kind) {
    if (!kind.isInstance(value)) {
      throw new RuleException(
          "attribute '%s' must be of kind %s, not %s"
              .formatted(name, kind.getSimpleName().toLowerCase(Locale.ROOT), value));
    }
    return kind.cast(value);
  }

  /**
   * Requires every attribute to have been read; those whose names begin with an underscore are
   * notes for others.
   *
   * @throws RuleException if not
   */
  void requireAllRead() {
    List<String> left =
        values.keySet().stream()
            .filter(name -> !name.startsWith("_") && !read.contains(name))
            .sorted()
            .map(name -> "'" + name + "' = " + values.get(name))
            .toList();
    if (!left.isEmpty()) {
      throw RuleException.unsupported("attribute " + String.join(", ", left) + " is not known");
    }
  }

  /** Counts an attribute as read whatever it holds. */
  void ignore(String name) {
    read.add(name);
  }
}
