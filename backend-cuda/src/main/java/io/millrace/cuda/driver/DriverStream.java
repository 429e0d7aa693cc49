package io.millrace.cuda.driver;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.Launch;
import io.millrace.spi.HostMemory;
import java.util.function.ToLongFunction;

/**
 * A queue of commands of one device, which it carries out in order. Used by one thread at a time.
 *
 * <p>Commands are queued, or recorded while a graph is captured.
 */
public interface DriverStream extends AutoCloseable {
  /** A recorded sequence of commands. */
  interface Graph extends AutoCloseable {
    @Override
    void close();
  }

  /** Copies from page-locked memory to the device. */
  void upload(HostMemory from, long offset, long to, long bytes);

  /** Copies from the device to page-locked memory. */
  void download(long from, HostMemory to, long offset, long bytes);

  /** Launches a kernel that was loaded. */
  void launch(long kernel, Launch launch, ToLongFunction<Address> memory);

  void gemm(Gemm command, ToLongFunction<Address> memory);

  void convolution(ConvolutionCall command, ToLongFunction<Address> memory);

  /** Sets bytes to one value. */
  void fill(long to, int value, long bytes);

  /** Copies within the device. */
  void copy(long from, long to, long bytes);

  /** Records the commands from here on instead of queueing them. */
  void beginCapture();

  /** Ends the recording and makes a graph of it, ready to be replayed. */
  Graph endCapture();

  /** Ends the recording, as it could not be completed. */
  void abandonCapture();

  /** Queues all commands of a graph at once. */
  void replay(Graph graph);

  /** Waits until everything queued is done. */
  void synchronize();

  @Override
  void close();
}
