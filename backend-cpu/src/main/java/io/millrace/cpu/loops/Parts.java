package io.millrace.cpu.loops;

/** Divides work into parts; the division depends on the work alone, never on the workers. */
public final class Parts {
  /** Steps that are worth handing over: about ten microseconds. */
  private static final long COST = 80_000;

  private static final long MOST = 64;

  private Parts() {}

  /** Returns the elements of a part, a multiple of {@link MapLoop#BLOCK}. */
  public static long size(long elements, int weight) {
    long least = Math.max((elements + MOST - 1) / MOST, COST / Math.max(1, weight));
    return Math.max(1, (least + MapLoop.BLOCK - 1) / MapLoop.BLOCK) * MapLoop.BLOCK;
  }

  /** Returns the number of parts; at least 1. */
  public static int count(long elements, long partSize) {
    return (int) Math.max(1, (elements + partSize - 1) / partSize);
  }
}
