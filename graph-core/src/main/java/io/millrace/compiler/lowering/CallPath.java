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
public record CallPath(List<Call> calls) {

  /**
   * An operation that runs a function.
   *
   * @param turn which turn of a loop that is, or {@link Origin.Site#NO_TURN}
   */
  public record Call(Operation operation, long turn) {}

  public CallPath {
    calls = List.copyOf(calls);
  }

  /** Returns the path to what a call of this frame runs. */
  CallPath to(Operation call, long turn) {
    return new CallPath(Stream.concat(calls.stream(), Stream.of(new Call(call, turn))).toList());
  }

  /** Returns whether this leads to something that an operation of another frame runs. */
  boolean isInside(CallPath other, Operation call) {
    int depth = other.calls.size();
    return calls.size() > depth
        && calls.subList(0, depth).equals(other.calls)
        && calls.get(depth).operation().equals(call);
  }

  /** Returns the name of an operation of the frame behind those of the calls. */
  String name(Operation operation) {
    return Stream.concat(calls.stream().map(Call::operation), Stream.of(operation))
        .map(Operation::name)
        .collect(Collectors.joining("/"));
  }

  /** Returns an operation of the frame with the calls. */
  Origin origin(Operation operation) {
    Optional<Origin.Site> caller = Optional.empty();
    for (Call call : calls) {
      caller =
          Optional.of(
              new Origin.Site(
                  caller, call.operation().name(), call.operation().source(), call.turn()));
    }
    return new Origin(
        List.of(
            new Origin.Site(caller, operation.name(), operation.source(), Origin.Site.NO_TURN)));
  }

  /** Returns the calls on lines of their own, the innermost first. */
  String lines() {
    StringBuilder text = new StringBuilder();
    for (int i = calls.size() - 1; i >= 0; i--) {
      Call call = calls.get(i);
      text.append("\n  called by ").append(call.operation());
      if (call.turn() != Origin.Site.NO_TURN) {
        text.append(" in turn ").append(call.turn());
      }
      text.append("\n  at ").append(call.operation().source());
    }
    return text.toString();
  }

  /** Returns the names of the calls, each before a slash. */
  @Override
  public String toString() {
    return calls.stream()
        .map(
            c ->
                c.turn() == Origin.Site.NO_TURN
                    ? c.operation().name() + "/"
                    : "%s[%d]/".formatted(c.operation().name(), c.turn()))
        .collect(Collectors.joining());
  }
}
