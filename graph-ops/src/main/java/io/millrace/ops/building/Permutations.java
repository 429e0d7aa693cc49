package io.millrace.ops.building;

import io.millrace.op.Inference;
import java.util.Arrays;

/** Requires operands to put the numbers from 0 in some order. */
public final class Permutations {
  private Permutations() {}

  /** Requires a vector to hold each number below its length once. */
  public static void require(Inference in, long[] order) {
    int[] places = new int[order.length];
    Arrays.fill(places, -1);
    for (int i = 0; i < order.length; i++) {
      in.require(
          order[i] >= 0 && order[i] < order.length,
          "%s must hold each number in [0, %d) once: element [%d] is %d",
          Arrays.toString(order),
          order.length,
          i,
          order[i]);
      int before = places[(int) order[i]];
      in.require(
          before < 0,
          "%s must hold each number in [0, %d) once: elements [%d] and [%d] are both %d",
          Arrays.toString(order),
          order.length,
          before,
          i,
          order[i]);
      places[(int) order[i]] = i;
    }
  }
}
