package io.millrace.spi;

/**
 * The counter-based generator Philox 4x32-10, 128 bits a block, and the numbers made of its bits.
 *
 * <p>Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 * The key is the first seed; the second seed is the upper half of the counter, as in TensorFlow,
 * from which the ways to make numbers of bits are too. Every device's random numbers follow these.
 */
public final class Philox {
  /** Blocks between the groups of truncated normal numbers: each redraws within its own. */
  public static final int BLOCKS_PER_TRUNCATED = 64;

  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_2 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;

  /** The least argument of Box and Muller's logarithm. */
  private static final float LEAST = 1.0e-7f;

  private static final double LEAST_WIDE = 1.0e-7;

  private Philox() {}

  /** Writes the four 32-bit numbers of a block, to be counted unsigned, from a position on. */
  public static void block(long seed, long seed2, long index, int[] into, int at) {
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
    into[at] = c0;
    into[at + 1] = c1;
    into[at + 2] = c2;
    into[at + 3] = c3;
  }

  /** Returns the low 23 bits as a number in [0, 1). */
  public static float unit(int bits) {
    return Float.intBitsToFloat((bits & 0x7FFFFF) | 0x3F800000) - 1;
  }

  /** Returns 52 bits as a number in [0, 1). */
  public static double unit(int high, int low) {
    long mantissa = (high & 0xFFFFFL) << 32 | (low & 0xFFFFFFFFL);
    return Double.longBitsToDouble(mantissa | 0x3FF0000000000000L) - 1;
  }

  /** Writes two normal numbers made of two 32-bit numbers by Box and Muller's method. */
  public static void normal(int bits, int bits2, float[] into, int at) {
    float u = Math.max(unit(bits), LEAST);
    float angle = (float) (2 * Math.PI * unit(bits2));
    float radius = (float) Math.sqrt(-2 * (float) Math.log(u));
    into[at] = (float) Math.sin(angle) * radius;
    into[at + 1] = (float) Math.cos(angle) * radius;
  }

  /** Writes two normal numbers made of a block, which begins at {@code from}. */
  public static void normal(int[] block, int from, double[] into, int at) {
    double u = Math.max(unit(block[from], block[from + 1]), LEAST_WIDE);
    double angle = 2 * Math.PI * unit(block[from + 2], block[from + 3]);
    double radius = Math.sqrt(-2 * Math.log(u));
    into[at] = Math.sin(angle) * radius;
    into[at + 1] = Math.cos(angle) * radius;
  }
}
