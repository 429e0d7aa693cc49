package io.millrace.compiler.planning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Checks arena layouts of random lifetimes. */
final class ArenaPlannerTest {
  @Test
  void nothingThatLivesTogetherOverlaps() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<ArenaPlanner.Interval> intervals = new ArrayList<>();
      long sum = 0;
      for (int i = random.nextInt(60); i >= 0; i--) {
        int first = random.nextInt(40);
        intervals.add(
            new ArenaPlanner.Interval(
                first, first + random.nextInt(10), random.nextInt(5) * 100L * random.nextInt(5)));
        sum += ArenaPlanner.padded(intervals.get(intervals.size() - 1).bytes());
      }
      ArenaPlanner.Layout layout = ArenaPlanner.plan(intervals);
      assertTrue(layout.bytes() <= sum);
      for (int i = 0; i < intervals.size(); i++) {
        assertEquals(0, layout.offsets().get(i) % 64);
        assertTrue(end(layout, intervals, i) <= layout.bytes());
        for (int j = 0; j < i; j++) {
          boolean together =
              intervals.get(i).first() <= intervals.get(j).last()
                  && intervals.get(j).first() <= intervals.get(i).last();
          boolean overlap =
              layout.offsets().get(i) < end(layout, intervals, j)
                  && layout.offsets().get(j) < end(layout, intervals, i);
          assertTrue(!together || !overlap, "seed " + seed + ": " + i + " and " + j);
        }
      }
    }
  }

  @Test
  void memoryIsUsedAgain() {
    List<ArenaPlanner.Interval> chain =
        List.of(
            new ArenaPlanner.Interval(0, 1, 64),
            new ArenaPlanner.Interval(1, 2, 64),
            new ArenaPlanner.Interval(2, 3, 64));
    assertEquals(128, ArenaPlanner.plan(chain).bytes());
  }

  private static long end(
      ArenaPlanner.Layout layout, List<ArenaPlanner.Interval> intervals, int i) {
    return layout.offsets().get(i) + ArenaPlanner.padded(intervals.get(i).bytes());
  }
}
