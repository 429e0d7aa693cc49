package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import io.millrace.type.Shape;

/** A batched product of integer matrices, wrapping; one part is one row of the result. */
final class ContractionIntegers implements PartKernel {
  private final Place a;
  private final Place b;
  private final Place c;
  private final DType dtype;
  private final boolean transposeA;
  private final boolean transposeB;
  private final long batchesOfA;
  private final long batchesOfB;
  private final long m;
  private final int n;
  private final long k;
  private final int parts;

  ContractionIntegers(Step step, Primitive.Contract contract) {
    a = step.inputs().get(0);
    b = step.inputs().get(1);
    c = step.output();
    dtype = c.type().dtype();
    transposeA = contract.transposeA();
    transposeB = contract.transposeB();
    Shape result = c.type().shape();
    batchesOfA = a.type().shape().dim(0);
    batchesOfB = b.type().shape().dim(0);
    m = result.dim(1);
    n = Blas.extent(result.dim(2), "the number of columns");
    k = a.type().shape().dim(transposeA ? 1 : 2);
    parts = Blas.extent(result.dim(0) * m, "the number of rows");
  }

  /** Fills a tensor with zeros. */
  static void zero(Frame frame, Place place) {
    HostMemory memory = frame.memory(place);
    long end = frame.offset(place) + place.type().bytes();
    for (long at = frame.offset(place); at < end; at++) {
      memory.window(at).put((int) (at % HostMemory.WINDOW), (byte) 0);
    }
  }

  @Override
  public void run(Frame frame) {
    if (parts * k * n < 10_000) {
      for (int part = 0; part < parts; part++) {
        part(frame, part, 0);
      }
    } else {
      frame.pool().run(frame, this, parts);
    }
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    HostMemory left = frame.memory(a);
    HostMemory right = frame.memory(b);
    HostMemory result = frame.memory(c);
    long batch = part / m;
    long row = part % m;
    long startA = batchesOfA == 1 ? 0 : batch * m * k;
    long startB = batchesOfB == 1 ? 0 : batch * k * n;
    long stepA = transposeA ? m : 1;
    long stepB = transposeB ? k : 1;
    startA += transposeA ? row : row * k;
    long[] sums = frame.worker(worker).blas().longs(0, n);
    for (int j = 0; j < n; j++) {
      sums[j] = 0;
    }
    for (long p = 0; p < k; p++) {
      long x = get(frame, left, a, startA + p * stepA);
      long at = startB + (transposeB ? p : p * n);
      for (int j = 0; j < n; j++) {
        sums[j] += x * get(frame, right, b, at + j * stepB);
      }
    }
    for (int j = 0; j < n; j++) {
      put(frame, result, c, (long) part * n + j, sums[j]);
    }
  }

  private long get(Frame frame, HostMemory memory, Place place, long element) {
    long offset = frame.offset(place) + element * dtype.bytes();
    return Elements.bits(dtype, memory.window(offset), (int) (offset % HostMemory.WINDOW));
  }

  private void put(Frame frame, HostMemory memory, Place place, long element, long value) {
    long offset = frame.offset(place) + element * dtype.bytes();
    int at = (int) (offset % HostMemory.WINDOW);
    Elements.setBits(dtype, memory.window(offset), at, value);
  }
}
