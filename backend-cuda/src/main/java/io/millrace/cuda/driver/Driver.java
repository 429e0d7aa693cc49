package io.millrace.cuda.driver;

import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.spi.HostMemory;
import java.util.List;

/**
 * What the runtime asks of one device, of the CUDA driver and of NVIDIA's libraries. Thread-safe.
 *
 * <p>Everything that fails is a {@link CudaException}.
 */
public interface Driver {
  /** Returns the device's name, such as {@code cuda:0}. */
  String name();

  /** Returns what plans are made for. */
  Target target(boolean tensorFloat32);

  /** Returns the address of so many bytes of the device's memory, or 0 if it has no more. */
  long allocate(long bytes);

  /** Gives back what {@link #allocate} returned. */
  void free(long address);

  /** Returns the device's free bytes and all its bytes. */
  MemoryState memory();

  /**
   * The state of a device's memory.
   *
   * @param free bytes that nobody uses
   * @param total all bytes
   */
  record MemoryState(long free, long total) {}

  /** Returns host memory that the device reads and writes directly; it holds anything. */
  HostMemory pageLocked(long bytes);

  /** Sets bytes of the device's memory to 0 and returns when that is done. */
  void clear(long address, long bytes);

  /** Copies from the host and returns when that is done. */
  void upload(HostMemory from, long to, long bytes);

  /** Copies to the host and returns when that is done. */
  void download(long from, HostMemory to, long bytes);

  /** Compiles and loads kernels; a handle for each. Equal sources have equal handles. */
  List<Long> load(List<KernelSource> sources);

  /** Returns a new queue of commands. */
  DriverStream newStream();
}
