package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lets the programs inside choices and loops know small constants that they are fed, and what they
 * carry without changing it; does at once what a choice does whose branch is known.
 */
final class KnownInside implements Pass {
  @Override
  public String name() {
    return "known-inside";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Value, Literal> known = new HashMap<>();
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Primitive.Constant constant) {
        known.put(instruction.output(), constant.literal());
      }
      if (instruction.primitive() instanceof Control.Choose choose
          && branch(choose, known.get(instruction.inputs().get(0))).isPresent()) {
        ControlParts parts = ControlParts.of(instruction);
        int taken = branch(choose, known.get(instruction.inputs().get(0))).get();
        List<Value> results = Branches.inline(rewrite, parts, choose.branches().get(taken));
        for (int i = 0; i < results.size(); i++) {
          rewrite.replace(instruction.outputs().get(i), results.get(i));
        }
      } else if (instruction.primitive() instanceof Control) {
        ControlParts kept = unchanged(rewrite, ControlParts.of(instruction));
        rewrite.add(constants(kept, known).together());
      } else {
        rewrite.add(instruction);
      }
    }
    return rewrite.build();
  }

  /** Returns the branch that is taken, if that is known. */
  private static Optional<Integer> branch(Control.Choose choose, @Nullable Literal index) {
    return index == null && choose.branches().size() > 1
        ? Optional.empty()
        : Optional.of(choose.branch(index == null ? 0 : index.getLong(0)));
  }

  /** Feeds what is carried and never changed. */
  private static ControlParts unchanged(Rewrite rewrite, ControlParts parts) {
    List<ControlParts.Carried> carried = new ArrayList<>();
    List<ControlParts.Fed> fed = new ArrayList<>(parts.fed());
    Map<Resource, Primitive> feeds = new HashMap<>();
    int slot = parts.freeSlot();
    for (ControlParts.Carried each : parts.carried()) {
      if (parts.programs().stream().anyMatch(p -> changes(p, each.resource()))) {
        carried.add(each);
      } else {
        feeds.put(each.resource(), new Primitive.Feed(slot));
        fed.add(new ControlParts.Fed(slot, Optional.empty(), each.first()));
        slot++;
        rewrite.replace(each.last(), each.first());
      }
    }
    return parts
        .withPrograms(
            parts.programs().stream()
                .map(
                    p ->
                        replacing(
                            p,
                            primitive ->
                                primitive instanceof Primitive.Read read
                                    ? Optional.ofNullable(feeds.get(read.resource()))
                                    : Optional.empty()))
                .toList())
        .withCarried(carried)
        .withFed(fed);
  }

  private static boolean changes(Program program, Resource resource) {
    return program.updates().stream()
        .filter(u -> u.resource().equals(resource))
        .anyMatch(
            u ->
                program.instructions().stream()
                    .filter(i -> i.outputs().contains(u.value()))
                    .noneMatch(i -> i.primitive().equals(new Primitive.Read(resource))));
  }

  private static ControlParts constants(ControlParts parts, Map<Value, Literal> known) {
    List<ControlParts.Fed> fed = new ArrayList<>();
    Map<Primitive, Primitive> constants = new HashMap<>();
    for (ControlParts.Fed each : parts.fed()) {
      Literal literal = each.walk().isPresent() ? null : known.get(each.value());
      if (literal == null || literal.type().bytes() > FoldConstants.LARGEST) {
        fed.add(each);
      } else {
        constants.put(new Primitive.Feed(each.slot()), new Primitive.Constant(literal));
      }
    }
    return parts
        .withPrograms(
            parts.programs().stream()
                .map(p -> replacing(p, primitive -> Optional.ofNullable(constants.get(primitive))))
                .toList())
        .withFed(fed);
  }

  private static Program replacing(
      Program program, Function<Primitive, Optional<Primitive>> replacement) {
    return program.with(
        program.instructions().stream()
            .map(
                i ->
                    replacement
                        .apply(i.primitive())
                        .map(other -> new Instruction(other, List.of(), i.outputs(), i.origin()))
                        .orElse(i))
            .toList());
  }
}
