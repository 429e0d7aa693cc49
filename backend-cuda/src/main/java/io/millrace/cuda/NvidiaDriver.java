package io.millrace.cuda;

import io.millrace.spi.HostMemory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.bytedeco.cuda.cudart.cudaDeviceProp;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** A device of this machine, driven through NVIDIA's libraries. */
final class NvidiaDriver implements Driver {
  private final int ordinal;
  private final Target target;
  private final KernelLoader loader;
  private final CudnnConvolutions convolutions;
  private final Deque<LibraryHandles> handles = new ArrayDeque<>();

  /**
   * Opens a device.
   *
   * @throws CudaException if it does not answer
   */
  NvidiaDriver(int ordinal) {
    this.ordinal = ordinal;
    activate();
    Status.runtime("cudaFree", cudart.cudaFree(null));
    convolutions = new CudnnConvolutions(this::activate);
    target = describe(convolutions);
    String architecture = target.architecture();
    loader =
        new KernelLoader(
            architecture,
            new KernelCache(KernelCache.usualFolder(), Nvrtc.fingerprint(architecture)));
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
    return CudaBackend.NAME + ":" + ordinal;
  }

  @Override
  public Target target(boolean tensorFloat32) {
    return target.withTensorFloat32(tensorFloat32);
  }

  @Override
  public long allocate(long bytes) {
    activate();
    Pointer found = new Pointer();
    int status = cudart.cudaMalloc(found, bytes);
    if (status == cudart.cudaErrorMemoryAllocation) {
      int ignored = cudart.cudaGetLastError();
      return 0;
    }
    Status.runtime("cudaMalloc", status);
    return found.address();
  }

  @Override
  public void free(long address) {
    activate();
    Status.runtime("cudaFree", cudart.cudaFree(new At(address)));
  }

  @Override
  public MemoryState memory() {
    activate();
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      Status.runtime("cudaMemGetInfo", cudart.cudaMemGetInfo(free, total));
      return new MemoryState(free.get(), total.get());
    }
  }

  @Override
  public HostMemory pageLocked(long bytes) {
    activate();
    Pointer found = new Pointer();
    Status.runtime(
        "cudaHostAlloc", cudart.cudaHostAlloc(found, bytes, cudart.cudaHostAllocDefault));
    long address = found.address();
    return HostMemory.wrap(
        address,
        bytes,
        () -> {
          activate();
          Status.runtime("cudaFreeHost", cudart.cudaFreeHost(new At(address)));
        });
  }

  @Override
  public void clear(long address, long bytes) {
    activate();
    Status.runtime("cudaMemset", cudart.cudaMemset(new At(address), 0, bytes));
    Status.runtime("cudaDeviceSynchronize", cudart.cudaDeviceSynchronize());
  }

  @Override
  public void upload(HostMemory from, long to, long bytes) {
    activate();
    Status.runtime(
        "cudaMemcpy",
        cudart.cudaMemcpy(
            new At(to), new At(from.address()), bytes, cudart.cudaMemcpyHostToDevice));
    // From pageable memory the call may return before the device has everything.
    Status.runtime("cudaDeviceSynchronize", cudart.cudaDeviceSynchronize());
  }

  @Override
  public void download(long from, HostMemory to, long bytes) {
    activate();
    Status.runtime(
        "cudaMemcpy",
        cudart.cudaMemcpy(
            new At(to.address()), new At(from), bytes, cudart.cudaMemcpyDeviceToHost));
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
  synchronized LibraryHandles borrowHandles() {
    return handles.isEmpty() ? new LibraryHandles() : handles.pop();
  }

  synchronized void giveBack(LibraryHandles borrowed) {
    handles.push(borrowed);
  }

  @Override
  public synchronized void close() {
    activate();
    handles.forEach(LibraryHandles::close);
    handles.clear();
    convolutions.close();
  }
}
