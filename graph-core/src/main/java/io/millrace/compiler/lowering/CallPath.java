package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.ir.Origin;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The calls of functions that lead to a frame.
 *
 * @param calls the calls, the outermost first; none for the session's graph
 */
record CallPath(List<Operation> calls) {
  /** Returns the path to what a call of this frame runs. */
  CallPath to(Operation call) {
    return new CallPath(Stream.concat(calls.stream(), Stream.of(call)).toList());
  }

  /** Returns the name of an operation of the frame behind those of the calls. */
  String name(Operation operation) {
    return Stream.concat(calls.stream(), Stream.of(operation))
        .map(Operation::name)
        .collect(Collectors.joining("/"));
  }

  /** Returns an operation of the frame with the calls. */
  Origin origin(Operation operation) {
    Optional<Origin.Site> caller = Optional.empty();
    for (Operation call : calls) {
      caller = Optional.of(new Origin.Site(caller, call.name(), call.source()));
    }
    return new Origin(List.of(new Origin.Site(caller, operation.name(), operation.source())));
  }

  /** Returns the calls on lines of their own, the innermost first. */
  String lines() {
    StringBuilder text = new StringBuilder();
    for (int i = calls.size() - 1; i >= 0; i--) {
      text.append("\n  called by ").append(calls.get(i));
      text.append("\n  at ").append(calls.get(i).source());
    }
    return text.toString();
  }
}
