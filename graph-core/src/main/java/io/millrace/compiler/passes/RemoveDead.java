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
    Set<Value> needed = new HashSet<>(program.fetches());
    needed.addAll(program.checks());
    program.updates().forEach(u -> needed.add(u.value()));
    List<Instruction> kept = new ArrayList<>();
    for (int i = program.instructions().size() - 1; i >= 0; i--) {
      Instruction instruction = program.instructions().get(i);
      if (instruction.outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(instruction.inputs());
        kept.add(instruction);
      }
    }
    Collections.reverse(kept);
    return program.with(kept);
  }
}
