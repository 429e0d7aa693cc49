package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.List;

/**
 * What a generated loop looks like: its body, and which parameters are one element for the whole
 * span instead of one for each element.
 */
public record LoopShape(LaneFunction function, List<Boolean> uniform) {
  /** Values nested deeper than this get a variable, to bound the generators' recursion. */
  private static final int DEPTH = 24;

  public LoopShape {
    uniform = List.copyOf(uniform);
  }

  /** Returns which lanes are the same for all elements of a span. */
  boolean[] uniformLanes() {
    boolean[] same = new boolean[function.lanes().size()];
    for (int i = 0; i < same.length; i++) {
      Lane lane = function.lanes().get(i);
      same[i] = lane.op() != LaneOp.PARAMETER || uniform.get((int) lane.bits());
      for (int k = 0; k < lane.arity(); k++) {
        same[i] &= same[lane.operand(k)];
      }
    }
    return same;
  }

  /**
   * Returns which lanes need a variable: those used more than once, those that may fail (they must
   * do so even in the branch not taken), and, as a result may overwrite a parameter that a later
   * result needs, all parameters of several results.
   */
  boolean[] variables() {
    int size = function.lanes().size();
    int[] uses = new int[size];
    int[] depth = new int[size];
    for (Lane lane : function.lanes()) {
      for (int k = 0; k < lane.arity(); k++) {
        uses[lane.operand(k)]++;
      }
    }
    for (int result : function.results()) {
      uses[result]++;
    }
    boolean[] variable = new boolean[size];
    for (int i = 0; i < size; i++) {
      Lane lane = function.lanes().get(i);
      for (int k = 0; k < lane.arity(); k++) {
        int operand = lane.operand(k);
        depth[i] = Math.max(depth[i], variable[operand] ? 0 : depth[operand] + 1);
      }
      boolean fails = lane.op() == LaneOp.CALL && lane.type().isInteger();
      boolean overwritten = lane.op() == LaneOp.PARAMETER && function.results().size() > 1;
      variable[i] = uses[i] > 1 || depth[i] > DEPTH || fails || overwritten;
    }
    return variable;
  }

  int operands() {
    return function.parameters().size() + function.results().size();
  }

  /** Returns the element type of an operand: a parameter or, after them, a result. */
  DType operandType(int operand) {
    int parameters = function.parameters().size();
    return operand < parameters
        ? function.parameters().get(operand)
        : function.resultType(operand - parameters);
  }
}
