package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts groups of Maps in one loop each and brings the program in an order that fits. */
final class JoinMaps {
  private final Program program;
  private final Map<Value, Value> roots;
  private final Users users;

  private JoinMaps(Program program, Map<Value, Value> roots) {
    this.program = program;
    this.roots = roots;
    users = new Users(program);
  }

  /**
   * Returns the program with each group as one instruction.
   *
   * @param groups the group of each Map that is in one, by its first output, in order; no way
   *     between members may lead outside
   */
  static Program join(
      Program program, Map<Value, List<Instruction>> groups, Map<Value, Value> roots) {
    return new JoinMaps(program, roots).run(groups);
  }

  private Program run(Map<Value, List<Instruction>> groups) {
    List<Instruction> joined = new ArrayList<>();
    for (Instruction instruction : program.instructions()) {
      List<Instruction> group = groups.get(instruction.output());
      if (group == null) {
        joined.add(instruction);
      } else if (instruction.output().equals(group.get(group.size() - 1).output())) {
        joined.add(join(group));
      }
    }
    return program.with(order(joined));
  }

  private Instruction join(List<Instruction> group) {
    NestBuilder builder = new NestBuilder(Nest.of(group.get(0)).orElseThrow().domain());
    Map<Value, FunctionCopy.Item> inner = new LinkedHashMap<>();
    for (Instruction member : group) {
      Nest nest = Nest.of(member).orElseThrow();
      List<FunctionCopy.Item> arguments = new ArrayList<>();
      for (int i = 0; i < nest.operands().size(); i++) {
        Value root = roots.getOrDefault(nest.operands().get(i), nest.operands().get(i));
        FunctionCopy.Item known = inner.get(root);
        View view = nest.views().get(i);
        arguments.add(known != null ? known : builder.operand(root, view));
      }
      List<FunctionCopy.Item> results = builder.copy(nest.function(), arguments, builder::index);
      for (int i = 0; i < results.size(); i++) {
        inner.put(member.outputs().get(i), results.get(i));
      }
    }
    Set<Value> inside = new HashSet<>();
    group.forEach(m -> inside.addAll(m.outputs()));
    List<Value> outputs = inner.keySet().stream().filter(v -> isNeeded(v, inside)).toList();
    Nest nest = builder.build(outputs.stream().map(inner::get).toList());
    return new Instruction(
        new Primitive.Map(nest.function(), nest.domain(), nest.views()),
        nest.operands(),
        outputs,
        Origin.join(group.stream().map(Instruction::origin).toList()));
  }

  private boolean isNeeded(Value value, Set<Value> inside) {
    return !users.onlyLoops(value) || users.isReadOutside(value, inside);
  }

  /** Returns the instructions so that each comes after those that write its inputs. */
  private static List<Instruction> order(List<Instruction> instructions) {
    Map<Value, Instruction> producers = new HashMap<>();
    instructions.forEach(i -> i.outputs().forEach(o -> producers.put(o, i)));
    Set<Value> done = new HashSet<>();
    List<Instruction> ordered = new ArrayList<>();
    for (Instruction wanted : instructions) {
      List<Instruction> open = new ArrayList<>(List.of(wanted));
      while (!open.isEmpty()) {
        Instruction top = open.get(open.size() - 1);
        List<Instruction> missing =
            top.inputs().stream()
                .map(producers::get)
                .filter(p -> p != null && !done.contains(p.output()))
                .toList();
        if (missing.isEmpty() || done.contains(top.output())) {
          open.remove(open.size() - 1);
          if (done.add(top.output())) {
            ordered.add(top);
          }
        } else {
          open.addAll(missing);
        }
      }
    }
    return ordered;
  }
}
