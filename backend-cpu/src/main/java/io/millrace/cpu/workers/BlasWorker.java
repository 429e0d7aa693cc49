package io.millrace.cpu.workers;

import io.millrace.type.DType;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas_nolapack;

/**
 * Calls OpenBLAS for one worker of a frame, with pointers that are moved instead of made.
 *
 * <p>Matrices are row-major; the caller has checked that they lie in memory. Also lends the worker
 * arrays that loops which the compiler should vectorise work on. Not thread-safe.
 */
public final class BlasWorker {
  private static final int MOST_SUMMED = 1 << 30;

  private final FloatAt floatA = new FloatAt();
  private final FloatAt floatB = new FloatAt();
  private final FloatAt floatC = new FloatAt();
  private final DoubleAt doubleA = new DoubleAt();
  private final DoubleAt doubleB = new DoubleAt();
  private final DoubleAt doubleC = new DoubleAt();
  private final float[][] floats = new float[4][0];
  private final double[][] doubles = new double[4][0];
  private int[] ints = {};
  private final long[][] longs = new long[2][0];

  private static final class FloatAt extends FloatPointer {
    FloatAt() {
      super((Pointer) null);
    }

    FloatAt at(long place) {
      address = place;
      return this;
    }
  }

  private static final class DoubleAt extends DoublePointer {
    DoubleAt() {
      super((Pointer) null);
    }

    DoubleAt at(long place) {
      address = place;
      return this;
    }
  }

  /**
   * Computes {@code c = a b + beta c}, with {@code c} of {@code m} rows and {@code n} columns.
   *
   * @param transposeA whether {@code a} is stored as {@code [k,m]}
   * @param transposeB whether {@code b} is stored as {@code [n,k]}
   * @param lda elements from one stored row of {@code a} to the next; likewise the others
   */
  public void gemm(
      DType dtype,
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      long a,
      int lda,
      long b,
      int ldb,
      double beta,
      long c,
      int ldc) {
    int opA = transposeA ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
    int opB = transposeB ? openblas_nolapack.CblasTrans : openblas_nolapack.CblasNoTrans;
    int order = openblas_nolapack.CblasRowMajor;
    if (dtype == DType.FLOAT32) {
      openblas_nolapack.cblas_sgemm(
          order,
          opA,
          opB,
          m,
          n,
          k,
          1,
          floatA.at(a),
          lda,
          floatB.at(b),
          ldb,
          (float) beta,
          floatC.at(c),
          ldc);
    } else {
      openblas_nolapack.cblas_dgemm(
          order,
          opA,
          opB,
          m,
          n,
          k,
          1,
          doubleA.at(a),
          lda,
          doubleB.at(b),
          ldb,
          beta,
          doubleC.at(c),
          ldc);
    }
  }

  /** Returns whether all of these numbers are finite; no if their magnitudes' sum is not. */
  public boolean areFinite(DType dtype, long address, long count) {
    for (long done = 0; done < count; done += MOST_SUMMED) {
      long at = address + done * dtype.bytes();
      int piece = (int) Math.min(MOST_SUMMED, count - done);
      double sum =
          dtype == DType.FLOAT32
              ? openblas_nolapack.cblas_sasum(piece, floatA.at(at), 1)
              : openblas_nolapack.cblas_dasum(piece, doubleA.at(at), 1);
      if (!Double.isFinite(sum)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns an array of at least this many elements; the same one for a slot until it must grow.
   */
  public float[] floats(int slot, int size) {
    if (floats[slot].length < size) {
      floats[slot] = new float[size];
    }
    return floats[slot];
  }

  /**
   * Returns an array of at least this many elements; the same one for a slot until it must grow.
   */
  public double[] doubles(int slot, int size) {
    if (doubles[slot].length < size) {
      doubles[slot] = new double[size];
    }
    return doubles[slot];
  }

  /**
   * Returns an array of at least this many elements; the same one for a slot until it must grow.
   */
  public long[] longs(int slot, int size) {
    if (longs[slot].length < size) {
      longs[slot] = new long[size];
    }
    return longs[slot];
  }

  /** Returns an array of at least this many elements; the same one until it must grow. */
  public int[] ints(int size) {
    if (ints.length < size) {
      ints = new int[size];
    }
    return ints;
  }
}
