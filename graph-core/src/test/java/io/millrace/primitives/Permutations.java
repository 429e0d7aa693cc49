package io.millrace.primitives;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Lists the orders of axes. */
public final class Permutations {
  private Permutations() {}

  /** Returns every order of the numbers from 0 on. */
  public static List<int[]> of(int count) {
    if (count == 0) {
      return List.of(new int[0]);
    }
    List<int[]> all = new ArrayList<>();
    for (int[] shorter : of(count - 1)) {
      for (int at = 0; at < count; at++) {
        IntStream before = IntStream.of(shorter).limit(at);
        IntStream after = IntStream.of(shorter).skip(at);
        IntStream last = IntStream.concat(IntStream.of(count - 1), after);
        all.add(IntStream.concat(before, last).toArray());
      }
    }
    return all;
  }
}
