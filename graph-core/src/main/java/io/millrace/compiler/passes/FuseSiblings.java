package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Joins Maps over one domain into one with several outputs when they share operands, or use each
 * other's elements: one pass over memory updates a variable and its optimizer's slots.
 *
 * <p>Each instruction has a level: the longest way to it, where a step between two Maps that can be
 * joined counts nothing and any other one. Only Maps of one level are joined, so every way between
 * two of them leads through Maps of that level alone and no instruction comes to wait for itself.
 */
final class FuseSiblings implements Pass {
  /** Maps over so few elements are joined even if they share nothing. */
  private static final long TINY = 256;

  private static final int MOST_OUTPUTS = 8;

  @Override
  public String name() {
    return "fuse-siblings";
  }

  private record Kin(Shape domain, int level) {}

  @Override
  public Program apply(Program program) {
    Map<Value, Integer> levels = new HashMap<>();
    Map<Value, Instruction> maps = new HashMap<>();
    Map<Value, Value> roots = new HashMap<>();
    Map<Kin, List<Instruction>> classes = new LinkedHashMap<>();
    for (Instruction instruction : program.instructions()) {
      int level = 0;
      Optional<Nest> nest = map(instruction);
      for (int i = 0; i < instruction.inputs().size(); i++) {
        Value input = instruction.inputs().get(i);
        int below = levels.getOrDefault(input, 0);
        Instruction producer = maps.get(roots.getOrDefault(input, input));
        boolean joins = producer != null && nest.isPresent() && isJoint(producer, nest.get(), i);
        level = Math.max(level, joins ? below : below + 1);
      }
      if (instruction.isReshape()) {
        Value input = instruction.inputs().get(0);
        roots.put(instruction.output(), roots.getOrDefault(input, input));
        level = levels.getOrDefault(input, 0);
      }
      for (Value output : instruction.outputs()) {
        levels.put(output, level);
        if (nest.isPresent()) {
          maps.put(output, instruction);
        }
      }
      if (nest.isPresent()) {
        classes
            .computeIfAbsent(new Kin(nest.get().domain(), level), c -> new ArrayList<>())
            .add(instruction);
      }
    }
    Map<Value, List<Instruction>> groups = new HashMap<>();
    classes.forEach((key, members) -> collect(key, members, roots, groups));
    return groups.isEmpty() ? program : JoinMaps.join(program, groups, roots);
  }

  /** Returns a Map that may join others: one that may fail stays alone, to fail by its own name. */
  private static Optional<Nest> map(Instruction instruction) {
    return instruction.primitive() instanceof Primitive.Map
        ? Nest.of(instruction).filter(l -> l.domain().size() > 0 && !l.function().mayFail())
        : Optional.empty();
  }

  private static boolean isJoint(Instruction producer, Nest consumer, int operand) {
    Nest nest = Nest.of(producer).orElseThrow();
    return nest.domain().equals(consumer.domain())
        && consumer.views().get(operand).isDense(consumer.domain());
  }

  /** Divides the Maps of a class into groups that share tensors and are not too large. */
  private static void collect(
      Kin key,
      List<Instruction> members,
      Map<Value, Value> roots,
      Map<Value, List<Instruction>> groups) {
    List<List<Instruction>> parts = components(key.domain(), members, roots);
    for (List<Instruction> part : parts) {
      List<Instruction> group = new ArrayList<>();
      for (Instruction member : part) {
        group.add(member);
        if (!fits(group, roots)) {
          group.remove(group.size() - 1);
          register(group, groups);
          group = new ArrayList<>(List.of(member));
        }
      }
      register(group, groups);
    }
  }

  private static void register(List<Instruction> group, Map<Value, List<Instruction>> groups) {
    if (group.size() > 1) {
      group.forEach(member -> groups.put(member.output(), group));
    }
  }

  private static boolean fits(List<Instruction> group, Map<Value, Value> roots) {
    Set<Value> outputs = new HashSet<>();
    Set<Value> inputs = new HashSet<>();
    int nodes = 0;
    for (Instruction member : group) {
      outputs.addAll(member.outputs());
      member.inputs().forEach(i -> inputs.add(roots.getOrDefault(i, i)));
      nodes += Nest.of(member).orElseThrow().function().nodes().size();
    }
    inputs.removeAll(outputs);
    return inputs.size() <= FuseNests.MOST_OPERANDS
        && outputs.size() <= MOST_OUTPUTS
        && nodes <= FuseNests.MOST_NODES;
  }

  /** Returns the parts of a class whose members share tensors of the domain's size. */
  private static List<List<Instruction>> components(
      Shape domain, List<Instruction> members, Map<Value, Value> roots) {
    if (domain.size() <= TINY) {
      return List.of(members);
    }
    Map<Value, Value> first = new HashMap<>();
    Map<Value, Value> parents = new HashMap<>();
    for (Instruction member : members) {
      List<Value> touched = new ArrayList<>(member.outputs());
      member.inputs().stream()
          .map(v -> roots.getOrDefault(v, v))
          .filter(v -> v.type().shape().size() == domain.size())
          .forEach(touched::add);
      for (Value value : touched) {
        Value other = find(parents, first.computeIfAbsent(value, v -> member.output()));
        Value mine = find(parents, member.output());
        if (!other.equals(mine)) {
          parents.put(mine, other);
        }
      }
    }
    Map<Value, List<Instruction>> parts = new LinkedHashMap<>();
    for (Instruction member : members) {
      parts.computeIfAbsent(find(parents, member.output()), m -> new ArrayList<>()).add(member);
    }
    return List.copyOf(parts.values());
  }

  private static Value find(Map<Value, Value> parents, Value member) {
    Value top = member;
    for (Value up = parents.get(top); up != null; up = parents.get(top)) {
      top = up;
    }
    return top;
  }
}
