package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Origin;
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
    Map<Output, Output> traces = traces(frame, operation, function);
    Frame body =
        frame.run(
            operation,
            function,
            Origin.Site.NO_TURN,
            arguments(frame, operation, function, first),
            traces.keySet());
    for (int i = 0; i < function.results().size(); i++) {
      frame.take(operation.output(i), new Place(body, function.results().get(i)));
    }
    traces.forEach(
        (inside, trace) -> {
          if (body.dead().contains(inside)) {
            frame.dead().kill(trace, true);
          } else {
            frame.take(trace, new Place(body, inside));
          }
        });
  }

  /** Returns what the parameters of a function are that an operation calls. */
  static Map<Output, Place> arguments(
      Frame frame, Operation operation, GraphFunction function, int first) {
    Map<Output, Place> arguments = new LinkedHashMap<>();
    for (int i = 0; i < function.parameters().size(); i++) {
      arguments.put(function.parameters().get(i), new Place(frame, operation.input(first + i)));
    }
    return arguments;
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
