package io.millrace.spi;

/**
 * Says what a device may use and do for the session that opens it.
 *
 * @param threads the threads that one run may use on the host; 0 leaves it to the device
 * @param memoryLimit the bytes of its memory that the device may use for the session; 0 for no
 *     limit. A device whose memory is the host's need not keep to it
 * @param tensorFloat32 whether products and convolutions of float32 may round their operands to
 *     TensorFloat-32, where the device has it
 */
public record DeviceOptions(int threads, long memoryLimit, boolean tensorFloat32) {
  /**
   * Makes the options.
   *
   * @throws IllegalArgumentException if a number is negative
   */
  public DeviceOptions {
    if (threads < 0 || memoryLimit < 0) {
      throw new IllegalArgumentException(
          "a device needs threads >= 0 and memoryLimit >= 0, not %s and %s"
              .formatted(threads, memoryLimit));
    }
  }

  /** Returns the device's own choice of threads, no limit, and full precision. */
  public static DeviceOptions defaults() {
    return new DeviceOptions(0, 0, false);
  }
}
