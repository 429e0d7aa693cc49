package io.millrace.cuda.driver;

import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.command.Target;
import io.millrace.cuda.libraries.At;
import io.millrace.cuda.libraries.CudaException;
import io.millrace.cuda.libraries.CudnnConvolutions;
import io.millrace.cuda.libraries.LibraryHandles;
import io.millrace.cuda.libraries.Products;
import io.millrace.cuda.libraries.Status;
import io.millrace.spi.HostMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A device of this machine, driven through NVIDIA's libraries. */
public final class NvidiaDriver implements Driver {
  private final int ordinal;
  private final Target target;
  private final KernelLoader loader;
  private final CudnnConvolutions convolutions;
  private final Deque<LibraryHandles> handles = new ArrayDeque<>();

  /** For transfers outside of runs. */
  private final CUstream_st transfers = new CUstream_st();

  /**
   * Held while a graph is captured, and while something is done that might wait for the whole
   * device: CUDA forbids that meanwhile.
   */
  private final ReentrantLock quiet = new ReentrantLock();

  /**
   * Opens a device.
   *
   * @throws CudaException if it does not answer
   */
  public NvidiaDriver(int ordinal) {
    this.ordinal = ordinal;
    activate();
    Status.runtime("cudaFree", cudart.cudaFree(null));
    Status.runtime(
        "cudaStreamCreate",
        cudart.cudaStreamCreateWithFlags(transfers, cudart.cudaStreamNonBlocking));
    convolutions = new CudnnConvolutions(this::activate);
    target = describe(problem -> quietly(() -> convolutions.choose(problem)));
    String architecture = target.architecture();
    loader =
        new KernelLoader(
            architecture,
            new KernelCache(KernelCache.usualFolder(), Nvrtc.fingerprint(architecture)),
            quiet);
  }

  private Target describe(Target.Convolutions algorithms) {
    try (cudaDeviceProp properties = new cudaDeviceProp()) {
      Status.runtime(
          "cudaGetDeviceProperties", cudart.cudaGetDeviceProperties(properties, ordinal));
      return new Target(
          properties.name().getString(),
          attribute(cudart.cudaDevAttrComputeCapabilityMajor),
          attribute(cudart.cudaDevAttrComputeCapabilityMinor),
          attribute(cudart.cudaDevAttrMultiProcessorCount),
          false,
          algorithms,
          this::hasEpilogue);
    }
  }

  private boolean hasEpilogue(Gemm product) {
    activate();
    LibraryHandles borrowed = borrowHandles();
    try {
      return Products.hasEpilogue(product, borrowed);
    } finally {
      giveBack(borrowed);
    }
  }

  private int attribute(int which) {
    int[] value = new int[1];
    Status.runtime("cudaDeviceGetAttribute", cudart.cudaDeviceGetAttribute(value, which, ordinal));
    return value[0];
  }

  /** Makes this the current device of the calling thread. */
  void activate() {
    Status.runtime("cudaSetDevice", cudart.cudaSetDevice(ordinal));
  }

  @Override
  public String name() {
    return Target.KIND + ":" + ordinal;
  }

  @Override
  public Target target(boolean tensorFloat32) {
    return target.withTensorFloat32(tensorFloat32);
  }

  /** Keeps others from what a capture forbids, until {@link #endQuiet} is called. */
  void beginQuiet() {
    quiet.lock();
  }

  void endQuiet() {
    quiet.unlock();
  }

  private <T> T quietly(Supplier<T> action) {
    quiet.lock();
    try {
      activate();
      return action.get();
    } finally {
      quiet.unlock();
    }
  }

  private void quietly(Runnable action) {
    quiet.lock();
    try {
      activate();
      action.run();
    } finally {
      quiet.unlock();
    }
  }

  private void quietly(String call, IntSupplier action) {
    quietly(() -> Status.runtime(call, action.getAsInt()));
  }

  @Override
  public long allocate(long bytes) {
    return quietly(
        () -> {
          Pointer found = new Pointer();
          int status = cudart.cudaMalloc(found, bytes);
          if (status == cudart.cudaErrorMemoryAllocation) {
            int ignored = cudart.cudaGetLastError();
            return 0L;
          }
          Status.runtime("cudaMalloc", status);
          return found.address();
        });
  }

  @Override
  public void free(long address) {
    quietly("cudaFree", () -> cudart.cudaFree(new At(address)));
  }

  @Override
  public MemoryState memory() {
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      quietly("cudaMemGetInfo", () -> cudart.cudaMemGetInfo(free, total));
      return new MemoryState(free.get(), total.get());
    }
  }

  @Override
  public HostMemory pageLocked(long bytes) {
    Pointer found = new Pointer();
    quietly("cudaHostAlloc", () -> cudart.cudaHostAlloc(found, bytes, cudart.cudaHostAllocDefault));
    long address = found.address();
    return HostMemory.wrap(
        address, bytes, () -> quietly("cudaFreeHost", () -> cudart.cudaFreeHost(new At(address))));
  }

  @Override
  public void clear(long address, long bytes) {
    quietly("cudaMemsetAsync", () -> cudart.cudaMemsetAsync(new At(address), 0, bytes, transfers));
    finishTransfers();
  }

  @Override
  public void upload(HostMemory from, long to, long bytes) {
    transfer(to, from.address(), bytes, cudart.cudaMemcpyHostToDevice);
  }

  @Override
  public void download(long from, HostMemory to, long bytes) {
    transfer(to.address(), from, bytes, cudart.cudaMemcpyDeviceToHost);
  }

  private void transfer(long to, long from, long bytes, int kind) {
    quietly(
        "cudaMemcpyAsync",
        () -> cudart.cudaMemcpyAsync(new At(to), new At(from), bytes, kind, transfers));
    finishTransfers();
  }

  private void finishTransfers() {
    quietly("cudaStreamSynchronize", () -> cudart.cudaStreamSynchronize(transfers));
  }

  @Override
  public List<Long> load(List<KernelSource> sources) {
    activate();
    return loader.load(sources);
  }

  @Override
  public DriverStream newStream() {
    return new NvidiaStream(this, convolutions);
  }

  /** Lends the libraries' handles, which take long to make, to a stream. */
  LibraryHandles borrowHandles() {
    return quietly(() -> handles.isEmpty() ? new LibraryHandles() : handles.pop());
  }

  void giveBack(LibraryHandles borrowed) {
    quietly(() -> handles.push(borrowed));
  }
}
