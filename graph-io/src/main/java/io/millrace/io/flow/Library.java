package io.millrace.io.flow;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;

/** The functions made of a graph's loops and branches, and names that nothing else has. */
final class Library {
  private final Set<String> taken;
  private final IntPredicate types;
  private final List<FlowFunction> functions = new ArrayList<>();

  Library(Set<String> taken, IntPredicate types) {
    this.taken = taken;
    this.types = types;
  }

  /** Returns a name like the wished one that nodes may have. */
  String unique(String wished) {
    String plain =
        wished.replaceAll("[^A-Za-z0-9_.\\\\/>-]", "_").replaceFirst("^[^A-Za-z0-9.]", "");
    String name = plain.isEmpty() ? "while" : plain;
    String candidate = name;
    for (int i = 1; !taken.add(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }

  /** Returns whether the engine has the element type of a number. */
  boolean isKnown(int type) {
    return types.test(type);
  }

  /** Adds a function, and returns the name that it gets. */
  String add(Body body, String wished) {
    String name = unique(wished);
    functions.add(body.function(name));
    return name;
  }

  /** Returns a library without functions that takes names as this does. */
  Library copy() {
    return new Library(taken, types);
  }

  /** Adds the functions of a copy. */
  void take(Library copy) {
    functions.addAll(copy.functions);
  }

  List<FlowFunction> functions() {
    return functions;
  }
}
