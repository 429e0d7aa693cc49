package io.millrace.compiler.lowering;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * What a run asks for.
 *
 * @param fetches the tensors whose values are wanted
 * @param targets the operations to be run
 * @param feeds the fed tensors with their exact shapes
 * @param found tensors that an earlier part of the run computed, with their exact shapes: they are
 *     fed too, but what computing them does besides is not left out
 * @param known tensors whose values are known, which the plan takes as constants
 * @param passes whether to optimise
 * @param devices the device that each operation asks for, which may refuse with a {@link
 *     io.millrace.DeviceException}
 * @param home the device of what asks for none
 */
public record Request(
    Graph graph,
    List<Output> fetches,
    List<Operation> targets,
    Map<Output, Shape> feeds,
    Map<Output, Shape> found,
    Map<Output, Literal> known,
    boolean passes,
    Function<Operation, String> devices,
    String home) {

  public Request {
    fetches = List.copyOf(fetches);
    targets = List.copyOf(targets);
    feeds = Map.copyOf(feeds);
    found = Map.copyOf(found);
    known = Map.copyOf(known);
  }

  /** Returns whether a tensor need not be computed. */
  boolean gives(Output output) {
    return isFed(output) || known.containsKey(output);
  }

  boolean isFed(Output output) {
    return feeds.containsKey(output) || found.containsKey(output);
  }

  Shape fedShape(Output output) {
    Shape shape = feeds.getOrDefault(output, found.get(output));
    return Objects.requireNonNull(shape, output.name());
  }
}
