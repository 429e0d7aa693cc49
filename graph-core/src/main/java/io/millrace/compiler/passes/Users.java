package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Knows which loops read each value, and which values are needed by anything else. */
final class Users {
  private final Map<Value, Set<Value>> nests = new HashMap<>();
  private final Set<Value> needed = new HashSet<>();
  private final Map<Value, Value> roots = new HashMap<>();

  /** Collects the users of a program's values; a loop is known by its first output. */
  Users(Program program) {
    for (Instruction instruction : program.instructions()) {
      boolean nest = Nest.of(instruction).isPresent();
      if (instruction.isReshape()) {
        roots.put(instruction.output(), root(instruction.inputs().get(0)));
        continue;
      }
      for (Value input : instruction.inputs()) {
        if (nest) {
          add(input, instruction.output());
        } else {
          needed.add(root(input));
        }
      }
    }
    program.fetches().forEach(v -> needed.add(root(v)));
    program.checks().forEach(v -> needed.add(root(v)));
    program.updates().forEach(u -> needed.add(root(u.value())));
  }

  /** Returns the value whose elements a reshape only renames. */
  Value root(Value value) {
    return roots.getOrDefault(value, value);
  }

  /** Returns whether only loops read a value. */
  boolean onlyLoops(Value value) {
    return !needed.contains(root(value));
  }

  /** Returns how many loops read a value. */
  int nests(Value value) {
    return nests.getOrDefault(root(value), Set.of()).size();
  }

  /** Returns whether a loop outside a group, given by its outputs, reads a value. */
  boolean isReadOutside(Value value, Set<Value> group) {
    return !group.containsAll(nests.getOrDefault(root(value), Set.of()));
  }

  /** Notes that a loop reads a value. */
  void add(Value value, Value nest) {
    nests.computeIfAbsent(root(value), v -> new LinkedHashSet<>()).add(nest);
  }

  /** Notes that a loop reads a value no more, and returns whether nothing does now. */
  boolean remove(Value value, Value nest) {
    Set<Value> users = nests.getOrDefault(root(value), new HashSet<>());
    users.remove(nest);
    return users.isEmpty() && onlyLoops(value);
  }
}
