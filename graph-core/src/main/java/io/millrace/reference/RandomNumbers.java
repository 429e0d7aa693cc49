package io.millrace.reference;

import io.millrace.ir.Primitive;
import io.millrace.spi.Philox;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;

/**
 * Computes Random, bit for bit as TensorFlow's stateful random operations do on a CPU, but for the
 * last place of the logarithm, sine and cosine.
 */
final class RandomNumbers {
  private final Primitive.Random random;
  private final int[] block = new int[4];
  private final float[] pair = new float[2];
  private final double[] widePair = new double[2];
  private final long start;
  private final boolean wide;
  private final Literal.Builder builder;
  private final long count;

  private RandomNumbers(Primitive.Random random, long counter, TensorType output) {
    this.random = random;
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
        int[] block = block(start + i / 2);
        int at = (int) (i % 2) * 2;
        builder.setLong(i, (long) block[at + 1] << 32 | (block[at] & 0xFFFFFFFFL));
      }
    } else {
      for (long i = 0; i < count; i++) {
        builder.setLong(i, block(start + i / 4)[(int) (i % 4)]);
      }
    }
  }

  private void uniform() {
    for (long i = 0; i < count; i++) {
      if (wide) {
        int[] block = block(start + i / 2);
        int at = (int) (i % 2) * 2;
        builder.setDouble(i, Philox.unit(block[at], block[at + 1]));
      } else {
        builder.setDouble(i, Philox.unit(block(start + i / 4)[(int) (i % 4)]));
      }
    }
  }

  private void normal() {
    int perBlock = wide ? 2 : 4;
    for (long i = 0; i < count; i++) {
      int[] block = block(start + i / perBlock);
      int at = wide ? 0 : (int) (i % 4) / 2 * 2;
      builder.setDouble(i, pair(block, at)[(int) (i % 2)]);
    }
  }

  private void truncatedNormal() {
    int perGroup = wide ? 2 : 4;
    for (long first = 0; first < count; first += perGroup) {
      long index = start + first * Philox.BLOCKS_PER_TRUNCATED;
      int found = 0;
      for (int at = 0; found < perGroup; ) {
        for (double value : pair(block(index), at)) {
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
      Philox.normal(block, 0, widePair, 0);
    } else {
      Philox.normal(block[at], block[at + 1], pair, 0);
      widePair[0] = pair[0];
      widePair[1] = pair[1];
    }
    return widePair;
  }

  private int[] block(long index) {
    Philox.block(random.seed(), random.seed2(), index, block, 0);
    return block;
  }
}
