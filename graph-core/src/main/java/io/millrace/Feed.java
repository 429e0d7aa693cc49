package io.millrace;

import io.millrace.op.Arguments;
import java.util.LinkedHashMap;

/**
 * Collects what a run is fed, as {@code Feed.of(x, images).and(y, labels)}; a map, with keys and
 * values as a session takes them.
 *
 * <p>May be changed and used again for the next run. Not thread-safe.
 */
public final class Feed extends LinkedHashMap<Object, Object> {
  private static final long serialVersionUID = 1;

  private Feed() {}

  /** Returns a feed of nothing. */
  public static Feed none() {
    return new Feed();
  }

  /** Returns a feed of one tensor. */
  public static Feed of(Operand tensor, Object value) {
    return new Feed().and(tensor, value);
  }

  /** Returns a feed of one tensor, by name. */
  public static Feed of(String tensor, Object value) {
    return new Feed().and(tensor, value);
  }

  /** Adds a tensor, or replaces its value, and returns this. */
  public Feed and(Operand tensor, Object value) {
    Arguments.requireForRun(tensor, "tensor");
    put(tensor, Arguments.requireForRun(value, "value"));
    return this;
  }

  /** Adds a tensor by name, or replaces its value, and returns this. */
  public Feed and(String tensor, Object value) {
    Arguments.requireForRun(tensor, "tensor");
    put(tensor, Arguments.requireForRun(value, "value"));
    return this;
  }
}
