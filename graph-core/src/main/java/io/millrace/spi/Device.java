package io.millrace.spi;

/** A device that a session runs on. Thread-safe. */
public interface Device extends AutoCloseable {
  /** Returns the name, such as {@code cpu:0}. */
  String name();

  /** Returns zeroed memory on the device. */
  DeviceMemory allocate(long bytes);

  /** Prepares a plan to be run on this device. */
  Executable compile(Plan plan);

  @Override
  void close();
}
