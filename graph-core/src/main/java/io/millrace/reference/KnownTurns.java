package io.millrace.reference;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What constants decide of a loop before it runs: how many turns it has, if what it counts begins,
 * steps and ends with them, and what else follows from its counters in each turn.
 *
 * <p>Only small values are followed, through functions of their inputs alone, and only so many
 * turns.
 */
public final class KnownTurns {
  private static final long MOST_TURNS = 1 << 14;
  private static final long MOST_ELEMENTS = 16;

  private final Program turn;
  private final Known known;
  private final Map<Value, Instruction> producers = new HashMap<>();
  private long count = 1;

  /** What is known of what comes into the turns. */
  public interface Known {
    /** Returns what is carried into the first turn. */
    Optional<Literal> first(Resource resource);

    /** Returns what a slot is fed in a turn, counted from 0. */
    Optional<Literal> fed(int slot, long turn);
  }

  private KnownTurns(Program turn, Known known) {
    this.turn = turn;
    this.known = known;
    turn.instructions().forEach(i -> i.outputs().forEach(o -> producers.put(o, i)));
  }

  /**
   * Returns what is known of a loop that has a first turn; nothing if constants do not decide how
   * many follow.
   *
   * @param turn its first fetch says whether another turn follows
   */
  public static Optional<KnownTurns> of(Program turn, Known known) {
    KnownTurns turns = new KnownTurns(turn, known);
    Optional<List<Literal>> goes = turns.follow(turn.fetches().get(0), MOST_TURNS);
    if (goes.isEmpty()) {
      return Optional.empty();
    }
    List<Literal> says = goes.get();
    turns.count = says.size();
    return says.get(says.size() - 1).getLong(0) == 0 ? Optional.of(turns) : Optional.empty();
  }

  /** Returns how many turns there are, at least 1. */
  public long count() {
    return count;
  }

  /** Returns a value of the turn's program in each turn; nothing if constants do not decide it. */
  public Optional<List<Literal>> values(Value value) {
    return follow(value, count);
  }

  /** Returns a value in so many turns, or up to the first in which it is false. */
  private Optional<List<Literal>> follow(Value wanted, long most) {
    boolean condition = wanted.equals(turn.fetches().get(0));
    Set<Value> needed = new HashSet<>();
    Map<Resource, Literal> held = new HashMap<>();
    if (!needs(wanted, needed, held)) {
      return Optional.empty();
    }
    List<Instruction> slice =
        turn.instructions().stream()
            .filter(i -> i.outputs().stream().anyMatch(needed::contains))
            .toList();
    List<Program.Update> updates =
        turn.updates().stream().filter(u -> held.containsKey(u.resource())).toList();
    List<Literal> found = new ArrayList<>();
    try {
      boolean more = true;
      for (long t = 0; t < most && more; t++) {
        Map<Value, Literal> values = new HashMap<>();
        for (Instruction instruction : slice) {
          if (!compute(instruction, values, held, t)) {
            return Optional.empty();
          }
        }
        Literal value = Objects.requireNonNull(values.get(wanted));
        found.add(value);
        updates.forEach(u -> held.put(u.resource(), Objects.requireNonNull(values.get(u.value()))));
        more = !condition || value.getLong(0) != 0;
      }
    } catch (ArithmeticException e) {
      // An integer division by zero: it has to fail in the run.
      return Optional.empty();
    }
    return Optional.of(found);
  }

  /** Adds all that a value needs, also of earlier turns; returns false if not all is known. */
  private boolean needs(Value wanted, Set<Value> needed, Map<Resource, Literal> held) {
    Map<Resource, Value> updates =
        turn.updates().stream()
            .collect(Collectors.toMap(Program.Update::resource, Program.Update::value));
    List<Value> open = new ArrayList<>(List.of(wanted));
    while (!open.isEmpty()) {
      Value value = open.remove(open.size() - 1);
      if (!needed.add(value)) {
        continue;
      }
      Instruction instruction = Objects.requireNonNull(producers.get(value));
      Primitive primitive = instruction.primitive();
      if (value.type().shape().size() > MOST_ELEMENTS) {
        return false;
      }
      if (primitive instanceof Primitive.Read read) {
        Optional<Literal> first = known.first(read.resource());
        if (first.isEmpty()) {
          return false;
        }
        held.put(read.resource(), first.get());
        Optional.ofNullable(updates.get(read.resource())).ifPresent(open::add);
      } else if (primitive instanceof Primitive.Feed feed) {
        if (known.fed(feed.slot(), 0).isEmpty()) {
          return false;
        }
      } else if (!(primitive instanceof Primitive.Constant) && !primitive.isFoldable()) {
        return false;
      }
      open.addAll(instruction.inputs());
    }
    return true;
  }

  /** Computes the outputs of an instruction; returns false where a row is missing. */
  private boolean compute(
      Instruction instruction,
      Map<Value, Literal> values,
      Map<Resource, Literal> held,
      long number) {
    List<Literal> outputs;
    if (instruction.primitive() instanceof Primitive.Read read) {
      outputs = List.of(Objects.requireNonNull(held.get(read.resource())));
    } else if (instruction.primitive() instanceof Primitive.Feed feed) {
      outputs = known.fed(feed.slot(), number).stream().toList();
    } else {
      outputs =
          ReferenceInterpreter.evaluate(
              instruction.primitive(),
              instruction.inputs().stream().map(values::get).toList(),
              instruction.outputs().stream().map(Value::type).toList());
    }
    for (int i = 0; i < outputs.size(); i++) {
      values.put(instruction.outputs().get(i), outputs.get(i));
    }
    return !outputs.isEmpty();
  }
}
