package io.millrace.cuda.command;

import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the commands of one step are made with: where its tensors are, and more memory. */
public final class StepContext {
  /** Kinds of failures of a step, told apart by the low bits of its code. */
  public enum Failure {
    CHECK(0),
    DIVISION_BY_ZERO(1),
    NEGATIVE_POWER(2);

    private final int bits;

    Failure(int bits) {
      this.bits = bits;
    }
  }

  private static final int FAILURE_BITS = 2;

  private final Step step;
  private final int number;
  private final Target target;
  private final boolean gated;
  private final List<Command> commands = new ArrayList<>();
  private final List<Address> evidence = new ArrayList<>();
  private long scratchBytes;
  private long evidenceBytes;
  private final long evidenceAt;

  /**
   * Begins a step.
   *
   * @param number the position of the step in its plan
   * @param gated whether the step must change nothing once an earlier one has failed
   * @param evidenceAt where the memory for what failed checks show is free
   */
  public StepContext(Step step, int number, Target target, boolean gated, long evidenceAt) {
    this.step = step;
    this.number = number;
    this.target = target;
    this.gated = gated;
    this.evidenceAt = evidenceAt;
  }

  public Step step() {
    return step;
  }

  public int number() {
    return number;
  }

  public Target target() {
    return target;
  }

  /** Returns whether the step must change nothing once an earlier one has failed. */
  public boolean isGated() {
    return gated;
  }

  public Address input(int index) {
    return Address.of(step.inputs().get(index));
  }

  public Address output(int index) {
    return Address.of(step.outputs().get(index));
  }

  /** Returns fresh scratch memory of this step, aligned to 256 bytes. */
  public Address scratch(long bytes) {
    Address address = new Address(Address.Space.SCRATCH, 0, scratchBytes);
    scratchBytes = Address.padded(scratchBytes + bytes);
    return address;
  }

  /** Returns fresh memory that keeps its contents until the run has ended. */
  public Address evidence(long bytes) {
    Address address = new Address(Address.Space.EVIDENCE, 0, evidenceAt + evidenceBytes);
    evidenceBytes = Address.padded(evidenceBytes + bytes);
    evidence.add(address);
    return address;
  }

  /** Returns what {@link #evidence(long)} returned, in the order of the calls. */
  public List<Address> evidence() {
    return List.copyOf(evidence);
  }

  public Address status() {
    return new Address(Address.Space.STATUS, 0, 0);
  }

  /** Returns what {@code fail} is called with; the lower code wins. */
  public int code(Failure failure) {
    return number << FAILURE_BITS | failure.bits;
  }

  /** Returns the position of the step that a code speaks of. */
  public static int stepOf(int code) {
    return code >>> FAILURE_BITS;
  }

  public static Failure failureOf(int code) {
    int bits = code & ((1 << FAILURE_BITS) - 1);
    return Arrays.stream(Failure.values()).filter(f -> f.bits == bits).findFirst().orElseThrow();
  }

  /** Begins a kernel of this step. */
  public LaunchBuilder kernel(String name) {
    return new LaunchBuilder(name, gated ? Optional.of(status()) : Optional.empty());
  }

  /** Adds the next command of this step. */
  public void add(Command command) {
    commands.add(command);
  }

  public List<Command> commands() {
    return List.copyOf(commands);
  }

  public long scratchBytes() {
    return scratchBytes;
  }

  public long evidenceBytes() {
    return evidenceBytes;
  }
}
