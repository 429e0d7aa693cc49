package io.millrace.benchmarks;

import io.millrace.Tensor;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The numbers that every engine in the comparison starts from: splitmix64 of a counter, so that
 * weights, batches and final losses can be compared.
 */
final class Numbers {
  private Numbers() {}

  /** Returns element i of a stream, in [0, 1). */
  static double uniform(long seed, long i) {
    long z = ((seed << 32) + i + 1) * 0x9E3779B97F4A7C15L;
    z ^= z >>> 30;
    z *= 0xBF58476D1CE4E5B9L;
    z ^= z >>> 27;
    z *= 0x94D049BB133111EBL;
    z ^= z >>> 31;
    return (z >>> 40) * 0x1p-24;
  }

  /** Returns n elements in [low, high). */
  static float[] fill(long seed, int n, double low, double high) {
    float[] out = new float[n];
    for (int i = 0; i < n; i++) {
      out[i] = (float) (low + (high - low) * uniform(seed, i));
    }
    return out;
  }

  /** Returns a dense layer's weights. */
  static Tensor glorot(long seed, int in, int out) {
    return glorot(seed, in, out, in, out);
  }

  /** Returns weights drawn within the limit of Glorot and Bengio for these fans. */
  static Tensor glorot(long seed, int fanIn, int fanOut, long... dims) {
    double limit = Math.sqrt(6.0 / (fanIn + fanOut));
    int size = Math.toIntExact(Shape.of(dims).size());
    return Tensor.of(fill(seed, size, -limit, limit), Shape.of(dims));
  }

  /** Batches of labelled rows; labels are one-hot. */
  record Batches(List<float[]> rows, List<float[]> labels) {}

  /** Returns rows that are noise around one of ten prototypes, a learnable task. */
  static Batches classes(long seed, int batches, int batch, int width) {
    List<float[]> rows = new ArrayList<>();
    List<float[]> labels = new ArrayList<>();
    for (int b = 0; b < batches; b++) {
      float[] x = new float[batch * width];
      float[] y = new float[batch * 10];
      for (int r = 0; r < batch; r++) {
        long row = (long) b * batch + r;
        int label = (int) Math.floor(10 * uniform(seed + 1, row));
        y[r * 10 + label] = 1;
        for (int j = 0; j < width; j++) {
          double prototype = uniform(seed, (long) label * width + j) - 0.5;
          double noise = uniform(seed + 2, row * width + j) - 0.5;
          x[r * width + j] = (float) (0.5 * prototype + noise);
        }
      }
      rows.add(x);
      labels.add(y);
    }
    return new Batches(rows, labels);
  }
}
