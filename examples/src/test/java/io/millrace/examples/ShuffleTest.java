package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShuffleTest {
  @Test
  void givesTheSameOrderOnEveryJdk() {
    assertArrayEquals(new int[] {6, 3, 2, 9, 8, 1, 4, 7, 0, 5}, Shuffle.order(10, 0));
    assertArrayEquals(new int[] {0, 9, 5, 8, 6, 4, 7, 2, 1, 3}, Shuffle.order(10, 42));
    assertArrayEquals(new int[] {3, 4, 2, 7, 5, 0, 8, 1, 9, 6}, Shuffle.order(10, -1));
  }

  @Test
  void containsEveryIndexOnce() {
    int[] order = Shuffle.order(1000, 7);
    assertFalse(Arrays.equals(order, Shuffle.order(1000, 8)));
    Arrays.sort(order);
    assertArrayEquals(IntStream.range(0, 1000).toArray(), order);
  }

  @Test
  void shufflesNothingAndOne() {
    assertEquals(0, Shuffle.order(0, 1).length);
    assertArrayEquals(new int[] {0}, Shuffle.order(1, 1));
  }
}
