package io.millrace.reference;

import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;

/**
 * Computes Random, bit for bit as TensorFlow's stateful random operations do on a CPU, but for the
 * last place of the logarithm, sine and cosine.
 */
final class RandomNumbers {
  /** Blocks between the groups of truncated normal numbers: each redraws within its own. */
  private static final int BLOCKS_PER_TRUNCATED = 64;

  /** The least argument of Box and Muller's logarithm. */
  private static final float LEAST = 1.0e-7f;

  private static final double LEAST_WIDE = 1.0e-7;

  private final Philox philox;
  private final long start;
  private final boolean wide;
  private final Literal.Builder builder;
  private final long count;

  private RandomNumbers(Primitive.Random random, long counter, TensorType output) {
    philox = new Philox(random.seed(), random.seed2());
    start = counter;
    wide = output.dtype().bytes() == 8;
    builder = new Literal.Builder(output);
    count = output.shape().size();
  }

  static Literal random(Primitive.Random random, long counter, TensorType output) {
    RandomNumbers numbers = new RandomNumbers(random, counter, output);
    switch (random.distribution()) {
      case BITS -> numbers.bits();
      case UNIFORM -> numbers.uniform();
      case NORMAL -> numbers.normal();
      case TRUNCATED_NORMAL -> numbers.truncatedNormal();
    }
    return numbers.builder.build();
  }

  private void bits() {
    if (wide) {
      for (long i = 0; i < count; i++) {
        int[] block = philox.block(start + i / 2);
        int at = (int) (i % 2) * 2;
        builder.setLong(i, (long) block[at + 1] << 32 | (block[at] & 0xFFFFFFFFL));
      }
    } else {
      for (long i = 0; i < count; i++) {
        builder.setLong(i, philox.block(start + i / 4)[(int) (i % 4)]);
      }
    }
  }

  private void uniform() {
    for (long i = 0; i < count; i++) {
      if (wide) {
        int[] block = philox.block(start + i / 2);
        int at = (int) (i % 2) * 2;
        builder.setDouble(i, unit(block[at], block[at + 1]));
      } else {
        builder.setDouble(i, unit(philox.block(start + i / 4)[(int) (i % 4)]));
      }
    }
  }

  private void normal() {
    int perBlock = wide ? 2 : 4;
    for (long i = 0; i < count; i++) {
      int[] block = philox.block(start + i / perBlock);
      int at = wide ? 0 : (int) (i % 4) / 2 * 2;
      builder.setDouble(i, pair(block, at)[(int) (i % 2)]);
    }
  }

  private void truncatedNormal() {
    int perGroup = wide ? 2 : 4;
    for (long first = 0; first < count; first += perGroup) {
      long index = start + first * BLOCKS_PER_TRUNCATED;
      int found = 0;
      for (int at = 0; found < perGroup; ) {
        for (double value : pair(philox.block(index), at)) {
          if (Math.abs(value) < 2 && found < perGroup) {
            if (first + found < count) {
              builder.setDouble(first + found, value);
            }
            found++;
          }
        }
        at += wide ? 4 : 2;
        if (at == 4) {
          at = 0;
          index++;
        }
      }
    }
  }

  /** Returns two normal numbers made of the block's numbers from a position on. */
  private double[] pair(int[] block, int at) {
    if (wide) {
      double u = Math.max(unit(block[0], block[1]), LEAST_WIDE);
      double angle = 2 * Math.PI * unit(block[2], block[3]);
      double radius = Math.sqrt(-2 * Math.log(u));
      return new double[] {Math.sin(angle) * radius, Math.cos(angle) * radius};
    }
    float u = Math.max(unit(block[at]), LEAST);
    float angle = (float) (2 * Math.PI * unit(block[at + 1]));
    float radius = (float) Math.sqrt(-2 * (float) Math.log(u));
    return new double[] {(float) Math.sin(angle) * radius, (float) Math.cos(angle) * radius};
  }

  /** Returns the low 23 bits as a number in [0, 1). */
  private static float unit(int bits) {
    return Float.intBitsToFloat((bits & 0x7FFFFF) | 0x3F800000) - 1;
  }

  /** Returns 52 bits as a number in [0, 1). */
  private static double unit(int high, int low) {
    long mantissa = (high & 0xFFFFFL) << 32 | (low & 0xFFFFFFFFL);
    return Double.longBitsToDouble(mantissa | 0x3FF0000000000000L) - 1;
  }
}
