package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.type.Shape;
import java.util.Arrays;

/**
 * A float32 convolution in which every channel is a group of its own, with one or more results
 * each, and its gradients: loops over neighbouring channels, for there is no matrix to multiply.
 *
 * <p>Channels of the data are repeated so that there are as many as results. A part is some lines
 * of what is computed or, for the gradient by the filter, a fixed share of all lines.
 */
final class ConvolutionDepthwise implements PartKernel {
  private static final int PART_ELEMENTS = 1 << 14;
  private static final int SUMS = 8;

  private final Primitive.Convolve.Kind kind;
  private final Place data;
  private final Place filter;
  private final Place result;
  private final WindowLines lines;
  private final int dataChannels;
  private final int channels;
  private final int lineIn;
  private final int lineOut;
  private final int filterSize;
  private final long count;
  private final long linesPerPart;
  private final int parts;

  ConvolutionDepthwise(Primitive.Convolve convolve, Place data, Place filter, Place result) {
    kind = convolve.kind();
    this.data = data;
    this.filter = filter;
    this.result = result;
    Shape shape = data.type().shape();
    lines = new WindowLines(convolve.axes(), shape);
    dataChannels = (int) shape.dim(-1);
    channels = (int) filter.type().shape().dim(-1);
    lineIn = lines.lastExtent * channels;
    lineOut = lines.lastWindows * channels;
    filterSize = (int) filter.type().shape().size();
    boolean byFilter = kind == Primitive.Convolve.Kind.FILTER_GRADIENT;
    boolean byData = kind == Primitive.Convolve.Kind.DATA_GRADIENT;
    count = shape.dim(0) * (byData ? lines.linesIn : lines.linesOut);
    long few = Math.max(1, PART_ELEMENTS / lineIn);
    linesPerPart = byFilter ? Math.max(few, (count + SUMS - 1) / SUMS) : few;
    parts = Blas.extent((count + linesPerPart - 1) / linesPerPart, "the number of lines");
  }

  /** Returns whether a convolution is of this kind, and small enough for arrays. */
  static boolean suits(Primitive.Convolve convolve, Place data, Place filter) {
    Shape shape = data.type().shape();
    long results = filter.type().shape().dim(-1);
    return data.type().dtype().bytes() == 4
        && convolve.groups() > 1
        && convolve.groups() == shape.dim(-1)
        && results * shape.dim(-2) < 1 << 24
        && filter.type().shape().size() < 1 << 24;
  }

  @Override
  public long scratchBytes() {
    return kind == Primitive.Convolve.Kind.FILTER_GRADIENT ? 4L * SUMS * filterSize : 0;
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
    if (kind == Primitive.Convolve.Kind.FILTER_GRADIENT) {
      float[] sums = frame.worker(0).blas().floats(0, filterSize);
      float[] more = frame.worker(0).blas().floats(1, filterSize);
      Arrays.fill(sums, 0, filterSize, 0);
      for (int part = 0; part < parts; part++) {
        frame.scratch(0).floats(0).get(part * filterSize, more, 0, filterSize);
        for (int i = 0; i < filterSize; i++) {
          sums[i] += more[i];
        }
      }
      WindowLines.put(frame, filter, 0, sums, 0, filterSize);
    }
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    BlasWorker arrays = frame.worker(worker).blas();
    float[] weights = arrays.floats(0, filterSize);
    if (kind == Primitive.Convolve.Kind.FILTER_GRADIENT) {
      Arrays.fill(weights, 0, filterSize, 0);
    } else {
      WindowLines.get(frame, filter, 0, weights, 0, filterSize);
    }
    long end = Math.min(count, (part + 1) * linesPerPart);
    for (long line = part * linesPerPart; line < end; line++) {
      switch (kind) {
        case FORWARD -> forward(frame, arrays, weights, line);
        case DATA_GRADIENT -> dataGradient(frame, arrays, weights, line);
        case FILTER_GRADIENT -> filterGradient(frame, arrays, weights, line);
      }
    }
    if (kind == Primitive.Convolve.Kind.FILTER_GRADIENT) {
      frame.scratch(0).floats(0).put(part * filterSize, weights, 0, filterSize);
    }
  }

  private void forward(Frame frame, BlasWorker arrays, float[] weights, long line) {
    float[] made = arrays.floats(2, lineOut);
    Arrays.fill(made, 0, lineOut, 0);
    int step = lines.stride() * channels;
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source >= 0) {
        float[] seen = seen(frame, arrays, source);
        for (int tap = 0; tap < lines.taps; tap++) {
          int weight = (lead * lines.taps + tap) * channels;
          int start = lines.start(tap) * channels;
          int end = lines.end(tap);
          for (int window = lines.begin(tap); window < end; window++) {
            int at = start + window * step;
            multiplyAdd(made, window * channels, seen, at, weights, weight, channels);
          }
        }
      }
    }
    WindowLines.put(frame, result, line, made, 0, lineOut);
  }

  private void dataGradient(Frame frame, BlasWorker arrays, float[] weights, long line) {
    float[] made = arrays.floats(2, lineIn);
    float[] gradient = arrays.floats(3, lineOut);
    Arrays.fill(made, 0, lineIn, 0);
    int step = lines.stride() * channels;
    for (int lead = 0; lead < lines.leads; lead++) {
      long target = lines.target(line, lead);
      if (target >= 0) {
        WindowLines.get(frame, result, target, gradient, 0, lineOut);
        for (int tap = 0; tap < lines.taps; tap++) {
          int weight = (lead * lines.taps + tap) * channels;
          int start = lines.start(tap) * channels;
          int end = lines.end(tap);
          for (int window = lines.begin(tap); window < end; window++) {
            int at = start + window * step;
            multiplyAdd(made, at, gradient, window * channels, weights, weight, channels);
          }
        }
      }
    }
    int each = channels / dataChannels;
    if (each > 1) {
      for (int i = 0; i < lines.lastExtent * dataChannels; i++) {
        float sum = made[i * each];
        for (int j = 1; j < each; j++) {
          sum += made[i * each + j];
        }
        made[i] = sum;
      }
    }
    WindowLines.put(frame, data, line, made, 0, lines.lastExtent * dataChannels);
  }

  private void filterGradient(Frame frame, BlasWorker arrays, float[] sums, long line) {
    float[] gradient = arrays.floats(3, lineOut);
    WindowLines.get(frame, result, line, gradient, 0, lineOut);
    int step = lines.stride() * channels;
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source >= 0) {
        float[] seen = seen(frame, arrays, source);
        for (int tap = 0; tap < lines.taps; tap++) {
          int sum = (lead * lines.taps + tap) * channels;
          int start = lines.start(tap) * channels;
          int end = lines.end(tap);
          for (int window = lines.begin(tap); window < end; window++) {
            int at = start + window * step;
            multiplyAdd(sums, sum, seen, at, gradient, window * channels, channels);
          }
        }
      }
    }
  }

  /** Copies a line of the data, each channel as often as it has results. */
  private float[] seen(Frame frame, BlasWorker arrays, long line) {
    float[] seen = arrays.floats(1, lineIn);
    int each = channels / dataChannels;
    int length = lines.lastExtent * dataChannels;
    WindowLines.get(frame, data, line, seen, 0, length);
    if (each > 1) {
      for (int i = length - 1; i >= 0; i--) {
        Arrays.fill(seen, i * each, (i + 1) * each, seen[i]);
      }
    }
    return seen;
  }

  private static void multiplyAdd(
      float[] sums, int sum, float[] x, int atX, float[] y, int atY, int count) {
    for (int i = 0; i < count; i++) {
      sums[sum + i] += x[atX + i] * y[atY + i];
    }
  }
}
