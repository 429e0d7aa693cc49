package io.millrace.cpu.workers;

import io.millrace.spi.HostMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What one worker needs during a run, made once so that runs allocate nothing: scratch memory, and
 * the operands of the span that it computes.
 */
public final class Worker {
  private static final ByteBuffer NONE = ByteBuffer.allocate(0);

  private static final HostMemory NO_SCRATCH = HostMemory.uninitialized(0);

  private HostMemory scratch = NO_SCRATCH;
  private final BlasWorker blas = new BlasWorker();

  /** The memory of each operand of the current span. */
  public ByteBuffer[] buffers = new ByteBuffer[0];

  /** Where in its buffer each operand begins. */
  public int[] positions = new int[0];

  /** The address at which each operand begins. */
  public long[] addresses = new long[0];

  /** The result of a reduction to one floating number. */
  public double floating;

  /** The result of a reduction to one integer or boolean. */
  public long integer;

  /** Makes a worker without scratch memory. */
  public Worker() {
    reserve(16);
  }

  void setScratch(HostMemory memory) {
    scratch = memory;
  }

  /** Makes room for this many operands. */
  public void reserve(int operands) {
    if (buffers.length < operands) {
      buffers = new ByteBuffer[operands];
      Arrays.fill(buffers, NONE);
      positions = new int[operands];
      addresses = new long[operands];
    }
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
