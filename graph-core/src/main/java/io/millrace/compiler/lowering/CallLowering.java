package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lowers a call by running the function's body in the place of the operation. */
final class CallLowering {
  private CallLowering() {}

  /**
   * Lowers a call.
   *
   * @param first the input that is the function's first argument
   */
  static void lower(Frame frame, Operation operation, GraphFunction function, int first) {
    Map<Output, Output> arguments = new LinkedHashMap<>();
    for (int i = 0; i < function.parameters().size(); i++) {
      arguments.put(function.parameters().get(i), operation.input(first + i));
    }
    Map<Output, Output> traces = traces(frame, operation, function);
    Frame body = frame.run(operation, function, arguments, traces.keySet());
    for (int i = 0; i < function.results().size(); i++) {
      Output result = function.results().get(i);
      take(frame, operation.output(i), body, result, body.dead().isAbsent(result));
    }
    traces.forEach((inside, trace) -> take(frame, trace, body, inside, true));
  }

  private static void take(
      Frame frame, Output output, Frame body, Output inside, boolean isAbsent) {
    if (body.dead().contains(inside)) {
      frame.dead().kill(output, isAbsent);
    } else {
      frame.set(output, body.fetched(inside));
    }
  }

  /**
   * Returns the traces of a function's tensors that are used, by tensor; those of others, which the
   * run does not call, get no value.
   */
  static Map<Output, Output> traces(Frame frame, Operation operation, GraphFunction function) {
    Map<Output, Output> used = new LinkedHashMap<>();
    operation
        .traces()
        .forEach(
            (inside, trace) -> {
              if (inside.graph() == function.body() && frame.isUsed(trace)) {
                used.put(inside, trace);
              } else {
                frame.dead().kill(trace, true);
              }
            });
    return used;
  }
}
