package io.millrace.spi;

import java.util.List;
import java.util.Optional;

/**
 * A kind of device, found with {@link java.util.ServiceLoader}.
 *
 * <p>A backend knows the primitives and nothing about operations.
 */
public interface Backend {
  /** Returns the name that devices begin with, such as {@code cpu}. */
  String name();

  /**
   * Returns how much this backend is preferred where none is asked for; the highest wins. One of
   * negative priority is only used when asked for by name.
   */
  int priority();

  /** Returns why this backend cannot be used here, and what to do about it; empty if it can. */
  Optional<String> unavailable();

  /** Returns the names of the devices found, such as {@code cpu:0}; empty if unavailable. */
  List<String> devices();

  /** Returns lines that describe the devices and libraries for people. */
  List<String> describe();

  /**
   * Returns other names of this kind of device, in lower case, such as TensorFlow's {@code gpu}.
   */
  default List<String> aliases() {
    return List.of();
  }

  /**
   * Returns whether the machine has hardware for this backend. Where it has none, nobody misses the
   * backend: sessions run on the next best without a warning.
   */
  default boolean isHardwarePresent() {
    return true;
  }

  /**
   * Opens a device; each session opens its own.
   *
   * @param device one of {@link #devices}
   * @throws io.millrace.DeviceException if it cannot be had; the message says what is missing
   */
  Device open(String device, DeviceOptions options);
}
