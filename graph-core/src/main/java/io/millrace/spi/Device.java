package io.millrace.spi;

import java.util.Optional;

/** A device that a session runs on. Thread-safe. */
public interface Device extends AutoCloseable {
  /** Returns the name, such as {@code cpu:0}. */
  String name();

  /**
   * Returns zeroed memory on the device.
   *
   * @param what who holds it, such as a variable's name: what is said when memory runs out
   * @throws io.millrace.DeviceException if the device has too little left for the session
   */
  DeviceMemory allocate(String what, long bytes);

  /**
   * Returns what counts the session's memory if the device's memory is the host's, so that what the
   * session itself needs there counts too.
   */
  default Optional<HostAccount> account() {
    return Optional.empty();
  }

  /** Prepares a plan to be run on this device. */
  Executable compile(Plan plan);

  /** Returns what this device makes of a plan, as text for people; empty if it adds nothing. */
  default String explain(Plan plan) {
    return "";
  }

  @Override
  void close();
}
