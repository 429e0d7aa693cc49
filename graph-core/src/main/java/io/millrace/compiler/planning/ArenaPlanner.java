package io.millrace.compiler.planning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Lays out blocks with known lifetimes in one arena: the largest first, each in the tightest gap
 * between the blocks that live at the same time.
 */
final class ArenaPlanner {
  private static final long ALIGNMENT = 64;

  private ArenaPlanner() {}

  /**
   * A block of memory needed for a while.
   *
   * @param first the step that writes it
   * @param last the last step that uses it, not before the first
   */
  record Interval(int first, int last, long bytes) {}

  /**
   * Where the blocks lie.
   *
   * @param offsets one an interval, multiples of 64
   * @param bytes the size of the arena
   */
  record Layout(List<Long> offsets, long bytes) {}

  private record Block(int first, int last, long offset, long end) {}

  /** Returns the bytes that a tensor takes in the arena. */
  static long padded(long bytes) {
    return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Returns a layout in which no two blocks overlap in both time and memory. */
  static Layout plan(List<Interval> intervals) {
    Long[] offsets = new Long[intervals.size()];
    List<Block> placed = new ArrayList<>();
    long total = 0;
    List<Integer> order =
        IntStream.range(0, intervals.size())
            .boxed()
            .sorted(
                Comparator.<Integer>comparingLong(i -> -intervals.get(i).bytes())
                    .thenComparing(i -> intervals.get(i).first()))
            .toList();
    for (int i : order) {
      Interval interval = intervals.get(i);
      long offset = tightestGap(placed, interval);
      offsets[i] = offset;
      Block block =
          new Block(interval.first(), interval.last(), offset, offset + padded(interval.bytes()));
      placed.add(position(placed, offset), block);
      total = Math.max(total, block.end());
    }
    return new Layout(List.of(offsets), total);
  }

  private static long tightestGap(List<Block> placed, Interval interval) {
    long size = padded(interval.bytes());
    long free = 0;
    long best = -1;
    long bestGap = Long.MAX_VALUE;
    for (Block block : placed) {
      if (block.first() > interval.last() || block.last() < interval.first()) {
        continue;
      }
      long gap = block.offset() - free;
      if (gap >= size && gap < bestGap) {
        best = free;
        bestGap = gap;
      }
      free = Math.max(free, block.end());
    }
    return best >= 0 ? best : free;
  }

  /** Returns where a block belongs in the list, which is in the order of offsets. */
  private static int position(List<Block> placed, long offset) {
    int low = 0;
    int high = placed.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (placed.get(middle).offset() <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
