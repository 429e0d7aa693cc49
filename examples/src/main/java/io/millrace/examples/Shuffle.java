package io.millrace.examples;

/**
 * Puts 0 to n-1 into an order that depends on a seed alone.
 *
 * <p>The algorithm is fixed here, not taken from the JDK, so that a seed gives the same order on
 * every version of Java: Fisher and Yates's shuffle from the last place to the first, drawing from
 * SplitMix64 (Steele, Lea and Flood, 2014) and taking the unsigned remainder.
 */
final class Shuffle {
  private long state;

  private Shuffle(long seed) {
    state = seed;
  }

  /** Returns a new array of 0 to {@code count - 1} in the order that the seed gives. */
  static int[] order(int count, long seed) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    Shuffle random = new Shuffle(seed);
    for (int last = count - 1; last > 0; last--) {
      int chosen = (int) Long.remainderUnsigned(random.next(), last + 1L);
      int kept = order[last];
      order[last] = order[chosen];
      order[chosen] = kept;
    }
    return order;
  }

  private long next() {
    state += 0x9e3779b97f4a7c15L;
    long z = state;
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
