package io.millrace.cuda.driver;

import io.millrace.cuda.command.KernelSource;
import io.millrace.cuda.libraries.Status;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.stream.Collectors;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.BytePointer;

/** Compiles kernels for one device and loads them, each once. Thread-safe. */
final class KernelLoader {
  private final String architecture;
  private final KernelCache cache;
  private final Lock loading;
  private final Map<KernelSource, Long> loaded = new HashMap<>();

  /**
   * Makes a loader.
   *
   * @param architecture such as {@code sm_90}
   * @param loading held while machine code is loaded
   */
  KernelLoader(String architecture, KernelCache cache, Lock loading) {
    this.architecture = architecture;
    this.cache = cache;
    this.loading = loading;
  }

  /** Returns the function of each kernel; the device must be the thread's current one. */
  synchronized List<Long> load(List<KernelSource> sources) {
    List<KernelSource> fresh =
        sources.stream().filter(s -> !loaded.containsKey(s)).distinct().toList();
    Map<KernelSource, byte[]> code =
        fresh.parallelStream().collect(Collectors.toMap(s -> s, this::code));
    loading.lock();
    try {
      fresh.forEach(s -> loaded.put(s, load(s, Objects.requireNonNull(code.get(s)))));
    } finally {
      loading.unlock();
    }
    return sources.stream().map(s -> Objects.requireNonNull(loaded.get(s))).toList();
  }

  private byte[] code(KernelSource source) {
    return cache
        .find(source)
        .orElseGet(
            () -> {
              byte[] code = Nvrtc.compile(source, architecture);
              cache.store(source, code);
              return code;
            });
  }

  /** Loads machine code, for as long as the process lives. */
  private static long load(KernelSource source, byte[] code) {
    CUmod_st module = new CUmod_st();
    CUfunc_st function = new CUfunc_st();
    try (BytePointer image = new BytePointer(code)) {
      Status.driver("cuModuleLoadData", cudart.cuModuleLoadData(module, image));
    }
    Status.driver(
        "cuModuleGetFunction", cudart.cuModuleGetFunction(function, module, source.name()));
    return function.address();
  }
}
