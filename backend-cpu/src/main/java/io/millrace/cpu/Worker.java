package io.millrace.cpu;

import io.millrace.spi.HostMemory;

/** What one worker needs during a run, made once so that runs allocate nothing. */
final class Worker {
  private final HostMemory scratch;
  private final BlasWorker blas = new BlasWorker();

  Worker(HostMemory scratch) {
    this.scratch = scratch;
  }

  /** Returns the scratch memory. */
  HostMemory scratch() {
    return scratch;
  }

  /** Returns this worker's way into OpenBLAS. */
  BlasWorker blas() {
    return blas;
  }
}
