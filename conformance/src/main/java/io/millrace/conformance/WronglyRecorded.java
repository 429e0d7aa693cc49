package io.millrace.conformance;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.type.Literal;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;

/** Knows what TensorFlow computes wrongly, to which cases are not held. */
final class WronglyRecorded {
  private WronglyRecorded() {}

  /**
   * Returns the elements that count in the recorded gradient for a tensor: not those for elements
   * of cumprod's input that are 0, for which TensorFlow has 0 whatever the others are.
   */
  static LongPredicate right(Graph graph, Output x, Map<String, Literal> feeds) {
    List<Operation> readers =
        graph.operations().stream().filter(o -> o.inputs().contains(x)).toList();
    boolean isMultiplied =
        readers.stream().anyMatch(o -> o.op().type().equals("Cumprod") && o.input(0).equals(x));
    for (Map.Entry<String, Literal> feed : feeds.entrySet()) {
      if (isMultiplied && graph.output(feed.getKey()).equals(x)) {
        return i -> feed.getValue().getDouble(i) != 0;
      }
    }
    return i -> true;
  }
}
