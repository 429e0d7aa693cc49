package io.millrace;

import io.millrace.op.OpFamilies;
import io.millrace.type.SourceLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The scopes that one thread has open in a graph, the innermost first. */
final class Scopes {
  /** Hides the control scopes around it; known by identity. */
  static final List<Operation> INIT = Collections.unmodifiableList(new ArrayList<>());

  /** The bodies of functions that the thread builds, and graphs that it left them for. */
  final Deque<Graph> bodies = new ArrayDeque<>();

  final Deque<String> names = new ArrayDeque<>(List.of(""));
  final Deque<String> devices = new ArrayDeque<>(List.of(""));
  final Deque<List<Operation>> controls = new ArrayDeque<>(List.of(List.<Operation>of()));
  final Deque<SourceLine> sources = new ArrayDeque<>();

  /** Opens a scope at the user's line. */
  static <T> Graph.Scope push(Deque<T> stack, T item) {
    return push(stack, item, OpFamilies.caller());
  }

  /** Opens a scope at this line. */
  static <T> Graph.Scope push(Deque<T> stack, T item, SourceLine opened) {
    stack.push(item);
    return () -> {
      if (stack.peek() != item) {
        throw new IllegalStateException(
            ("the scope opened at %s is closed again, or before one that was opened inside it: "
                    + "scopes must be closed innermost first, by their thread\n  at %s")
                .formatted(opened, OpFamilies.caller()));
      }
      stack.pop();
    };
  }
}
