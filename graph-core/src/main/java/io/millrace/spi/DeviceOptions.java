package io.millrace.spi;

/**
 * Says what a device may use and do for the session that opens it.
 *
 * @param threads the threads that one run may use on the host; 0 leaves it to the device
 * @param memoryLimit the bytes of its memory that the device may use for the session; 0 for no
 *     limit
 * @param tensorFloat32 whether products and convolutions of float32 may round their operands to
 *     TensorFloat-32, where the device has it
 */
public record DeviceOptions(int threads, long memoryLimit, boolean tensorFloat32) {
  private static final int MOST_THREADS = 4096;

  /**
   * Makes the options.
   *
   * @throws IllegalArgumentException if a number is negative, or there are more than 4096 threads
   */
  public DeviceOptions {
    if (threads < 0 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "threads must be in [0, %s], not %s: 0 leaves it to the device"
              .formatted(MOST_THREADS, threads));
    }
    if (memoryLimit < 0) {
      throw new IllegalArgumentException(
          "memoryLimit must be a number of bytes, or 0 for no limit, not " + memoryLimit);
    }
  }

  /** Returns the device's own choice of threads, no limit, and full precision. */
  public static DeviceOptions defaults() {
    return new DeviceOptions(0, 0, false);
  }
}
