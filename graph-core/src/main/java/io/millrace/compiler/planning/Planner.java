package io.millrace.compiler.planning;

import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.spi.Place;
import io.millrace.spi.Plan;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns a program into a plan: orders the steps and gives every tensor a place.
 *
 * <p>A new value of a resource is computed straight into the resource's memory where everything
 * that reads the old one can run before, or is the very step that writes it; else it is copied
 * there. Fetched tensors are computed straight into their fetch.
 *
 * <p>Whatever may fail on the data, a check or an integer division, runs before all that writes
 * state: a run that fails leaves it as it was.
 *
 * <p>The programs inside a step are planned by themselves, what they carry being their resources,
 * and then placed in the memory of the plan around them.
 */
public final class Planner {
  private final Program program;
  private final List<StepNode> nodes = new ArrayList<>();
  private final Map<Value, Value> roots = new HashMap<>();
  private final Map<Value, StepNode> producers = new HashMap<>();
  private final Map<Value, Place> homes = new HashMap<>();
  private final Map<Value, Resource> reads = new HashMap<>();
  private final Map<Resource, List<StepNode>> readers = new HashMap<>();
  private final List<StepNode> failing = new ArrayList<>();
  private final Map<Resource, Integer> resources = new LinkedHashMap<>();
  private final Map<Literal, Integer> constants = new LinkedHashMap<>();
  private int nextId;

  private Planner(Program program) {
    this.program = program;
  }

  /** Returns the plan of a program. */
  public static Plan plan(Program program) {
    return new Planner(program).run();
  }

  private Plan run() {
    program
        .instructions()
        .forEach(i -> i.outputs().forEach(o -> nextId = Math.max(nextId, o.id() + 1)));
    program.instructions().forEach(this::take);
    List<Value> fetches = program.fetches();
    for (int i = 0; i < fetches.size(); i++) {
      if (reads.containsKey(root(fetches.get(i)))) {
        fetch(i, fetches.get(i));
      }
    }
    sources().forEach(this::update);
    for (int i = 0; i < fetches.size(); i++) {
      if (!reads.containsKey(root(fetches.get(i)))) {
        fetch(i, fetches.get(i));
      }
    }
    Placement.Result placed =
        Placement.place(StepNode.order(nodes), roots, homes, literal -> index(constants, literal));
    return new Plan(
        placed.steps(),
        program.feeds(),
        List.copyOf(resources.keySet()),
        List.copyOf(constants.keySet()),
        fetches.stream().map(Value::type).toList(),
        placed.rows(),
        placed.arenaBytes(),
        placed.unsharedBytes());
  }

  private void take(Instruction instruction) {
    Primitive primitive = instruction.primitive();
    Value output = instruction.output();
    if (primitive instanceof Primitive.Renaming) {
      roots.put(output, root(instruction.inputs().get(0)));
    } else if (primitive instanceof Primitive.Feed feed) {
      home(output, Place.Space.FEED, feed.slot());
    } else if (primitive instanceof Primitive.Constant constant) {
      home(output, Place.Space.CONSTANT, index(constants, constant.literal()));
    } else if (primitive instanceof Primitive.Read read) {
      reads.put(output, read.resource());
      home(output, Place.Space.RESOURCE, index(resources, read.resource()));
    } else {
      add(
          new StepNode(
              primitive,
              instruction.inputs(),
              instruction.outputs(),
              instruction.origin(),
              2 * nodes.size()));
    }
  }

  private Value root(Value value) {
    return roots.getOrDefault(value, value);
  }

  private static <K> int index(Map<K, Integer> map, K key) {
    Integer known = map.putIfAbsent(key, map.size());
    return known == null ? map.size() - 1 : known;
  }

  private void home(Value value, Place.Space space, int index) {
    homes.put(value, new Place(space, index, 0, value.type()));
  }

  private Value fresh(TensorType type) {
    return new Value(nextId++, type);
  }

  private void add(StepNode node) {
    nodes.add(node);
    node.inside.ifPresent(i -> i.constants().forEach(literal -> index(constants, literal)));
    node.outputs.forEach(o -> producers.put(o, node));
    if (node.mayFail()) {
      failing.add(node);
    }
    for (Value input : node.inputs) {
      Value root = root(input);
      StepNode producer = producers.get(root);
      if (producer != null) {
        producer.before(node);
      }
      Resource resource = reads.get(root);
      if (resource != null) {
        readers.computeIfAbsent(resource, r -> new ArrayList<>()).add(node);
      }
    }
  }

  /**
   * Returns the updates, each with a source that no other update destroys: a resource that changes
   * in this run too is copied aside first, so that swaps are right.
   */
  private List<Program.Update> sources() {
    Set<Resource> updated = new HashSet<>();
    program.updates().forEach(u -> updated.add(u.resource()));
    List<Program.Update> sources = new ArrayList<>();
    for (Program.Update update : program.updates()) {
      Resource source = reads.get(root(update.value()));
      if (update.resource().equals(source)) {
        continue;
      }
      Value value = update.value();
      if (source != null && updated.contains(source)) {
        value = fresh(update.value().type());
        add(StepNode.copy(update.value(), value, Origin.of(source.name()), -1));
      }
      sources.add(new Program.Update(update.resource(), value));
    }
    return sources;
  }

  private void update(Program.Update update) {
    Value root = root(update.value());
    int index = index(resources, update.resource());
    List<StepNode> others = new ArrayList<>(update.resource().passing() ? List.of() : failing);
    others.addAll(readers.getOrDefault(update.resource(), List.of()));
    StepNode writer = producers.get(root);
    if (writer == null
        || homes.containsKey(root)
        || !canWrite(writer, root, update.resource(), others)) {
      Value target = fresh(update.value().type());
      writer =
          StepNode.copy(update.value(), target, Origin.of(update.resource().name()), key(root));
      add(writer);
      root = target;
    }
    home(root, Place.Space.RESOURCE, index);
    for (StepNode reader : others) {
      reader.before(writer);
    }
  }

  /** Returns whether a step may overwrite a resource though these steps have to run before. */
  private boolean canWrite(StepNode writer, Value value, Resource resource, List<StepNode> others) {
    if (others.isEmpty()) {
      return true;
    }
    if (writer.mayFail() && !resource.passing()) {
      return false;
    }
    if (others.contains(writer)
        && !writer.mayOverwrite(
            v -> resource.equals(reads.get(root(v))), writer.outputs.indexOf(value))) {
      return false;
    }
    Set<StepNode> following = writer.following();
    return others.stream().noneMatch(following::contains);
  }

  private void fetch(int position, Value value) {
    Value root = root(value);
    if (producers.containsKey(root) && !homes.containsKey(root)) {
      home(root, Place.Space.FETCH, position);
      return;
    }
    Value target = fresh(value.type());
    StepNode producer = producers.get(root);
    add(
        StepNode.copy(
            value,
            target,
            producer == null ? Origin.of("fetch") : producer.origin,
            producer == null ? -1 : key(root)));
    home(target, Place.Space.FETCH, position);
  }

  /** Returns where a copy of a tensor wants to be: right after the step that computes it. */
  private int key(Value root) {
    StepNode producer = producers.get(root);
    return producer == null ? Integer.MAX_VALUE : producer.key() + 1;
  }
}
