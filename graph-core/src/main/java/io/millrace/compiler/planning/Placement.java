package io.millrace.compiler.planning;

import io.millrace.ir.Value;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Gives the tensors of ordered steps their places; used once. */
final class Placement {
  private final List<StepNode> nodes;
  private final Map<Value, Value> roots;
  private final Map<Value, Place> homes;
  private final ToIntFunction<Literal> constants;
  private final Map<Value, Integer> lastUses = new HashMap<>();
  private final Map<Value, Buffer> buffers = new HashMap<>();
  private final List<Buffer> all = new ArrayList<>();

  /** Memory for what is inside a step. */
  private final Map<StepNode, Buffer> insides = new HashMap<>();

  private final List<Place> rows = new ArrayList<>();

  /** Memory in the arena that one tensor, or several one after another, use. */
  private static final class Buffer {
    final int number;
    final int first;
    final long bytes;
    int last;

    Buffer(int number, int first, int last, long bytes) {
      this.number = number;
      this.first = first;
      this.last = last;
      this.bytes = bytes;
    }
  }

  /** The steps with their places. */
  record Result(List<Step> steps, List<Place> rows, long arenaBytes, long unsharedBytes) {}

  private Placement(
      List<StepNode> nodes,
      Map<Value, Value> roots,
      Map<Value, Place> homes,
      ToIntFunction<Literal> constants) {
    this.nodes = nodes;
    this.roots = roots;
    this.homes = homes;
    this.constants = constants;
  }

  /**
   * Returns the steps of these nodes.
   *
   * @param roots the tensor whose memory another one shares
   * @param homes the places of tensors that are not in the arena
   * @param constants the position of a constant in the plan
   */
  static Result place(
      List<StepNode> nodes,
      Map<Value, Value> roots,
      Map<Value, Place> homes,
      ToIntFunction<Literal> constants) {
    return new Placement(nodes, roots, homes, constants).run();
  }

  private Value root(Value value) {
    return roots.getOrDefault(value, value);
  }

  private Result run() {
    for (int i = 0; i < nodes.size(); i++) {
      for (Value output : nodes.get(i).outputs) {
        lastUses.put(output, i);
      }
      for (Value input : nodes.get(i).inputs) {
        lastUses.put(root(input), i);
      }
    }
    long unshared = 0;
    for (int i = 0; i < nodes.size(); i++) {
      Set<Buffer> taken = new HashSet<>();
      for (Value output : nodes.get(i).outputs) {
        if (!homes.containsKey(output)) {
          allocate(output, i, taken);
          unshared += ArenaPlanner.padded(output.type().bytes());
        }
      }
      Optional<Inside> inside = nodes.get(i).inside;
      if (inside.isPresent()) {
        insides.put(nodes.get(i), buffer(i, i, inside.get().bytes()));
        unshared += inside.get().unsharedBytes();
      }
    }
    ArenaPlanner.Layout layout =
        ArenaPlanner.plan(
            all.stream().map(b -> new ArenaPlanner.Interval(b.first, b.last, b.bytes)).toList());
    List<Step> steps = new ArrayList<>();
    for (StepNode node : nodes) {
      Step step =
          new Step(
              node.primitive,
              node.inputs.stream().map(v -> place(v, layout)).toList(),
              node.outputs.stream().map(v -> place(v, layout)).toList(),
              node.origin);
      steps.add(node.inside.map(inside -> filled(step, node, inside, layout)).orElse(step));
    }
    return new Result(steps, rows, layout.bytes(), unshared);
  }

  private Step filled(Step step, StepNode node, Inside inside, ArenaPlanner.Layout layout) {
    Buffer buffer = Objects.requireNonNull(insides.get(node));
    long base = layout.offsets().get(buffer.number);
    return new Step(
        step.primitive(),
        step.inputs(),
        step.outputs(),
        inside.bodies(step, base, constants, rows),
        step.origin());
  }

  private Buffer buffer(int first, int last, long bytes) {
    Buffer made = new Buffer(all.size(), first, last, bytes);
    all.add(made);
    return made;
  }

  /** Lets an output take over an operand that dies there if it may, or takes new memory. */
  private void allocate(Value output, int step, Set<Buffer> taken) {
    int last = lastUses.getOrDefault(output, step);
    int position = nodes.get(step).outputs.indexOf(output);
    for (Value input : nodes.get(step).inputs) {
      Value root = root(input);
      Buffer buffer = buffers.get(root);
      if (buffer != null
          && lastUses.getOrDefault(root, -1) == step
          && root.type().bytes() == output.type().bytes()
          && root.type().dtype().bytes() == output.type().dtype().bytes()
          && nodes.get(step).mayOverwrite(v -> root(v).equals(root), position)
          && taken.add(buffer)) {
        buffer.last = last;
        buffers.put(output, buffer);
        return;
      }
    }
    Buffer made = buffer(step, last, output.type().bytes());
    taken.add(made);
    buffers.put(output, made);
  }

  private Place place(Value value, ArenaPlanner.Layout layout) {
    TensorType type = value.type();
    Value root = root(value);
    Place home = homes.get(root);
    if (home != null) {
      return new Place(home.space(), home.index(), home.offset(), type);
    }
    Buffer buffer = buffers.get(root);
    if (buffer == null) {
      throw new IllegalStateException(value + " is used before it is computed");
    }
    return new Place(Place.Space.ARENA, 0, layout.offsets().get(buffer.number), type);
  }
}
