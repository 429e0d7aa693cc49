package io.millrace.ops;

import io.millrace.op.Arguments;
import io.millrace.type.Shape;
import java.util.List;
import java.util.OptionalInt;

/**
 * How a loop is built.
 *
 * @param maximumIterations after how many turns it ends whatever its condition says
 * @param shapeInvariants what is known of the shape of each loop variable in every turn; empty for
 *     the shapes that they begin with
 * @param parallelIterations of no effect: turns do not overlap
 * @param swapMemory of no effect: what gradients need stays on the device
 */
public record LoopOptions(
    OptionalInt maximumIterations,
    List<Shape> shapeInvariants,
    int parallelIterations,
    boolean swapMemory) {
  public LoopOptions {
    Arguments.require(maximumIterations, "maximumIterations");
    shapeInvariants = List.copyOf(Arguments.requireAll(shapeInvariants, "shapeInvariants"));
  }

  /** Returns the options of a loop that its condition alone ends, of fixed shapes. */
  public static LoopOptions defaults() {
    return new LoopOptions(OptionalInt.empty(), List.of(), 10, false);
  }

  /** Returns these options with a limit of turns. */
  public LoopOptions maximumIterations(int turns) {
    return new LoopOptions(OptionalInt.of(turns), shapeInvariants, parallelIterations, swapMemory);
  }

  /** Returns these options with what is known of the shapes of the loop variables. */
  public LoopOptions shapeInvariants(Shape... shapes) {
    return new LoopOptions(maximumIterations, List.of(shapes), parallelIterations, swapMemory);
  }

  /** Returns these options with a number of turns at a time, which has no effect. */
  public LoopOptions parallelIterations(int turns) {
    return new LoopOptions(maximumIterations, shapeInvariants, turns, swapMemory);
  }

  /** Returns these options with or without swapping, which has no effect. */
  public LoopOptions swapMemory(boolean on) {
    return new LoopOptions(maximumIterations, shapeInvariants, parallelIterations, on);
  }
}
