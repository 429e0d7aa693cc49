package io.millrace.session;

import io.millrace.Tensor;
import io.millrace.spi.HostMemory;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a state held at one time.
 *
 * @param changing the variables whose shapes may change
 * @param counts what was taken from each counter of random numbers
 * @param version how often the state had been written to
 */
public record Contents(
    NavigableMap<String, Tensor> variables,
    Set<String> changing,
    NavigableMap<String, Long> counts,
    long version) {
  public Contents {
    variables = Collections.unmodifiableNavigableMap(new TreeMap<>(variables));
    changing = Set.copyOf(changing);
    counts = Collections.unmodifiableNavigableMap(new TreeMap<>(counts));
  }

  /** Returns a tensor of the same elements that its owner may close. */
  static Tensor copy(Tensor tensor) {
    HostMemory from = tensor.memory();
    HostMemory to = HostMemory.uninitialized(from.bytes());
    for (long at = 0; at < from.bytes(); at += HostMemory.WINDOW) {
      ByteBuffer window = from.window(at);
      to.window(at).put(0, window, 0, (int) Math.min(HostMemory.WINDOW, from.bytes() - at));
    }
    return new Tensor(tensor.type(), to);
  }

  /** Returns the value of a variable, or what was taken from a counter. */
  public Tensor read(String name) {
    Tensor variable = variables.get(name);
    if (variable != null) {
      return copy(variable);
    }
    Long count = counts.get(name);
    if (count == null) {
      throw SharedState.unknown("the snapshot", name, names().keySet());
    }
    return Tensor.of((long) count);
  }

  /** Returns the names of the variables and counters. */
  public Map<String, Object> names() {
    NavigableMap<String, Object> names = new TreeMap<>(variables);
    counts.forEach(names::putIfAbsent);
    return names;
  }
}
