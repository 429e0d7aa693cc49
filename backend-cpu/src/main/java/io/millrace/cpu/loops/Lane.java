package io.millrace.cpu.loops;

import io.millrace.type.DType;

/**
 * One value of a loop's body, in terms of earlier ones.
 *
 * @param type the type of the value
 * @param x position of the first operand, as y and z are of the others; -1 if absent
 * @param bits a constant's bits, a shift's distance or a parameter's index
 * @param helper the method that a CALL calls; empty otherwise
 */
record Lane(LaneOp op, DType type, int x, int y, int z, long bits, String helper) {
  /** Returns the number of operands. */
  int arity() {
    return z >= 0 ? 3 : y >= 0 ? 2 : x >= 0 ? 1 : 0;
  }

  /** Returns the position of an operand. */
  int operand(int index) {
    return index == 0 ? x : index == 1 ? y : z;
  }
}
