package io.millrace.cpu.loops;

import io.millrace.type.DType;
import java.util.List;

/**
 * The body of a loop, made of simple steps.
 *
 * <p>Both generators of code write exactly these steps, so that all forms of a loop give the same
 * bits.
 *
 * @param results the positions of the values that are stored
 */
public record LaneFunction(List<DType> parameters, List<Lane> lanes, List<Integer> results) {
  public LaneFunction {
    parameters = List.copyOf(parameters);
    lanes = List.copyOf(lanes);
    results = List.copyOf(results);
  }

  DType resultType(int result) {
    return lanes.get(results.get(result)).type();
  }
}
