package io.millrace;

import io.millrace.op.Argument;
import io.millrace.type.SourceLine;
import java.util.Collection;
import java.util.List;

/**
 * A part of a graph that is called: a graph of its own, of whose tensors some are arguments and
 * some results. Immutable once it is finished. TensorFlow: FunctionDef.
 */
public final class GraphFunction {
  private final String name;
  private final Graph body;
  private final List<Output> parameters;
  private final List<Output> results;
  private final List<Operation> targets;
  private final List<Output> captures;
  private final List<Operation> before;
  private final SourceLine source;

  GraphFunction(
      String name,
      Graph body,
      List<Output> parameters,
      List<Output> results,
      List<Output> captures,
      Collection<Operation> before,
      SourceLine source) {
    this.name = name;
    this.body = body;
    this.parameters = List.copyOf(parameters);
    this.results = List.copyOf(results);
    this.captures = List.copyOf(captures);
    this.before = List.copyOf(before);
    this.source = source;
    targets =
        body.operations().stream()
            .filter(o -> !(o.op() instanceof Argument) && hasEffects(o))
            .toList();
  }

  /** Returns whether an operation does more than compute: of a call, what it calls says so. */
  private static boolean hasEffects(Operation operation) {
    List<GraphFunction> called = operation.op().functions();
    return called.isEmpty()
        ? operation.op().isStateful()
        : called.stream().anyMatch(f -> !f.targets.isEmpty());
  }

  /** Returns the name, which need not be unique. */
  public String name() {
    return name;
  }

  /** Returns the graph whose operations a call runs. */
  public Graph body() {
    return body;
  }

  /** Returns the tensors of the body that a call binds to its inputs; those captured come last. */
  public List<Output> parameters() {
    return parameters;
  }

  /** Returns the tensors of the body that a call returns. */
  public List<Output> results() {
    return results;
  }

  /** Returns the operations that run whether a result needs them or not: those with effects. */
  public List<Operation> targets() {
    return targets;
  }

  /** Returns the tensors around the function that a call passes as its last arguments. */
  public List<Output> captures() {
    return captures;
  }

  /** Returns the operations around the function after which a call has to run. */
  public List<Operation> before() {
    return before;
  }

  /** Returns the user's line that began it. */
  public SourceLine source() {
    return source;
  }

  /** Returns the name and the types of arguments and results. */
  @Override
  public String toString() {
    return "%s(%s) -> (%s)"
        .formatted(
            name,
            String.join(", ", parameters.stream().map(Output::typeText).toList()),
            String.join(", ", results.stream().map(Output::typeText).toList()));
  }
}
