package io.millrace.compiler.planning;

import io.millrace.compiler.passes.RemoveDead;
import io.millrace.compiler.planning.Schedule.Link;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a program into pieces that devices run one after another; used once.
 *
 * <p>Feeds and constants are wherever they are used, and what a resource holds is wherever its
 * device is; anything else is computed once, on its device. A value goes to another device as a
 * fetch of the piece that has it and a feed of those that need it, and stays on its own as a
 * resource that one writes and the other reads.
 *
 * <p>A device's state all changes in one of its pieces, which is not before any that reads what it
 * held, nor before any instruction that the data may make fail.
 */
public final class Partition {
  private final Program program;
  private final Function<Instruction, String> deviceOf;
  private final Function<Resource, String> homeOf;

  private final Map<Value, Free> free = new HashMap<>();
  private final Map<Value, Origin> origins = new HashMap<>();
  private final Map<Value, PartNode> producers = new HashMap<>();
  private final Map<Value, PartNode> exports = new LinkedHashMap<>();
  private final Map<Resource, Set<PartNode>> readers = new HashMap<>();
  private final Map<String, PartNode> updates = new LinkedHashMap<>();
  private final Map<String, PartNode> passed = new LinkedHashMap<>();
  private final List<PartNode> nodes = new ArrayList<>();

  private final Map<PartNode, Piece> pieces = new HashMap<>();
  private final Map<Value, Resource> handed = new LinkedHashMap<>();

  /** Where among the fetches a value is first. */
  private final Map<Value, Integer> fetched = new HashMap<>();

  private final Map<Value, Link> links = new HashMap<>();
  private final List<TensorType> buffers = new ArrayList<>();

  /** A value that costs nothing, and the resource that it is read from, if it is one's. */
  private record Free(Instruction instruction, @Nullable Resource resource) {}

  /** One device's program while it is made. */
  private static final class Piece {
    final String device;
    final ProgramBuilder builder = new ProgramBuilder();
    final Map<Value, Value> values = new HashMap<>();
    final List<Link> feeds = new ArrayList<>();
    final List<Value> fetches = new ArrayList<>();
    final List<Link> targets = new ArrayList<>();

    Piece(String device) {
      this.device = device;
    }

    Value feed(Value value, Link link, Origin origin) {
      feeds.add(link);
      return builder.feed(value.type(), origin);
    }

    void fetch(Value value, Link link) {
      fetches.add(value);
      targets.add(link);
    }
  }

  /** A piece as it came out; see {@link Schedule.Part}. */
  public record Cut(String device, Program program, List<Link> feeds, List<Link> fetches) {}

  /** All pieces; see {@link Schedule}. */
  public record Result(List<Cut> cuts, List<TensorType> buffers, List<Resource> handed) {}

  private Partition(
      Program program, Function<Instruction, String> deviceOf, Function<Resource, String> homeOf) {
    this.program = program;
    this.deviceOf = deviceOf;
    this.homeOf = homeOf;
    for (int i = 0; i < program.fetches().size(); i++) {
      fetched.putIfAbsent(program.fetches().get(i), i);
    }
  }

  /**
   * Returns the pieces of a program; if there is one device only, that is the program as it is.
   *
   * @param devices the device of each computed value, by an instruction's first output
   * @param resources the device of each resource, by its name
   * @param home the device of what needs none
   */
  public static Result split(
      Program program, Map<Value, String> devices, Map<String, String> resources, String home) {
    Function<Instruction, String> deviceOf =
        i -> Objects.requireNonNull(devices.get(i.outputs().get(0)), i.origin()::toString);
    Function<Resource, String> homeOf =
        r -> Objects.requireNonNull(resources.get(r.name()), r.name());
    Set<String> stated = devices(program, deviceOf, homeOf);
    if (stated.size() < 2) {
      return whole(program, stated, home);
    }
    // What nothing needs would be brought from device to device all the same.
    Program live = new RemoveDead().apply(program);
    Set<String> used = devices(live, deviceOf, homeOf);
    return used.size() < 2 ? whole(live, used, home) : new Partition(live, deviceOf, homeOf).run();
  }

  private static Set<String> devices(
      Program program, Function<Instruction, String> deviceOf, Function<Resource, String> homeOf) {
    Set<String> used = new HashSet<>();
    program.updates().forEach(u -> used.add(homeOf.apply(u.resource())));
    Set<Value> free = new HashSet<>();
    for (Instruction instruction : program.instructions()) {
      if (isFree(instruction, free)) {
        free.add(instruction.output());
        if (instruction.primitive() instanceof Primitive.Read read) {
          used.add(homeOf.apply(read.resource()));
        }
      } else {
        used.add(deviceOf.apply(instruction));
      }
    }
    return used;
  }

  /** Returns whether an instruction costs nothing, so that any number of pieces may repeat it. */
  private static boolean isFree(Instruction instruction, Set<Value> free) {
    return instruction.primitive().isPlace() && free.containsAll(instruction.inputs());
  }

  private static Result whole(Program program, Set<String> used, String home) {
    String device = used.isEmpty() ? home : used.iterator().next();
    List<Link> feeds = links(Link.Kind.FEED, program.feeds().size());
    List<Link> fetches = links(Link.Kind.FETCH, program.fetches().size());
    return new Result(List.of(new Cut(device, program, feeds, fetches)), List.of(), List.of());
  }

  private static List<Link> links(Link.Kind kind, int count) {
    List<Link> links = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      links.add(new Link(kind, i));
    }
    return links;
  }

  private Result run() {
    List<Instruction> computed = new ArrayList<>();
    for (Instruction instruction : program.instructions()) {
      instruction.outputs().forEach(o -> origins.put(o, instruction.origin()));
      if (isFree(instruction, free.keySet())) {
        takeFree(instruction);
      } else {
        computed.add(instruction);
        takeComputed(instruction);
      }
    }
    program.fetches().forEach(this::export);
    takeUpdates();
    List<Piece> ordered = new ArrayList<>();
    for (List<PartNode> turn : PartNode.turns(nodes)) {
      Piece piece = new Piece(turn.get(0).device);
      ordered.add(piece);
      turn.forEach(n -> pieces.put(n, piece));
    }
    computed.forEach(this::emit);
    for (Program.Update update : program.updates()) {
      Piece piece = pieceOf(writers(update).get(homeOf.apply(update.resource())));
      piece.builder.update(update.resource(), local(update.value(), piece));
    }
    for (Value check : program.checks()) {
      Piece piece = pieceOf(producers.get(check));
      piece.builder.check(local(check, piece));
    }
    fetch(ordered.get(0));
    List<Cut> cuts =
        ordered.stream()
            .map(p -> new Cut(p.device, p.builder.build(p.fetches), p.feeds, p.targets))
            .toList();
    return new Result(cuts, buffers, List.copyOf(handed.values()));
  }

  private Piece pieceOf(@Nullable PartNode node) {
    return Objects.requireNonNull(pieces.get(node));
  }

  private void takeFree(Instruction instruction) {
    Free input = instruction.inputs().isEmpty() ? null : free.get(instruction.inputs().get(0));
    Resource resource = input == null ? null : input.resource();
    if (instruction.primitive() instanceof Primitive.Read read) {
      resource = read.resource();
    }
    free.put(instruction.output(), new Free(instruction, resource));
  }

  private PartNode node(String device) {
    PartNode node = new PartNode(device);
    nodes.add(node);
    return node;
  }

  private void takeComputed(Instruction instruction) {
    PartNode node = node(deviceOf.apply(instruction));
    instruction.inputs().forEach(i -> use(i, node));
    instruction.outputs().forEach(o -> producers.put(o, node));
  }

  /** Makes a node wait for a value, and where it reads a resource, the resource's update for it. */
  private void use(Value value, PartNode node) {
    PartNode producer = producers.get(value);
    if (producer != null) {
      node.after(producer);
      return;
    }
    Resource resource = freeOf(value).resource();
    if (resource != null && homeOf.apply(resource).equals(node.device)) {
      readers.computeIfAbsent(resource, r -> new HashSet<>()).add(node);
    } else if (resource != null) {
      node.after(Objects.requireNonNull(export(value)));
    }
  }

  /** Returns the node that gives what a resource holds to others than its device; null if none. */
  private @Nullable PartNode export(Value value) {
    Free source = free.get(value);
    Resource resource = source == null ? null : source.resource();
    if (resource == null) {
      return null;
    }
    PartNode node = exports.get(value);
    if (node == null) {
      node = node(homeOf.apply(resource));
      exports.put(value, node);
      use(value, node);
    }
    return node;
  }

  private Free freeOf(Value value) {
    return Objects.requireNonNull(free.get(value));
  }

  /** Returns the nodes that update state, or what is for this run only, by device. */
  private Map<String, PartNode> writers(Program.Update update) {
    return update.resource().passing() ? passed : updates;
  }

  private void takeUpdates() {
    for (Program.Update update : program.updates()) {
      PartNode node = writers(update).computeIfAbsent(homeOf.apply(update.resource()), this::node);
      use(update.value(), node);
    }
    for (Program.Update update : program.updates()) {
      PartNode node = Objects.requireNonNull(writers(update).get(homeOf.apply(update.resource())));
      readers.getOrDefault(update.resource(), Set.of()).stream()
          .filter(r -> r != node)
          .forEach(node::after);
    }
    for (Instruction instruction : program.instructions()) {
      PartNode failing = producers.get(instruction.outputs().get(0));
      if (failing != null && instruction.primitive().mayFail()) {
        updates.values().forEach(u -> u.after(failing));
      }
    }
  }

  private void emit(Instruction instruction) {
    Piece piece = pieceOf(producers.get(instruction.outputs().get(0)));
    List<Value> inputs = instruction.inputs().stream().map(i -> local(i, piece)).toList();
    List<TensorType> types = instruction.outputs().stream().map(Value::type).toList();
    List<Value> outputs =
        piece.builder.emit(instruction.primitive(), inputs, types, instruction.origin());
    for (int i = 0; i < outputs.size(); i++) {
      piece.values.put(instruction.outputs().get(i), outputs.get(i));
    }
  }

  /** Returns a value as a piece has it, brought there if it is elsewhere. */
  private Value local(Value value, Piece piece) {
    Value known = piece.values.get(value);
    if (known == null) {
      Free source = free.get(value);
      known = source == null ? bring(value, producers.get(value), piece) : repeat(source, piece);
      piece.values.put(value, known);
    }
    return known;
  }

  private Value repeat(Free source, Piece piece) {
    Instruction instruction = source.instruction();
    Value value = instruction.output();
    Resource resource = source.resource();
    if (resource != null && !homeOf.apply(resource).equals(piece.device)) {
      return bring(value, exports.get(value), piece);
    }
    if (instruction.primitive() instanceof Primitive.Feed feed) {
      return piece.feed(value, new Link(Link.Kind.FEED, feed.slot()), instruction.origin());
    }
    List<Value> inputs = instruction.inputs().stream().map(i -> local(i, piece)).toList();
    return piece.builder.emit(instruction.primitive(), inputs, value.type(), instruction.origin());
  }

  private Value bring(Value value, @Nullable PartNode from, Piece piece) {
    Piece source = pieceOf(from);
    Value there = local(value, source);
    Origin origin = Objects.requireNonNull(origins.get(value));
    if (!source.device.equals(piece.device)) {
      return piece.feed(value, link(value, there, source), origin);
    }
    Resource resource = handed.get(value);
    if (resource == null) {
      // No operation has such a name.
      resource = new Resource(value + " of " + origin, value.type(), true);
      handed.put(value, resource);
      source.builder.update(resource, there);
    }
    return piece.builder.emit(new Primitive.Read(resource), List.of(), value.type(), origin);
  }

  /** Returns the host memory in which a value leaves its device: the caller's if it is fetched. */
  private Link link(Value value, Value there, Piece source) {
    Link known = links.get(value);
    if (known == null) {
      int fetch = fetched.getOrDefault(value, -1);
      known =
          fetch >= 0
              ? new Link(Link.Kind.FETCH, fetch)
              : new Link(Link.Kind.BUFFER, buffers.size());
      links.put(value, known);
      if (fetch < 0) {
        buffers.add(value.type());
        source.fetch(there, known);
      }
    }
    return known;
  }

  private void fetch(Piece any) {
    for (int i = 0; i < program.fetches().size(); i++) {
      Value value = program.fetches().get(i);
      PartNode node = producers.containsKey(value) ? producers.get(value) : exports.get(value);
      Piece piece = node == null ? any : pieceOf(node);
      piece.fetch(local(value, piece), new Link(Link.Kind.FETCH, i));
    }
  }
}
