package io.millrace.reference;

/**
 * The counter-based generator Philox 4x32-10, 128 bits a block.
 *
 * <p>Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 * The key is the first seed; the second seed is the upper half of the counter, as in TensorFlow.
 */
final class Philox {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_2 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  private final long seed;
  private final long seed2;

  Philox(long seed, long seed2) {
    this.seed = seed;
    this.seed2 = seed2;
  }

  /** Returns the four 32-bit numbers of a block, counted unsigned. */
  int[] block(long index) {
    int c0 = (int) index;
    int c1 = (int) (index >>> 32);
    int c2 = (int) seed2;
    int c3 = (int) (seed2 >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
      long product2 = MULTIPLIER_2 * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product2 >>> 32) ^ c1 ^ k0;
      c1 = (int) product2;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return new int[] {c0, c1, c2, c3};
  }
}
