package io.millrace.cpu.loops;

/** Lists what the generators of loops can write: each is an instruction or two of the processor. */
enum LaneOp {
  PARAMETER,
  CONSTANT,
  ADD,
  SUB,
  MUL,
  /** Of floating numbers. */
  DIV,
  MAX,
  MIN,
  /** {@code x * y + z}, rounded once. */
  FMA,
  NEG,
  ABS,
  SQRT,
  /** Of bits or booleans. */
  AND,
  /** Of bits or booleans. */
  OR,
  /** Of bits or booleans. */
  XOR,
  /** Of booleans. */
  NOT,
  /** Shifts an integer left by a constant. */
  SHIFT_LEFT,
  /** Shifts an integer right by a constant, keeping its sign. */
  SHIFT_RIGHT,
  /** The bits of a floating number as an integer of its width. */
  TO_BITS,
  /** The floating number that these bits mean. */
  FROM_BITS,
  EQ,
  NE,
  LT,
  LE,
  GT,
  GE,
  SELECT,
  CAST,
  /** A method of {@link ScalarMath}. */
  CALL;

  boolean isComparison() {
    return compareTo(EQ) >= 0 && compareTo(GE) <= 0;
  }
}
