package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Removes what neither fetches nor updates nor checks need. */
public final class RemoveDead implements Pass {
  @Override
  public String name() {
    return "remove-dead";
  }

  @Override
  public Program apply(Program program) {
    return program.with(
        live(program.instructions(), program.fetches(), program.updates(), program.checks()));
  }

  /** Returns those of the instructions that these need. */
  static List<Instruction> live(
      List<Instruction> instructions,
      List<Value> fetches,
      List<Program.Update> updates,
      List<Value> checks) {
    Set<Value> needed = new HashSet<>(fetches);
    needed.addAll(checks);
    updates.forEach(u -> needed.add(u.value()));
    List<Instruction> kept = new ArrayList<>();
    for (int i = instructions.size() - 1; i >= 0; i--) {
      Instruction instruction = instructions.get(i);
      if (instruction.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(instruction.inputs());
        kept.add(instruction);
      }
    }
    Collections.reverse(kept);
    return kept;
  }
}
