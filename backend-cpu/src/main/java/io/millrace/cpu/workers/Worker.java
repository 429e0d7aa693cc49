package io.millrace.cpu.workers;

import io.millrace.spi.HostMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What one worker needs during a run, made once so that runs allocate nothing: scratch memory, and
 * the operands of the span that it computes.
 */
public final class Worker {
  /** The operands that there is always room for. */
  static final int LEAST_OPERANDS = 16;

  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static final HostMemory NO_SCRATCH = HostMemory.uninitialized(0);

  private HostMemory scratch = NO_SCRATCH;
  private final BlasWorker blas = new BlasWorker();

  /** The memory of each operand of the current span. */
  public final ByteBuffer[] buffers;

  /** Where in its buffer each operand begins. */
  public final int[] positions;

  /** The address at which each operand begins. */
  public final long[] addresses;

  /** The result of a reduction to one floating number. */
  public double floating;

  /** The result of a reduction to one integer or boolean. */
  public long integer;

  /** Makes a worker without scratch memory for spans of so many operands. */
  public Worker(int operands) {
    int room = Math.max(operands, LEAST_OPERANDS);
    buffers = new ByteBuffer[room];
    Arrays.fill(buffers, NONE);
    positions = new int[room];
    addresses = new long[room];
  }

  void setScratch(HostMemory memory) {
    scratch = memory;
  }

  /** Sets an operand of the next span: the byte of a memory that it begins at. */
  public void operand(int index, HostMemory memory, long offset) {
    buffers[index] = memory.window(offset);
    positions[index] = (int) (offset % HostMemory.WINDOW);
    addresses[index] = memory.address() + offset;
  }

  /** Returns the scratch memory. */
  public HostMemory scratch() {
    return scratch;
  }

  /** Returns this worker's way into OpenBLAS. */
  public BlasWorker blas() {
    return blas;
  }
}
