package io.millrace.host;

import io.millrace.type.DType;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Knows which Java values stand for tensors, and which element type each has by itself.
 *
 * <p>A list or an array of objects has the widest type among its elements, a floating one if any
 * is; empty, it is float32. Asking about anything but lists and such arrays allocates nothing.
 */
final class JavaTypes {
  private static final String ACCEPTED =
      "a Number, a Boolean, an array or List of those (nested to any depth) or a buffer";

  /** How much of a text is shown. */
  private static final int LONGEST = 40;

  /** Kinds that are known by these names, whatever class is behind them. */
  private static final List<Class<?>> KINDS =
      List.of(Map.class, List.class, Set.class, Collection.class);

  private JavaTypes() {}

  /** Returns whether a value is a single element. */
  static boolean isElement(@Nullable Object value) {
    return value instanceof Number || value instanceof Boolean;
  }

  /** Returns whether a value holds other values: a list, or an array of objects. */
  static boolean isNested(@Nullable Object value) {
    return value instanceof Object[] || value instanceof List<?>;
  }

  /** Returns one of the values that a list or an array of objects holds. */
  static @Nullable Object part(Object nested, int index) {
    return nested instanceof List<?> list ? list.get(index) : ((Object[]) nested)[index];
  }

  /** Returns how many values a list or an array of objects holds. */
  static int parts(Object nested) {
    return nested instanceof List<?> list ? list.size() : ((Object[]) nested).length;
  }

  /** Returns the element type that a value has by itself, if it stands for a tensor. */
  static @Nullable DType dtype(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    Class<?> kind = value.getClass();
    while (kind.isArray()) {
      kind = kind.getComponentType();
    }
    if (kind.isPrimitive()) {
      return ofPrimitive(kind);
    }
    if (isElement(value)) {
      return ofElement(value);
    }
    return isNested(value) ? ofParts(value) : ofBuffer(value);
  }

  private static @Nullable DType ofPrimitive(Class<?> kind) {
    return kind == float.class
        ? DType.FLOAT32
        : kind == double.class
            ? DType.FLOAT64
            : kind == int.class || kind == short.class
                ? DType.INT32
                : kind == long.class
                    ? DType.INT64
                    : kind == byte.class ? DType.UINT8 : kind == boolean.class ? DType.BOOL : null;
  }

  private static DType ofElement(Object value) {
    if (value instanceof Float) {
      return DType.FLOAT32;
    }
    if (value instanceof Integer || value instanceof Short || value instanceof AtomicInteger) {
      return DType.INT32;
    }
    if (value instanceof Long || value instanceof BigInteger || value instanceof AtomicLong) {
      return DType.INT64;
    }
    return value instanceof Byte
        ? DType.UINT8
        : value instanceof Boolean ? DType.BOOL : DType.FLOAT64;
  }

  private static @Nullable DType ofBuffer(Object value) {
    return value instanceof FloatBuffer
        ? DType.FLOAT32
        : value instanceof DoubleBuffer
            ? DType.FLOAT64
            : value instanceof IntBuffer || value instanceof ShortBuffer
                ? DType.INT32
                : value instanceof LongBuffer
                    ? DType.INT64
                    : value instanceof ByteBuffer ? DType.UINT8 : null;
  }

  private static @Nullable DType ofParts(Object nested) {
    DType joined = null;
    for (int i = 0; i < parts(nested); i++) {
      Object part = part(nested, i);
      if (part != null && isNested(part) && parts(part) == 0) {
        continue;
      }
      DType own = dtype(part);
      if (own == null || (joined != null && joined.isBoolean() != own.isBoolean())) {
        return null;
      }
      joined = joined == null ? own : joined.joined(own);
    }
    return joined == null ? DType.FLOAT32 : joined;
  }

  /**
   * Returns the element type that a value has by itself.
   *
   * @throws IllegalArgumentException if it does not stand for a tensor; the message says what in it
   *     does not, and where
   */
  static DType require(@Nullable Object value) {
    DType dtype = dtype(value);
    if (dtype == null) {
      throw offence(value, new int[0]);
    }
    return dtype;
  }

  private static IllegalArgumentException offence(@Nullable Object value, int[] position) {
    String where = position.length == 0 ? "" : " at " + Arrays.toString(position);
    if (value == null) {
      return new IllegalArgumentException(
          position.length == 0 ? "null is no tensor" : "the value holds null" + where);
    }
    if (isNested(value)) {
      for (int i = 0; i < parts(value); i++) {
        Object part = part(value, i);
        if (dtype(part) == null) {
          int[] inner = Arrays.copyOf(position, position.length + 1);
          inner[position.length] = i;
          return offence(part, inner);
        }
      }
      return new IllegalArgumentException("a tensor holds numbers or booleans, not both" + where);
    }
    return new IllegalArgumentException(
        "a tensor is made from "
            + ACCEPTED
            + ", not from "
            + kind(value)
            + where
            + (value instanceof CharSequence text ? ": " + quoted(text) : ""));
  }

  /** Returns a text, a number or a list that is refused, or the kind of anything else. */
  static String described(@Nullable Object value) {
    if (value instanceof CharSequence text) {
      return "the text " + quoted(text);
    }
    if (value == null) {
      return "null";
    }
    String kind = kind(value);
    return isElement(value)
        ? kind + " " + value
        : value instanceof List<?> ? shortened(value.toString()) : kind;
  }

  private static String quoted(CharSequence text) {
    return "'" + shortened(text.toString()) + "'";
  }

  private static String shortened(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text;
  }

  private static String kind(Object value) {
    return KINDS.stream()
        .filter(kind -> kind.isInstance(value))
        .findFirst()
        .map(Class::getTypeName)
        .orElse(value.getClass().getTypeName());
  }

  /** Returns whether a number is one with a fraction. */
  static boolean isFloating(Number number) {
    return ofElement(number).isFloating();
  }
}
