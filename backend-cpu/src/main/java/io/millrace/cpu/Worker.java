package io.millrace.cpu;

import io.millrace.spi.HostMemory;

/** What one worker needs during a run, made once so that runs allocate nothing. */
final class Worker {
  private final HostMemory scratch;

  Worker(HostMemory scratch) {
    this.scratch = scratch;
  }

  /** Returns the scratch memory. */
  HostMemory scratch() {
    return scratch;
  }
}
