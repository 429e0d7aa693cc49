package io.millrace.compiler.lowering;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Finds what programs inside another carry though they do not change it: it is fed instead. */
final class Unchanged {
  private Unchanged() {}

  /**
   * Returns those of some resources that hold after each of these programs what they did before.
   */
  static List<Resource> in(List<Program> programs, Collection<Resource> resources) {
    return resources.stream()
        .filter(r -> programs.stream().allMatch(p -> isUnchanged(p, r)))
        .toList();
  }

  private static boolean isUnchanged(Program program, Resource resource) {
    Optional<Value> update =
        program.updates().stream()
            .filter(u -> u.resource().equals(resource))
            .map(Program.Update::value)
            .findFirst();
    return update.isEmpty()
        || program.instructions().stream()
            .filter(i -> i.primitive().equals(new Primitive.Read(resource)))
            .anyMatch(i -> i.output().equals(update.get()));
  }

  /** Returns a program that is fed these resources, behind what it is fed already. */
  static Program fed(Program program, List<Resource> resources) {
    List<TensorType> feeds = new ArrayList<>(program.feeds());
    resources.forEach(r -> feeds.add(r.type()));
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction instruction : program.instructions()) {
      int position =
          instruction.primitive() instanceof Primitive.Read read
              ? resources.indexOf(read.resource())
              : -1;
      instructions.add(
          position < 0
              ? instruction
              : new Instruction(
                  new Primitive.Feed(program.feeds().size() + position),
                  List.of(),
                  instruction.outputs(),
                  instruction.origin()));
    }
    return new Program(
        feeds,
        instructions,
        program.fetches(),
        program.updates().stream().filter(u -> !resources.contains(u.resource())).toList(),
        program.checks());
  }
}
