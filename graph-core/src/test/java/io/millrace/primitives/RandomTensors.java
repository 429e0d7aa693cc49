package io.millrace.primitives;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Random;

/** Makes tensors at random. */
public class RandomTensors {
  private static final double[] SPECIAL = {
    Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 0.0, 1e30
  };

  private final Random random;

  /** Makes what the seed decides. */
  public RandomTensors(long seed) {
    random = new Random(seed);
  }

  /** Returns the source of all choices. */
  public Random random() {
    return random;
  }

  /** Returns a number from 0 to below the bound. */
  public int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns an element. */
  public <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Returns small numbers, some of them special. */
  public Literal numbers(DType dtype, long... dims) {
    return withSpecial(dtype, 50, dims);
  }

  /** Returns small numbers, one of so many of them special. */
  public Literal withSpecial(DType dtype, int rare, long... dims) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(dtype, dims));
    for (long i = 0; i < Shape.of(dims).size(); i++) {
      if (dtype.isFloating()) {
        builder.setDouble(
            i,
            random.nextInt(rare) == 0
                ? SPECIAL[random.nextInt(SPECIAL.length)]
                : random.nextGaussian() * 3);
      } else {
        builder.setLong(i, dtype == DType.BOOL ? random.nextInt(2) : random.nextInt(41) - 20);
      }
    }
    return builder.build();
  }

  /** Returns numbers of the whole range of a type, some of them often. */
  public Literal wide(DType dtype, long... dims) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(dtype, dims));
    long often = random.nextLong();
    for (long i = 0; i < Shape.of(dims).size(); i++) {
      long bits = random.nextInt(3) == 0 ? often : random.nextLong();
      switch (dtype) {
        case FLOAT32 -> builder.setDouble(i, number(Float.intBitsToFloat((int) bits)));
        case FLOAT64 -> builder.setDouble(i, number(Double.longBitsToDouble(bits)));
        default -> builder.setLong(i, bits);
      }
    }
    return builder.build();
  }

  /** Returns a number itself, and one NaN for all. */
  private static double number(double value) {
    return Double.isNaN(value) ? Double.NaN : value;
  }

  /** Returns row numbers from 0 to {@code rows}, a few of them not of a row. */
  public Literal indices(DType dtype, long rows, long... dims) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(dtype, dims));
    for (long i = 0; i < Shape.of(dims).size(); i++) {
      builder.setLong(
          i,
          random.nextInt(8) == 0
              ? random.nextInt(3) * (rows + 1) - rows - 2
              : random.nextInt((int) rows + 1));
    }
    return builder.build();
  }
}
