package io.millrace.cuda.driver;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Arguments;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.libraries.At;
import io.millrace.cuda.libraries.CudnnConvolutions;
import io.millrace.cuda.libraries.LibraryHandles;
import io.millrace.cuda.libraries.Products;
import io.millrace.cuda.libraries.Status;
import io.millrace.spi.HostMemory;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/** A CUDA stream. */
final class NvidiaStream implements DriverStream {
  private final NvidiaDriver driver;
  private final CudnnConvolutions convolutions;
  private final CUstream_st stream = new CUstream_st();
  private Optional<LibraryHandles> handles = Optional.empty();
  private boolean usesLibraries;

  NvidiaStream(NvidiaDriver driver, CudnnConvolutions convolutions) {
    this.driver = driver;
    this.convolutions = convolutions;
    driver.activate();
    Status.runtime(
        "cudaStreamCreate", cudart.cudaStreamCreateWithFlags(stream, cudart.cudaStreamNonBlocking));
  }

  /** A graph ready to be replayed. */
  private record Replayable(NvidiaDriver driver, CUgraphExec_st instance) implements Graph {
    @Override
    public void close() {
      driver.activate();
      Status.runtime("cudaGraphExecDestroy", cudart.cudaGraphExecDestroy(instance));
    }
  }

  @Override
  public void upload(HostMemory from, long offset, long to, long bytes) {
    driver.activate();
    Status.runtime(
        "cudaMemcpyAsync",
        cudart.cudaMemcpyAsync(
            new At(to),
            new At(from.address() + offset),
            bytes,
            cudart.cudaMemcpyHostToDevice,
            stream));
  }

  @Override
  public void download(long from, HostMemory to, long offset, long bytes) {
    driver.activate();
    Status.runtime(
        "cudaMemcpyAsync",
        cudart.cudaMemcpyAsync(
            new At(to.address() + offset),
            new At(from),
            bytes,
            cudart.cudaMemcpyDeviceToHost,
            stream));
  }

  @Override
  public void launch(long kernel, Launch launch, ToLongFunction<Address> memory) {
    driver.activate();
    byte[][] values =
        launch.arguments().stream().map(a -> Arguments.bytes(a, memory)).toArray(byte[][]::new);
    long bytes = 0;
    for (byte[] value : values) {
      bytes += padded(value.length);
    }
    try (BytePointer block = new BytePointer(bytes);
        PointerPointer<Pointer> pointers = new PointerPointer<>(values.length)) {
      long at = 0;
      for (int i = 0; i < values.length; i++) {
        for (int j = 0; j < values[i].length; j++) {
          block.put(at + j, values[i][j]);
        }
        pointers.put(i, new At(block.address() + at));
        at += padded(values[i].length);
      }
      Status.driver(
          "cuLaunchKernel of " + launch.source().name(),
          cudart.cuLaunchKernel(
              new CUfunc_st(new At(kernel)),
              launch.blocksX(),
              launch.blocksY(),
              1,
              launch.threads(),
              1,
              1,
              0,
              stream,
              pointers,
              (PointerPointer<?>) null));
    }
  }

  private static long padded(long bytes) {
    return (bytes + 7) / 8 * 8;
  }

  @Override
  public void gemm(Gemm command, ToLongFunction<Address> memory) {
    driver.activate();
    Products.run(command, memory, libraries(), stream);
  }

  @Override
  public void convolution(ConvolutionCall command, ToLongFunction<Address> memory) {
    driver.activate();
    convolutions.run(command, memory, libraries().dnn());
  }

  private LibraryHandles libraries() {
    if (handles.isEmpty()) {
      handles = Optional.of(driver.borrowHandles().on(stream));
      usesLibraries = true;
    }
    return handles.get();
  }

  /** Lets other streams have the libraries' handles: a graph that is replayed needs none. */
  private void giveBackLibraries() {
    if (handles.isPresent()) {
      driver.giveBack(handles.get().on(new CUstream_st()));
      handles = Optional.empty();
    }
  }

  @Override
  public void fill(long to, int value, long bytes) {
    driver.activate();
    Status.runtime("cudaMemsetAsync", cudart.cudaMemsetAsync(new At(to), value, bytes, stream));
  }

  @Override
  public void copy(long from, long to, long bytes) {
    driver.activate();
    Status.runtime(
        "cudaMemcpyAsync",
        cudart.cudaMemcpyAsync(
            new At(to), new At(from), bytes, cudart.cudaMemcpyDeviceToDevice, stream));
  }

  @Override
  public void beginCapture() {
    driver.activate();
    if (usesLibraries) {
      // They cannot be made while commands are recorded.
      LibraryHandles ignored = libraries();
    }
    driver.beginQuiet();
    int status = cudart.cudaStreamBeginCapture(stream, cudart.cudaStreamCaptureModeThreadLocal);
    if (status != cudart.cudaSuccess) {
      driver.endQuiet();
    }
    Status.runtime("cudaStreamBeginCapture", status);
  }

  @Override
  public Graph endCapture() {
    CUgraph_st graph = new CUgraph_st();
    int status = cudart.cudaStreamEndCapture(stream, graph);
    driver.endQuiet();
    giveBackLibraries();
    Status.runtime("cudaStreamEndCapture", status);
    try {
      CUgraphExec_st instance = new CUgraphExec_st();
      Status.runtime("cudaGraphInstantiate", cudart.cudaGraphInstantiate(instance, graph, 0));
      return new Replayable(driver, instance);
    } finally {
      Status.runtime("cudaGraphDestroy", cudart.cudaGraphDestroy(graph));
    }
  }

  @Override
  public void abandonCapture() {
    CUgraph_st graph = new CUgraph_st();
    int status = cudart.cudaStreamEndCapture(stream, graph);
    driver.endQuiet();
    if (status == cudart.cudaSuccess && !graph.isNull()) {
      Status.runtime("cudaGraphDestroy", cudart.cudaGraphDestroy(graph));
    } else {
      int ignored = cudart.cudaGetLastError();
    }
  }

  @Override
  public void replay(Graph graph) {
    driver.activate();
    Status.runtime(
        "cudaGraphLaunch", cudart.cudaGraphLaunch(((Replayable) graph).instance(), stream));
  }

  @Override
  public void synchronize() {
    driver.activate();
    Status.runtime("cudaStreamSynchronize", cudart.cudaStreamSynchronize(stream));
    giveBackLibraries();
  }

  /** Waits for what a failed run left queued: its memory is about to go to others. */
  @Override
  public void close() {
    driver.activate();
    int ignored = cudart.cudaStreamSynchronize(stream);
    giveBackLibraries();
    Status.runtime("cudaStreamDestroy", cudart.cudaStreamDestroy(stream));
  }
}
