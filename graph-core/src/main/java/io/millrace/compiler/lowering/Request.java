package io.millrace.compiler.lowering;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What a run asks for.
 *
 * @param fetches the tensors whose values are wanted
 * @param targets the operations to be run
 * @param feeds the fed tensors with their exact shapes
 * @param answers what is known that only a run can tell
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
    Map<Question, Literal> answers,
    boolean passes,
    Function<Operation, String> devices,
    String home) {

  public Request {
    fetches = List.copyOf(fetches);
    targets = List.copyOf(targets);
    feeds = Map.copyOf(feeds);
    answers = Map.copyOf(answers);
  }

  /** Returns whether a tensor need not be computed. */
  public boolean isFed(Output output) {
    return feeds.containsKey(output);
  }
}
