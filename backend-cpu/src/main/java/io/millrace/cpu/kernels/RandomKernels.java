package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Philox;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import java.nio.ByteBuffer;

/**
 * Random numbers, a fixed number of them a part: since they are counted, every part knows its own.
 *
 * <p>The numbers are those that {@link Philox} describes.
 */
public final class RandomKernels implements PartKernel {
  /** Elements of a part: a multiple of what one block gives. */
  private static final int PART = 4096;

  private final Primitive.Random random;
  private final Place counter;
  private final Place output;
  private final DType dtype;
  private final long size;
  private final int parts;

  private RandomKernels(Step step, Primitive.Random random) {
    this.random = random;
    counter = step.inputs().get(0);
    output = step.output();
    dtype = output.type().dtype();
    size = output.type().shape().size();
    parts = Blas.extent((size + PART - 1) / PART, "the number of random numbers");
  }

  /** Returns a kernel for a step whose primitive is a Random. */
  public static Kernel of(Step step) {
    return new RandomKernels(step, (Primitive.Random) step.primitive());
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    long start = frame.window(counter, 0).getLong(frame.position(counter, 0));
    long first = (long) part * PART;
    int count = (int) Math.min(PART, size - first);
    BlasWorker arrays = frame.worker(worker).blas();
    long offset = frame.offset(output) + first * dtype.bytes();
    int at = (int) (offset % HostMemory.WINDOW);
    HostMemory memory = frame.memory(output);
    if (random.distribution() == Primitive.Random.Distribution.BITS) {
      bits(arrays.ints(PART + 4), start, first, count, memory.window(offset), at);
    } else if (dtype == DType.FLOAT32) {
      float[] numbers = arrays.floats(0, PART + 4);
      floats(arrays, start, first, count, numbers);
      memory.floats(offset).put(at / 4, numbers, 0, count);
    } else {
      double[] numbers = arrays.doubles(0, PART + 4);
      doubles(arrays, start, first, count, numbers);
      memory.doubles(offset).put(at / 8, numbers, 0, count);
    }
  }

  private void block(long index, int[] into, int at) {
    Philox.block(random.seed(), random.seed2(), index, into, at);
  }

  private void bits(int[] block, long start, long first, int count, ByteBuffer into, int at) {
    boolean wide = dtype.bytes() == 8;
    int each = wide ? 2 : 4;
    for (int i = 0; i < count; i += each) {
      block(start + (first + i) / each, block, 0);
      for (int j = 0; j < Math.min(each, count - i); j++) {
        switch (dtype.bytes()) {
          case 8 ->
              into.putLong(
                  at + 8 * (i + j), (long) block[2 * j + 1] << 32 | (block[2 * j] & 0xFFFFFFFFL));
          case 4 -> into.putInt(at + 4 * (i + j), block[j]);
          default -> into.put(at + i + j, (byte) block[j]);
        }
      }
    }
  }

  private void floats(BlasWorker arrays, long start, long first, int count, float[] numbers) {
    int[] block = arrays.ints(PART + 4);
    for (int i = 0; i < count; i += 4) {
      if (random.distribution() == Primitive.Random.Distribution.TRUNCATED_NORMAL) {
        truncated(
            start + (first + i) * Philox.BLOCKS_PER_TRUNCATED,
            block,
            arrays.floats(1, 2),
            numbers,
            i);
        continue;
      }
      block(start + (first + i) / 4, block, 0);
      if (random.distribution() == Primitive.Random.Distribution.UNIFORM) {
        for (int j = 0; j < 4; j++) {
          numbers[i + j] = Philox.unit(block[j]);
        }
      } else {
        Philox.normal(block[0], block[1], numbers, i);
        Philox.normal(block[2], block[3], numbers, i + 2);
      }
    }
  }

  private void truncated(long index, int[] block, float[] pair, float[] numbers, int at) {
    int found = 0;
    while (found < 4) {
      block(index++, block, 0);
      for (int j = 0; j < 4; j += 2) {
        Philox.normal(block[j], block[j + 1], pair, 0);
        for (int p = 0; p < 2; p++) {
          if (Math.abs(pair[p]) < 2 && found < 4) {
            numbers[at + found++] = pair[p];
          }
        }
      }
    }
  }

  private void doubles(BlasWorker arrays, long start, long first, int count, double[] numbers) {
    int[] block = arrays.ints(PART + 4);
    for (int i = 0; i < count; i += 2) {
      if (random.distribution() == Primitive.Random.Distribution.TRUNCATED_NORMAL) {
        truncated(
            start + (first + i) * Philox.BLOCKS_PER_TRUNCATED,
            block,
            arrays.doubles(1, 2),
            numbers,
            i);
        continue;
      }
      block(start + (first + i) / 2, block, 0);
      if (random.distribution() == Primitive.Random.Distribution.UNIFORM) {
        numbers[i] = Philox.unit(block[0], block[1]);
        numbers[i + 1] = Philox.unit(block[2], block[3]);
      } else {
        Philox.normal(block, 0, numbers, i);
      }
    }
  }

  private void truncated(long index, int[] block, double[] pair, double[] numbers, int at) {
    int found = 0;
    while (found < 2) {
      block(index++, block, 0);
      Philox.normal(block, 0, pair, 0);
      for (int p = 0; p < 2; p++) {
        if (Math.abs(pair[p]) < 2 && found < 2) {
          numbers[at + found++] = pair[p];
        }
      }
    }
  }
}
