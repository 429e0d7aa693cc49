package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An instruction with programs inside, taken apart so that each thing that goes in or out can be
 * left out or replaced.
 *
 * @param told the inputs before the carried ones
 * @param tells the outputs before the carried ones
 * @param answers how many fetches come before those that are outputs
 */
record ControlParts(
    Instruction instruction,
    List<Program> programs,
    List<Value> told,
    List<Value> tells,
    List<Carried> carried,
    List<Fed> fed,
    List<Given> given,
    int answers) {

  /** A carried value: what it is at first, and what it is in the end. */
  record Carried(Resource resource, Value first, Value last) {}

  /**
   * What the programs are fed.
   *
   * @param slot the position among the programs' feeds
   * @param walk how rows of the value are fed; all of it if absent
   */
  record Fed(int slot, Optional<Walk> walk, Value value) {}

  /** What the programs give: a fetch of theirs, by its position, and the output that it makes. */
  record Given(int fetch, Value value) {}

  /** Takes an instruction apart. */
  static ControlParts of(Instruction instruction) {
    Control control = (Control) instruction.primitive();
    List<Value> inputs = instruction.inputs();
    List<Value> outputs = instruction.outputs();
    List<Carried> carried = new ArrayList<>();
    for (int i = 0; i < control.carried().size(); i++) {
      carried.add(
          new Carried(
              control.carried().get(i),
              inputs.get(control.firstInput() + i),
              outputs.get(control.firstOutput() + i)));
    }
    List<Walk> walks =
        control instanceof Control.Repeat repeat ? repeat.scanned() : List.<Walk>of();
    List<Fed> fed = new ArrayList<>();
    for (Value value : inputs.subList(control.firstInput() + carried.size(), inputs.size())) {
      int slot = fed.size();
      fed.add(
          new Fed(
              slot, slot < walks.size() ? Optional.of(walks.get(slot)) : Optional.empty(), value));
    }
    int answers = control instanceof Control.Repeat ? 1 : 0;
    List<Given> given = new ArrayList<>();
    for (Value value : outputs.subList(control.firstOutput() + carried.size(), outputs.size())) {
      given.add(new Given(answers + given.size(), value));
    }
    return new ControlParts(
        instruction,
        control.programs(),
        inputs.subList(0, control.firstInput()),
        outputs.subList(0, control.firstOutput()),
        carried,
        fed,
        given,
        answers);
  }

  ControlParts withPrograms(List<Program> others) {
    return new ControlParts(instruction, others, told, tells, carried, fed, given, answers);
  }

  ControlParts withCarried(List<Carried> others) {
    return new ControlParts(instruction, programs, told, tells, others, fed, given, answers);
  }

  ControlParts withFed(List<Fed> others) {
    return new ControlParts(instruction, programs, told, tells, carried, others, given, answers);
  }

  ControlParts withGiven(List<Given> others) {
    return new ControlParts(instruction, programs, told, tells, carried, fed, others, answers);
  }

  /** Returns a loop that has as many rows, of what it scans and collects, as it will need. */
  ControlParts withCapacity(long capacity) {
    Control.Repeat repeat = (Control.Repeat) instruction.primitive();
    Primitive other =
        new Control.Repeat(repeat.turn(), repeat.carried(), repeat.scanned(), capacity);
    return new ControlParts(
        new Instruction(other, instruction.inputs(), instruction.outputs(), instruction.origin()),
        programs,
        told,
        tells,
        carried,
        fed,
        given,
        answers);
  }

  /** Returns whether a loop of so many turns uses all rows that it has, if it has any. */
  boolean fits(long turns) {
    Control.Repeat repeat = (Control.Repeat) instruction.primitive();
    return !repeat.isLimited() || repeat.capacity() == turns;
  }

  /** Returns the slot of what is fed beyond all that the programs have. */
  int freeSlot() {
    return fed.stream().mapToInt(f -> f.slot() + 1).max().orElse(0);
  }

  /**
   * Returns the instruction of these parts. What the programs do with what was left out must not be
   * needed: it is left out too.
   */
  Instruction together() {
    List<Fed> ordered = new ArrayList<>(fed.stream().filter(f -> f.walk().isPresent()).toList());
    ordered.addAll(fed.stream().filter(f -> f.walk().isEmpty()).toList());
    List<Program> made = programs.stream().map(p -> program(p, ordered)).toList();
    List<Resource> resources = carried.stream().map(Carried::resource).toList();
    List<Value> inputs = new ArrayList<>(told);
    carried.forEach(c -> inputs.add(c.first()));
    ordered.forEach(f -> inputs.add(f.value()));
    List<Value> outputs = new ArrayList<>(tells);
    carried.forEach(c -> outputs.add(c.last()));
    given.forEach(g -> outputs.add(g.value()));
    return new Instruction(
        control(made, resources, ordered), inputs, outputs, instruction.origin());
  }

  private Primitive control(List<Program> made, List<Resource> resources, List<Fed> ordered) {
    if (instruction.primitive() instanceof Control.Repeat repeat) {
      List<Walk> walks = ordered.stream().flatMap(f -> f.walk().stream()).toList();
      return new Control.Repeat(made.get(0), resources, walks, repeat.capacity());
    }
    return new Control.Choose(made, resources);
  }

  private Program program(Program program, List<Fed> ordered) {
    Map<Integer, Integer> slots = new HashMap<>();
    List<TensorType> feeds = new ArrayList<>();
    for (Fed f : ordered) {
      slots.put(f.slot(), feeds.size());
      TensorType type = f.value().type();
      feeds.add(
          f.walk().isPresent() ? type.withShape(type.shape().slice(1, type.shape().rank())) : type);
    }
    List<Value> fetches = new ArrayList<>(program.fetches().subList(0, answers));
    given.forEach(g -> fetches.add(program.fetches().get(g.fetch())));
    Set<Resource> resources = new HashSet<>();
    carried.forEach(c -> resources.add(c.resource()));
    List<Program.Update> updates =
        program.updates().stream().filter(u -> resources.contains(u.resource())).toList();
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction inner :
        RemoveDead.live(program.instructions(), fetches, updates, program.checks())) {
      instructions.add(
          inner.primitive() instanceof Primitive.Feed feed
              ? new Instruction(
                  new Primitive.Feed(slots.getOrDefault(feed.slot(), -1)),
                  List.of(),
                  inner.outputs(),
                  inner.origin())
              : inner);
    }
    return new Program(feeds, instructions, fetches, updates, program.checks());
  }
}
