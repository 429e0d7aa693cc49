package io.millrace.session;

import io.millrace.FeedException;
import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Messages;
import io.millrace.op.OpFamilies;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what a caller asks for and feeds: names become nodes, values get types, mistakes a name.
 */
final class CallReader {
  private final Graph graph;
  private final Map<Output, Call.Result> fetches = new LinkedHashMap<>();
  private final Set<Operation> targets = new LinkedHashSet<>();
  private final List<Call.Result> results = new ArrayList<>();

  private CallReader(Graph graph) {
    this.graph = graph;
  }

  /**
   * Reads a call.
   *
   * @param wanted one thing or a list: operands and names of tensors are fetched, operations and
   *     names of operations without outputs are run
   * @throws FeedException if something is not of this graph or cannot be fed
   */
  static Call read(Graph graph, Object wanted, Map<?, ?> feeds) {
    CallReader reader = new CallReader(graph);
    List<Object> list = wanted instanceof List<?> many ? copy(many) : List.of(wanted);
    list.forEach(reader::want);
    Map<Output, FeedSlot> slots = reader.slots(feeds);
    return new Call(
        list,
        List.copyOf(slots.values()),
        Map.copyOf(slots),
        List.copyOf(reader.fetches.keySet()),
        List.copyOf(reader.targets),
        List.copyOf(reader.results));
  }

  private static List<Object> copy(List<?> wanted) {
    for (int i = 0; i < wanted.size(); i++) {
      Arguments.requireForRun(wanted.get(i), "element " + i + " of wanted");
    }
    return List.copyOf(wanted);
  }

  private void want(Object wanted) {
    if (wanted instanceof Operand operand) {
      fetch(operand.asOutput());
    } else if (wanted instanceof Operation operation) {
      target(operation);
    } else if (wanted instanceof String name) {
      if (name.indexOf(':') < 0 && graph.operation(name).outputs().isEmpty()) {
        target(graph.operation(name));
      } else {
        fetch(graph.output(name));
      }
    } else {
      throw refused(
          "a run fetches tensors, runs operations or takes the name of either, not "
              + Messages.described(wanted));
    }
  }

  private void fetch(Output output) {
    requireOwn(output.operation(), "fetch " + output.name());
    if (output.isHandle()) {
      throw new FeedException(
          "cannot fetch %s, which is %s%s"
              .formatted(
                  output,
                  output.type().isList()
                      ? "a list of tensors: fetch what stacks or reads its elements"
                      : "a handle and has no elements: fetch what reads it",
                  made(output.operation())));
    }
    Call.Result first = new Call.Result(fetches.size(), results.size());
    Call.Result known = fetches.putIfAbsent(output, first);
    results.add(known == null ? first : known);
  }

  private void target(Operation operation) {
    requireOwn(operation, "run " + operation.name());
    targets.add(operation);
    results.add(new Call.Result(Call.Result.OPERATION, results.size()));
  }

  private Map<Output, FeedSlot> slots(Map<?, ?> feeds) {
    Map<Output, FeedSlot> slots = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : feeds.entrySet()) {
      Object key = entry.getKey();
      Output output = fed(key);
      Object value = entry.getValue();
      Arguments.requireForRun(value, "the value of " + output + " in feeds");
      FeedSlot other = slots.putIfAbsent(output, FeedSlot.of(key, output, value));
      if (other != null) {
        throw refused(output + " is fed twice, as " + other.key() + " and as " + key);
      }
    }
    return slots;
  }

  private Output fed(Object key) {
    Arguments.requireForRun(key, "a key of feeds");
    if (key instanceof Operand operand) {
      Output output = operand.asOutput();
      requireOwn(output.operation(), "feed " + output.name());
      return fed(output, operand.reference());
    }
    if (key instanceof String name) {
      Output output = graph.output(name);
      return fed(output, output);
    }
    if (key instanceof Operation operation) {
      throw new FeedException(
          "cannot feed operation "
              + operation
              + ", only its tensors: "
              + operation.outputs()
              + "\n  at "
              + operation.source());
    }
    throw refused("the keys of a feed are tensors or their names, not " + Messages.described(key));
  }

  /** Requires that feeding a tensor reaches those who use it: a handle has readers of their own. */
  private static Output fed(Output output, Output reference) {
    if (reference.isHandle()) {
      throw new FeedException(
          "cannot feed %s, which is %s%s"
              .formatted(
                  reference,
                  reference.type().isList()
                      ? "a list of tensors: feed the tensors that it is made of"
                      : "a handle and has no elements: set the variable in the session",
                  made(reference.operation())));
    }
    return output;
  }

  private static String made(Operation operation) {
    return "\n  made at " + operation.source() + "\n  at " + OpFamilies.caller();
  }

  private static FeedException refused(String rule) {
    return new FeedException(rule + "\n  at " + OpFamilies.caller());
  }

  private void requireOwn(Operation operation, String wish) {
    if (operation.graph() != graph) {
      Optional<String> function = operation.graph().ofFunction();
      if (function.isPresent()) {
        throw new FeedException(
            "cannot %s: it belongs to %s, and has a value only where that is called: let it return"
                    .formatted(wish, function.get())
                + " what is to be fetched"
                + made(operation));
      }
      String own =
          graph.operations().isEmpty()
              ? "an empty one"
              : "the one that begins with " + graph.operations().get(0);
      throw new FeedException(
          "cannot "
              + wish
              + ": it belongs to another graph than this session's, which is "
              + own
              + made(operation));
    }
  }
}
