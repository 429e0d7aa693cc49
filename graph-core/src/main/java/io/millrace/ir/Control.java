package io.millrace.ir;

import io.millrace.type.TensorType;
import java.util.List;

/**
 * Programs inside a program, of which data decide whether and how often they are run.
 *
 * <p>A program inside sees nothing of the one around it but what it is fed, and the {@link #carried
 * carried} values, which are its resources: a read gives what it finds, an update says what it
 * leaves. Values have numbers of their own in each program.
 */
public sealed interface Control extends Primitive {
  /** Returns the resources of the programs inside, each for one run; no two alike. */
  List<Resource> carried();

  /** Returns the position of the first carried value among the inputs. */
  int firstInput();

  /** Returns the position of the first carried value among the outputs. */
  int firstOutput();

  @Override
  default boolean mayFail() {
    return programs().stream().anyMatch(Program::mayFail);
  }

  /** A carried value may be changed where it lies. */
  @Override
  default boolean mayOverwrite(int input, int output, TensorType type) {
    int position = input - firstInput();
    return position >= 0
        && position < carried().size()
        && position == output - firstOutput()
        && type.equals(carried().get(position).type());
  }

  /**
   * Runs one of several programs.
   *
   * <p>Inputs: the index of the branch, an int32 scalar, where any outside {@code [0, n)} stands
   * for the last one; the first values of {@code carried}, in order; then the feeds, which all
   * branches have alike. Outputs: the last values of {@code carried}, where a branch that does not
   * update one leaves it as it was; then the fetches, whose types all branches have alike.
   *
   * @param branches at least one
   */
  record Choose(List<Program> branches, List<Resource> carried) implements Control {
    public Choose {
      branches = List.copyOf(branches);
      carried = List.copyOf(carried);
    }

    @Override
    public List<Program> programs() {
      return branches;
    }

    @Override
    public int firstInput() {
      return 1;
    }

    @Override
    public int firstOutput() {
      return 0;
    }

    /** Returns the position of the branch that an index stands for. */
    public int branch(long index) {
      return index >= 0 && index < branches.size() ? (int) index : branches.size() - 1;
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.choose(this);
    }
  }

  /**
   * Runs a program again and again.
   *
   * <p>Inputs: whether there is a first turn, a bool scalar; where walks backwards begin, an int64
   * scalar; the first values of {@code carried}, in order; the tensors that are scanned, {@code
   * [capacity, ...]}; then what stays the same. The turn is fed one row of each scanned tensor, at
   * turn t, counted from 0, row t or, backwards, row {@code rows - 1 - t}; then what stays the
   * same. Its first fetch says whether another turn follows, a bool scalar; the others are
   * collected.
   *
   * <p>Outputs: the number of turns, an int64 scalar; the last values of {@code carried}; the
   * collected tensors, {@code [capacity, ...]}: row t is that of turn t, and rows of turns that
   * were not are zero (false).
   *
   * <p>A loop with a capacity fails with a {@code CapacityException} where it would begin a turn
   * that has no row, and with another failure where a walk backwards has come to its end.
   *
   * @param scanned which way each scanned tensor is walked
   * @param capacity the rows of what is scanned and collected; {@link #UNLIMITED} may be said if
   *     nothing is
   */
  record Repeat(Program turn, List<Resource> carried, List<Walk> scanned, long capacity)
      implements Control {
    /** The capacity of a loop that neither scans nor collects. */
    public static final long UNLIMITED = Long.MAX_VALUE;

    /** The order in which rows are fed to turns. */
    public enum Walk {
      FORWARD,
      BACKWARD
    }

    public Repeat {
      carried = List.copyOf(carried);
      scanned = List.copyOf(scanned);
    }

    @Override
    public List<Program> programs() {
      return List.of(turn);
    }

    @Override
    public int firstInput() {
      return 2;
    }

    @Override
    public int firstOutput() {
      return 1;
    }

    /** Returns the position of the first scanned tensor among the inputs. */
    public int firstScanned() {
      return firstInput() + carried.size();
    }

    /** Returns the position of the first input that stays the same. */
    public int firstKept() {
      return firstScanned() + scanned.size();
    }

    /** Returns the position of the first collected tensor among the outputs. */
    public int firstCollected() {
      return firstOutput() + carried.size();
    }

    /** Returns how many tensors are collected. */
    public int collected() {
      return turn.fetches().size() - 1;
    }

    /** Returns whether the number of turns is limited by rows. */
    public boolean isLimited() {
      return capacity != UNLIMITED;
    }

    /** Returns whether a tensor is walked backwards. */
    public boolean goesBack() {
      return scanned.contains(Walk.BACKWARD);
    }

    @Override
    public boolean mayFail() {
      return isLimited() || turn.mayFail();
    }

    @Override
    public <R> R accept(PrimitiveVisitor<R> visitor) {
      return visitor.repeat(this);
    }
  }
}
