package io.millrace.cpu;

import io.millrace.DeviceException;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_full;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Loads OpenBLAS, once, and keeps it to one thread: the worker pool is the only source of
 * parallelism, since OpenBLAS's own threads spin after every call and slow whatever runs next.
 */
final class Blas {
  private static final String FAILURE = load();

  private Blas() {}

  private static String load() {
    try {
      Loader.load(openblas_nolapack.class);
      org.bytedeco.openblas.presets.openblas_nolapack.blas_set_num_threads(1);
      int threads = org.bytedeco.openblas.presets.openblas_nolapack.blas_get_num_threads();
      return threads == 1 ? "" : "OpenBLAS could not be kept to one thread";
    } catch (LinkageError e) {
      return "OpenBLAS does not load on "
          + Loader.getPlatform()
          + " ("
          + e.getMessage()
          + "); add its native library to your build, for Maven: <dependency>"
          + "<groupId>org.bytedeco</groupId><artifactId>openblas-platform</artifactId>"
          + "<version>0.3.31-1.5.13</version></dependency>";
    }
  }

  /** Returns why OpenBLAS cannot be used, and what to do about it; empty if it can. */
  static Optional<String> unavailable() {
    return FAILURE.isEmpty() ? Optional.empty() : Optional.of(FAILURE);
  }

  /**
   * Returns lines for people: the library's version, how it was built, and the kernels it chose.
   */
  static List<String> describe() {
    if (!FAILURE.isEmpty()) {
      return List.of(FAILURE);
    }
    return List.of(
        openblas_full.openblas_get_config().getString(),
        "kernels for " + openblas_full.openblas_get_corename().getString() + ", 1 thread a call");
  }

  /**
   * Returns an extent as BLAS takes it.
   *
   * @throws DeviceException if it is beyond 32 bits
   */
  static int extent(long extent, String what) {
    if (extent > Integer.MAX_VALUE) {
      throw new DeviceException(
          what + " is " + extent + ", but OpenBLAS takes extents up to " + Integer.MAX_VALUE);
    }
    return (int) extent;
  }
}
