package io.millrace.op;

import io.millrace.type.DType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Turns the components of operations' records into attributes and back. */
final class Components {
  /** Gives what reads the components of a kind of operation that may be null. */
  private static final ClassValue<List<Method>> OBJECTS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          return !type.isRecord()
              ? List.of()
              : Arrays.stream(type.getRecordComponents())
                  .filter(component -> !component.getType().isPrimitive())
                  .map(RecordComponent::getAccessor)
                  .filter(accessor -> accessor.trySetAccessible())
                  .toList();
        }
      };

  private Components() {}

  /** Returns the name of the first component that is null. */
  static Optional<String> firstNull(Op op) {
    for (Method accessor : OBJECTS.get(op.getClass())) {
      try {
        if (accessor.invoke(op) == null) {
          return Optional.of(accessor.getName());
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(accessor + " can be called", e);
      }
    }
    return Optional.empty();
  }

  /** Returns the attributes that an operation's components are; none for the row of a table. */
  static Map<String, Object> write(Op op, Signature signature) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    if (!(op instanceof Record)) {
      return attributes;
    }
    for (RecordComponent component : op.getClass().getRecordComponents()) {
      Object value = get(op, component);
      String name = signature.attribute(component.getName());
      if (value instanceof AttributeGroup group) {
        attributes.putAll(group.toAttributes());
      } else if (!name.isEmpty()) {
        attributes.put(name, toAttribute(value));
      }
    }
    return attributes;
  }

  /** Returns an operation like the prototype with the components that the attributes say. */
  static Op read(Op prototype, Signature signature, Attributes attributes) {
    if (!(prototype instanceof Record)) {
      return prototype;
    }
    RecordComponent[] components = prototype.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      String name = signature.attribute(components[i].getName());
      if (AttributeGroup.class.isAssignableFrom(types[i])) {
        values[i] = group(types[i], attributes);
      } else if (name.isEmpty()) {
        values[i] = get(prototype, components[i]);
      } else {
        values[i] = toComponent(components[i], name, signature.defaultOf(name), attributes);
      }
    }
    try {
      Constructor<? extends Op> constructor =
          prototype.getClass().asSubclass(Op.class).getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      throw cause(e, prototype.type());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          prototype.getClass().getName() + " must be a public record to be read from attributes",
          e);
    }
  }

  private static Object get(Op op, RecordComponent component) {
    try {
      return component.getAccessor().invoke(op);
    } catch (InvocationTargetException e) {
      throw cause(e, op.type());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(
          op.getClass().getName() + " must be public to be written as attributes", e);
    }
  }

  private static Object toAttribute(Object value) {
    if (value instanceof Integer number) {
      return (long) number;
    }
    if (value instanceof DType) {
      return value;
    }
    if (value instanceof Enum<?> constant) {
      return constant.name();
    }
    return value instanceof List<?> list
        ? list.stream().map(Components::toAttribute).toList()
        : value;
  }

  private static Object toComponent(
      RecordComponent component, String name, Optional<Object> otherwise, Attributes attributes) {
    if (otherwise.isPresent() && !attributes.has(name)) {
      return otherwise.get();
    }
    Class<?> type = component.getType();
    if (type == List.class) {
      Class<?> element =
          (Class<?>) ((ParameterizedType) component.getGenericType()).getActualTypeArguments()[0];
      List<Object> list = new ArrayList<>();
      for (Object item : attributes.list(name, kind(element))) {
        list.add(toComponent(name, item, element));
      }
      return List.copyOf(list);
    }
    return toComponent(name, attributes.get(name, kind(type)), type);
  }

  /** Returns the kind of attribute that a component of this type is. */
  private static Class<?> kind(Class<?> type) {
    if (type == boolean.class) {
      return Boolean.class;
    }
    if (type == int.class || type == Integer.class || type == long.class) {
      return Long.class;
    }
    if (type == float.class) {
      return Float.class;
    }
    return type.isEnum() && type != DType.class ? String.class : type;
  }

  private static Object toComponent(String name, Object value, Class<?> type) {
    if (type == int.class || type == Integer.class) {
      long number = (Long) value;
      if (number != (int) number) {
        throw new RuleException("attribute '" + name + "' does not fit 32 bits: " + number);
      }
      return (int) number;
    }
    if (type.isEnum() && type != DType.class) {
      List<String> names = new ArrayList<>();
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(value)) {
          return constant;
        }
        names.add(((Enum<?>) constant).name());
      }
      throw RuleException.unsupported(
          "attribute '" + name + "' must be one of " + names + ", not " + value);
    }
    return value;
  }

  private static Object group(Class<?> type, Attributes attributes) {
    try {
      return type.getMethod("fromAttributes", Attributes.class).invoke(null, attributes);
    } catch (InvocationTargetException e) {
      throw cause(e, type.getSimpleName());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          type.getName() + " needs a method: public static fromAttributes(Attributes)", e);
    }
  }

  /** Returns a broken rule as it is; a component may also refuse its value by itself. */
  private static RuntimeException cause(InvocationTargetException e, String what) {
    Throwable cause = e.getCause();
    if (cause instanceof RuleException rule) {
      return rule;
    }
    return cause instanceof IllegalArgumentException
        ? RuleException.unsupported(String.valueOf(cause.getMessage()))
        : new IllegalStateException(what + " failed", cause);
  }
}
