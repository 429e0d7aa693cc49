package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects lanes; equal ones are made once. */
final class LaneBuilder {
  private final List<Lane> lanes = new ArrayList<>();
  private final Map<Lane, Integer> positions = new HashMap<>();

  private int add(Lane lane) {
    Integer known = positions.putIfAbsent(lane, lanes.size());
    if (known != null) {
      return known;
    }
    lanes.add(lane);
    return lanes.size() - 1;
  }

  DType type(int lane) {
    return lanes.get(lane).type();
  }

  int parameter(int index, DType type) {
    return add(new Lane(LaneOp.PARAMETER, type, -1, -1, -1, index, ""));
  }

  /** Adds a constant given by its bits, as in {@link DType} says them. */
  int literal(DType type, long bits) {
    return add(new Lane(LaneOp.CONSTANT, type, -1, -1, -1, bits, ""));
  }

  int constant(DType type, double value) {
    return literal(type, type.ofDouble(value));
  }

  /** Adds a float32 constant. */
  int number(float value) {
    return literal(DType.FLOAT32, Float.floatToRawIntBits(value));
  }

  /** Adds a step whose value has the type of its first operand, or is boolean for a comparison. */
  int op(LaneOp op, int x) {
    return add(new Lane(op, type(x), x, -1, -1, 0, ""));
  }

  /** Adds a step of two operands. */
  int op(LaneOp op, int x, int y) {
    DType type = op.isComparison() ? DType.BOOL : type(x);
    return add(new Lane(op, type, x, y, -1, 0, ""));
  }

  /** Adds {@code x * y + z}. */
  int fma(int x, int y, int z) {
    return add(new Lane(LaneOp.FMA, type(x), x, y, z, 0, ""));
  }

  int shift(LaneOp op, int x, int distance) {
    return add(new Lane(op, type(x), x, -1, -1, distance, ""));
  }

  int bits(int x) {
    DType type = type(x).bytes() == Integer.BYTES ? DType.INT32 : DType.INT64;
    return add(new Lane(LaneOp.TO_BITS, type, x, -1, -1, 0, ""));
  }

  int fromBits(int x) {
    DType type = type(x).bytes() == Float.BYTES ? DType.FLOAT32 : DType.FLOAT64;
    return add(new Lane(LaneOp.FROM_BITS, type, x, -1, -1, 0, ""));
  }

  int select(int condition, int x, int y) {
    return add(new Lane(LaneOp.SELECT, type(x), condition, x, y, 0, ""));
  }

  int cast(int x, DType to) {
    return add(new Lane(LaneOp.CAST, to, x, -1, -1, 0, ""));
  }

  int call(String helper, DType type, int x, int y) {
    return add(new Lane(LaneOp.CALL, type, x, y, -1, 0, helper));
  }

  LaneFunction build(List<DType> parameters, List<Integer> results) {
    return new LaneFunction(parameters, lanes, results);
  }
}
