package io.millrace.compiler.lowering;

import io.millrace.compiler.lowering.Lowered.Handed;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.Literal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Cuts what is lowered into stages, one for each question that computing answers. What leads to an
 * answer is computed by its stage and by no other, and what the rest needs of that is handed on.
 *
 * <p>What is fed, constants, what resources hold at the beginning of the run, and other shapes of a
 * value cost nothing: any stage may have them again.
 *
 * <p>Lowering is repeated with each answer. It does the same up to the question, so that every
 * stage knows from it what the earlier ones did.
 */
final class Stages {
  private final Map<Value, Instruction> producers = new HashMap<>();
  private final Set<Value> done = new HashSet<>();
  private final Map<Value, Handed> handed = new HashMap<>();
  private final Set<Value> checked = new HashSet<>();
  private final Map<Value, Literal> answered = new HashMap<>();
  private final Set<Value> reserved = new LinkedHashSet<>();
  private List<Instruction> instructions = List.of();
  private int questions;

  /** Notes what a run takes once: the stage that needs it hands it on as what it computes. */
  void reserve(Value value) {
    reserved.add(value);
  }

  /** Notes what a value is, for those that took it before it was asked for. */
  void tell(Value value, Literal answer) {
    answered.put(value, answer);
  }

  /** Notes that a question is asked which no stage has to compute. */
  void pass() {
    questions++;
  }

  /** Returns the number of the stage that is cut next. */
  int number() {
    return questions;
  }

  /**
   * Goes on behind the stage before a loop and the ends of its turns, which have one number, the
   * next one: what comes within a turn, or after the loop, has later ones.
   */
  void enterLoop() {
    questions += 2;
  }

  /** A value that a stage leaves in a certain place, whatever needs it. */
  record Left(Value value, Resource resource) {}

  /**
   * Takes a value out of the place that the stage before left it in, or one of this number.
   *
   * @param value a read of a resource
   */
  void take(Value value, Resource resource, int number, int index) {
    done.add(value);
    handed.put(value, new Handed(resource, number, index));
  }

  /**
   * Cuts here, and returns a stage that computes an answer.
   *
   * @param soFar all instructions so far
   * @param checks those that have to hold before
   * @param later what may be needed after the cut
   */
  Stage cut(List<Instruction> soFar, Value answer, List<Value> checks, Collection<Value> later) {
    Stage stage = cut(soFar, answer, checks, List.of(), List.of(), later, questions);
    questions++;
    return stage;
  }

  /**
   * Cuts here, and returns a stage that computes an answer.
   *
   * @param left what it leaves besides, in this order
   * @param more what it computes besides
   * @param number the stage's number
   */
  Stage cut(
      List<Instruction> soFar,
      Value answer,
      List<Value> checks,
      List<Left> left,
      List<Value> more,
      Collection<Value> later,
      int number) {
    take(soFar);
    List<Value> open = checks.stream().filter(c -> !checked.contains(c)).toList();
    List<Value> wanted = new ArrayList<>(open);
    wanted.add(answer);
    left.forEach(l -> wanted.add(l.value()));
    wanted.addAll(more);
    Set<Value> earlier = Set.copyOf(done);
    Set<Value> used = leadingTo(wanted, earlier);
    List<Instruction> computed = computed(used);
    computed.forEach(i -> done.addAll(i.outputs()));
    checked.addAll(open);
    Set<Value> needed = leadingTo(later, done);
    List<Value> kept =
        computed.stream()
            .flatMap(i -> i.outputs().stream())
            .filter(v -> needed.contains(v) && !checked.contains(v))
            .toList();
    List<Left> all = new ArrayList<>(left);
    for (Value value : kept) {
      Handed own = new Handed(resource(value, number), number, all.size());
      handed.put(value, own);
      all.add(new Left(value, own.resource()));
    }
    return new Stage(number, answer, used, computed, open, all);
  }

  /** A stage as it was cut, before its program is written. */
  record Stage(
      int number,
      Value answer,
      Set<Value> used,
      List<Instruction> instructions,
      List<Value> checks,
      List<Left> left) {

    /** Returns the resources that it leaves values in. */
    List<Resource> resources() {
      return left.stream().map(Left::resource).toList();
    }
  }

  /** Returns what all stages hand on. */
  Map<Value, Handed> handed() {
    return handed;
  }

  /** Returns the first of the values that are computed together with this one. */
  Value first(Value value) {
    return producer(value).outputs().get(0);
  }

  /** Returns the resource that hands on a value; no operation has such a name. */
  private Resource resource(Value value, int number) {
    String name = "stage " + number + ", " + value + " of " + producer(value).origin();
    return new Resource(name, value.type(), true);
  }

  private void take(List<Instruction> all) {
    instructions = all;
    all.forEach(i -> i.outputs().forEach(o -> producers.put(o, i)));
  }

  private Instruction producer(Value value) {
    return Objects.requireNonNull(producers.get(value), value.toString());
  }

  private boolean isFree(Instruction instruction) {
    return instruction.primitive().isPlace() && !reserved.contains(instruction.outputs().get(0));
  }

  /** Returns these values and what they are computed from, up to what is there. */
  private Set<Value> leadingTo(Collection<Value> values, Set<Value> there) {
    Set<Value> seen = new HashSet<>(values);
    Deque<Value> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      Value value = open.pop();
      if (!there.contains(value)) {
        producer(value).inputs().stream().filter(seen::add).forEach(open::push);
      }
    }
    return seen;
  }

  /** Returns the instructions that no stage did yet and that give one of these values. */
  private List<Instruction> computed(Set<Value> used) {
    return instructions.stream()
        .filter(i -> !isFree(i) && !done.contains(i.outputs().get(0)))
        .filter(i -> i.outputs().stream().anyMatch(used::contains))
        .toList();
  }

  /** Returns whether a stage computes something. */
  boolean isCut() {
    return !done.isEmpty();
  }

  /** A program, and what became of feeds and values. */
  record Written(
      Program program, List<Integer> feeds, List<Handed> taken, Map<Value, Value> values) {}

  /** Returns the program of a stage; its only fetch is the answer. */
  Written write(Stage stage) {
    Writer writer = new Writer(stage.used());
    stage.instructions().forEach(writer::emit);
    for (Left left : stage.left()) {
      writer.builder.update(left.resource(), writer.local(left.value()));
    }
    return writer.finish(List.of(stage.answer()), stage.checks());
  }

  /** Returns what is left of a program when all stages are done. */
  Written write(Program program) {
    take(program.instructions());
    List<Value> checks = program.checks().stream().filter(c -> !checked.contains(c)).toList();
    List<Value> wanted = new ArrayList<>(checks);
    wanted.addAll(program.fetches());
    program.updates().forEach(u -> wanted.add(u.value()));
    wanted.addAll(reserved);
    Set<Value> used = leadingTo(wanted, done);
    Writer writer = new Writer(used);
    computed(used).forEach(writer::emit);
    program.updates().forEach(u -> writer.builder.update(u.resource(), writer.local(u.value())));
    return writer.finish(program.fetches(), checks);
  }

  /** Writes a program. */
  private final class Writer {
    private final ProgramBuilder builder = new ProgramBuilder();
    private final Map<Value, Value> values = new HashMap<>();
    private final List<Integer> feeds = new ArrayList<>();
    private final List<Handed> taken = new ArrayList<>();

    /** Starts with the feeds among these values, in their order. */
    Writer(Set<Value> used) {
      instructions.stream()
          .filter(i -> i.primitive() instanceof Primitive.Feed && isFree(i))
          .filter(i -> used.contains(i.output()))
          .forEach(this::emit);
    }

    void emit(Instruction instruction) {
      if (instruction.primitive() instanceof Primitive.Feed feed) {
        Value value = instruction.output();
        feeds.add(feed.slot());
        values.put(value, builder.feed(value.type(), instruction.origin()));
        return;
      }
      List<Value> outputs =
          builder.emit(
              instruction.primitive(),
              instruction.inputs().stream().map(this::local).toList(),
              instruction.outputs().stream().map(Value::type).toList(),
              instruction.origin());
      for (int i = 0; i < outputs.size(); i++) {
        values.put(instruction.outputs().get(i), outputs.get(i));
      }
    }

    /** Returns a value as this program has it. */
    Value local(Value value) {
      Value known = values.get(value);
      if (known != null) {
        return known;
      }
      Instruction producer = producer(value);
      Handed source = handed.get(value);
      Literal answer = answered.get(value);
      if (source == null && answer != null && done.contains(value)) {
        Primitive constant = new Primitive.Constant(answer);
        values.put(value, builder.emit(constant, List.of(), value.type(), producer.origin()));
      } else if (source != null) {
        taken.add(source);
        Primitive read = new Primitive.Read(source.resource());
        values.put(value, builder.emit(read, List.of(), value.type(), producer.origin()));
      } else if (isFree(producer)) {
        emit(producer);
      } else {
        throw new IllegalStateException(value + " of " + producer.origin() + " is not handed on");
      }
      return Objects.requireNonNull(values.get(value));
    }

    Written finish(List<Value> fetches, List<Value> checks) {
      checks.forEach(c -> builder.check(local(c)));
      List<Value> local = fetches.stream().map(this::local).toList();
      return new Written(builder.build(local), feeds, taken, values);
    }
  }
}
