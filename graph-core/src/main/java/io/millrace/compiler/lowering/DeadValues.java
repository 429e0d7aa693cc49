package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which tensors of a frame have no value: they are on branches that are not taken, or lack what is
 * not fed. What needs one has none either, up to where branches merge.
 *
 * <p>Some of them are absent: traces of what a run does not compute, and what follows from those. A
 * call takes them, because what would need them in its function is on a branch that is not taken.
 */
final class DeadValues {
  private final Predicate<Output> given;
  private final Set<Output> dead = new HashSet<>();
  private final Set<Output> absent = new HashSet<>();
  private final Set<Operation> skipped = new HashSet<>();

  DeadValues(Predicate<Output> given) {
    this.given = given;
  }

  boolean contains(Output output) {
    return dead.contains(output);
  }

  boolean isAbsent(Output output) {
    return absent.contains(output);
  }

  /** Returns whether an operation is not run. */
  boolean skipped(Operation operation) {
    return skipped.contains(operation);
  }

  /** Gives an output no value. */
  void kill(Output output, boolean isAbsent) {
    if (!given.test(output)) {
      bind(output, isAbsent);
    }
  }

  /** Gives a function's parameter no value. */
  void bind(Output parameter, boolean isAbsent) {
    dead.add(parameter);
    if (isAbsent) {
      absent.add(parameter);
    }
  }

  /** Skips an operation: none of its outputs has a value. */
  void skip(Operation operation) {
    skip(operation, false);
  }

  private void skip(Operation operation, boolean isAbsent) {
    skipped.add(operation);
    operation.outputs().forEach(o -> kill(o, isAbsent));
    operation.traces().values().forEach(t -> kill(t, isAbsent));
  }

  /** Returns whether an operation is not run for what it needs has no value; notes that. */
  boolean reaches(Operation operation) {
    boolean follows = operation.controlInputs().stream().anyMatch(skipped::contains);
    boolean calls = !operation.op().functions().isEmpty();
    boolean needs =
        !operation.op().takesDead()
            && operation.inputs().stream()
                .anyMatch(i -> dead.contains(i) && !(calls && absent.contains(i)));
    if (follows || needs) {
      boolean isAbsent =
          !follows && operation.inputs().stream().filter(dead::contains).allMatch(absent::contains);
      skip(operation, isAbsent);
    }
    return follows || needs;
  }
}
