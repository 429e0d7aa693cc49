package io.millrace.spi;

/** A plan made ready for a device. Thread-safe. */
public interface Executable extends AutoCloseable {
  /** Returns a new execution, so that runs can overlap. */
  Execution newExecution();

  @Override
  void close();
}
