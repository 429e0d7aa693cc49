package io.millrace.cpu.workers;

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
public final class Blas {
  private static final long SMALL_PRODUCT = 1_000_000;
  private static final long WIDE = 64;
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
  public static Optional<String> unavailable() {
    return FAILURE.isEmpty() ? Optional.empty() : Optional.of(FAILURE);
  }

  /**
   * Returns lines for people: the library's version, how it was built, and the kernels it chose.
   */
  public static List<String> describe() {
    if (!FAILURE.isEmpty()) {
      return List.of(FAILURE);
    }
    String forced = System.getenv().getOrDefault("OPENBLAS_CORETYPE", "");
    return List.of(
        openblas_full.openblas_get_config().getString(),
        "kernels for "
            + openblas_full.openblas_get_corename().getString()
            + (forced.isEmpty() ? "" : ", as OPENBLAS_CORETYPE demands")
            + ", 1 thread a call");
  }

  /**
   * Returns an extent as BLAS takes it.
   *
   * @throws DeviceException if it is beyond 32 bits
   */
  public static int extent(long extent, String what) {
    if (extent > Integer.MAX_VALUE) {
      throw new DeviceException(
          what + " is " + extent + ", but OpenBLAS takes extents up to " + Integer.MAX_VALUE);
    }
    return (int) extent;
  }

  /**
   * Returns how much of one extent of a product a call should take, where the other two multiply to
   * {@code others}: OpenBLAS has much faster kernels for products of up to a million
   * multiplications if few columns would leave its others half idle.
   *
   * @param columns of the result
   */
  public static long smallExtent(long others, long columns) {
    long extent = SMALL_PRODUCT / Math.max(1, others) / 16 * 16;
    return columns < WIDE && extent >= 32 ? extent : Long.MAX_VALUE;
  }

  /** Returns an estimate of the operations that a product does in a nanosecond. */
  public static double rate(double columns, double depth, int bytes) {
    double lanes = columns < 16 ? 0.7 : columns / (16 * Math.ceil(columns / 16));
    double small = columns < WIDE && columns * depth * 32 > SMALL_PRODUCT ? columns / WIDE : 1;
    return 230.0 * 4 / bytes * lanes * small * depth / (depth + 16);
  }
}
