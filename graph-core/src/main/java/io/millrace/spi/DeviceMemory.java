package io.millrace.spi;

/** A block of a device's memory. */
public interface DeviceMemory extends AutoCloseable {
  /** Returns the number of bytes that may be used. */
  long bytes();

  /** Frees the memory; a second call does nothing. */
  @Override
  void close();
}
