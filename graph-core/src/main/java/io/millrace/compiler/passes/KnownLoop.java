package io.millrace.compiler.passes;

import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.reference.KnownTurns;
import io.millrace.type.Literal;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks what constants decide of a loop, which the compiler then knows. */
final class KnownLoop implements KnownTurns.Known {
  private final ControlParts parts;
  private final Map<Value, Literal> constants;

  private KnownLoop(ControlParts parts, Map<Value, Literal> constants) {
    this.parts = parts;
    this.constants = constants;
  }

  /** Returns the constants of a program. */
  static Map<Value, Literal> constants(Program program) {
    Map<Value, Literal> constants = new HashMap<>();
    for (Instruction instruction : program.instructions()) {
      if (instruction.primitive() instanceof Primitive.Constant constant) {
        constants.put(instruction.output(), constant.literal());
      }
    }
    return constants;
  }

  /**
   * Returns what is known of the turns of a loop, if constants decide how many there are.
   *
   * @param constants of the program around it
   */
  static Optional<KnownTurns> turns(ControlParts parts, Map<Value, Literal> constants) {
    Literal goes = constants.get(parts.told().get(0));
    return goes == null || goes.getLong(0) == 0
        ? Optional.empty()
        : KnownTurns.of(parts.programs().get(0), new KnownLoop(parts, constants));
  }

  /** Returns whether constants say that a loop turns as often as it has rows. */
  static boolean fills(ControlParts parts, Map<Value, Literal> constants) {
    return turns(parts, constants).filter(t -> parts.fits(t.count())).isPresent();
  }

  @Override
  public Optional<Literal> first(Resource resource) {
    return parts.carried().stream()
        .filter(c -> c.resource().equals(resource))
        .flatMap(c -> Optional.ofNullable(constants.get(c.first())).stream())
        .findFirst();
  }

  @Override
  public Optional<Literal> fed(int slot, long turn) {
    ControlParts.Fed fed =
        parts.fed().stream().filter(f -> f.slot() == slot).findFirst().orElseThrow();
    @Nullable Literal literal = constants.get(fed.value());
    if (literal == null || fed.walk().isEmpty()) {
      return Optional.ofNullable(literal);
    }
    @Nullable Literal begins = constants.get(parts.told().get(1));
    boolean back = fed.walk().get() == Walk.BACKWARD;
    if (back && begins == null) {
      return Optional.empty();
    }
    long row = begins != null && back ? begins.getLong(0) - 1 - turn : turn;
    return row < 0 || row >= literal.type().shape().dim(0)
        ? Optional.empty()
        : Optional.of(literal.row(row));
  }
}
