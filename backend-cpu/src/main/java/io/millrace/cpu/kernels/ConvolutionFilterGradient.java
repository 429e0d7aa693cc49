package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;

/**
 * The gradient of a convolution by its filter: patches, transposed, times the gradient of the
 * output.
 *
 * <p>A fixed number of parts, which follows from the shapes alone, each sum their share of the
 * positions; the sums are then added in order.
 */
final class ConvolutionFilterGradient implements PartKernel {
  private static final int CHUNK_BYTES = 256 << 10;
  private static final long SUMS_BYTES = 8 << 20;

  private final Place data;
  private final Place gradient;
  private final Place output;
  private final DType dtype;
  private final ConvolutionPatches patches;
  private final ConvolutionElements elements;
  private final boolean multipliesZeros;
  private final ConvolutionAxis last;
  private final int groups;
  private final int dataChannels;
  private final int channels;
  private final int columns;
  private final int chunk;
  private final int parts;
  private final int sumBytes;
  private final int filterPixels;
  private final int shared;
  private final PartKernel adding = new Adding();

  /** Adds the parts' sums, and what blocks computed separately of one element. */
  private final class Adding implements PartKernel {
    @Override
    public void run(Frame frame) {
      frame.pool().run(frame, this, filterPixels);
    }

    @Override
    public void part(Frame frame, int part, int worker) {
      add(frame, part, worker);
    }
  }

  ConvolutionFilterGradient(
      Place data, Place gradient, Place output, ConvolutionAxis[] axes, int groups) {
    this.data = data;
    this.gradient = gradient;
    this.output = output;
    this.groups = groups;
    dtype = output.type().dtype();
    Shape filter = output.type().shape();
    dataChannels = Blas.extent(data.type().shape().dim(-1), "the number of channels");
    channels = Blas.extent(filter.dim(-1), "the number of channels");
    int block = ConvolutionAxis.block(axes, groups, dataChannels, channels, dtype.bytes());
    last = axes[axes.length - 1];
    patches = new ConvolutionPatches(data, axes, groups, block);
    elements = new ConvolutionElements(data, axes);
    multipliesZeros = elements.seesPadding();
    columns = block * channels / groups;
    int k = patches.rowElements();
    long fits = CHUNK_BYTES / Math.max(1, (long) k * dtype.bytes());
    long small = Blas.smallExtent((long) k * columns, columns);
    long rows = Math.min(small, patches.isIdentity() ? 1024 : Math.max(64, fits));
    chunk = (int) Math.min(patches.rows(), rows);
    long bytes = (long) groups * k * columns * dtype.bytes();
    sumBytes = Blas.extent((bytes + 63) / 64 * 64, "the size of a filter");
    double flops = 2.0 * patches.rows() * k * columns * groups;
    long most = Math.max(2, Math.min(8, SUMS_BYTES / sumBytes));
    long chunks = (patches.rows() + chunk - 1) / chunk;
    parts = (int) Math.max(1, Math.min(Math.min(most, chunks), (long) (flops / 5e5)));
    shared = Blas.extent((long) parts * sumBytes, "the size of a filter");
    filterPixels = (int) (filter.size() / filter.dim(-1) / filter.dim(-2));
  }

  @Override
  public long scratchBytes() {
    long copied = patches.isIdentity() ? 0 : patches.rowElements();
    return shared + copied * chunk * dtype.bytes();
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
    adding.run(frame);
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    long from = patches.rows() * part / parts;
    long to = patches.rows() * (part + 1) / parts;
    int bytes = dtype.bytes();
    int k = patches.rowElements();
    int made = channels / groups;
    HostMemory scratch = frame.scratch(worker);
    long sums = frame.scratch(0).address() + (long) part * sumBytes;
    for (long first = from; first < to; first += chunk) {
      int count = (int) Math.min(chunk, to - first);
      for (int group = 0; group < groups; group++) {
        long a;
        int lda;
        if (patches.isIdentity()) {
          a = frame.address(data) + (first * dataChannels + (long) group * k) * bytes;
          lda = dataChannels;
        } else {
          patches.copy(frame, group, first, count, scratch, shared);
          a = scratch.address() + shared;
          lda = k;
        }
        int ldb = patches.block() * channels;
        long b = frame.address(gradient) + (first * ldb + (long) group * made) * bytes;
        long c = sums + (long) group * k * columns * bytes;
        frame
            .worker(worker)
            .blas()
            .gemm(
                dtype,
                true,
                false,
                k,
                columns,
                count,
                a,
                lda,
                b,
                ldb,
                first == from ? 0 : 1,
                c,
                columns);
      }
    }
  }

  /** Adds up one pixel of the filter. */
  private void add(Frame frame, int pixel, int worker) {
    int seen = dataChannels / groups;
    int made = channels / groups;
    int bytes = dtype.bytes();
    int taps = last.taps().length;
    boolean dense = patches.block() > 1 || last.isDense();
    int lead = pixel / taps * patches.rowPixels();
    int tap = pixel % taps;
    BlasWorker arrays = frame.worker(worker).blas();
    for (int group = 0; group < groups; group++) {
      for (int s = 0; s < seen; s++) {
        long target = (((long) pixel * seen + s) * channels + (long) group * made) * bytes;
        if (dtype == DType.FLOAT32) {
          arrays.floats(0, made);
          arrays.floats(1, made);
        } else {
          arrays.doubles(0, made);
          arrays.doubles(1, made);
        }
        boolean begun = false;
        for (int part = 0; part < parts; part++) {
          for (int x = 0; x < patches.block(); x++) {
            int seenPixel = dense ? x * last.step() + last.offsets()[tap] - last.lowest() : tap;
            int row = (group * patches.rowElements()) + (lead + seenPixel) * seen + s;
            int at = part * sumBytes + (row * columns + x * made) * bytes;
            if (dtype == DType.FLOAT32) {
              addFloats(arrays, frame.scratch(0).floats(0), at / 4, made, begun);
            } else {
              addDoubles(arrays, frame.scratch(0).doubles(0), at / 8, made, begun);
            }
            begun = true;
          }
        }
        HostMemory memory = frame.memory(output);
        long offset = frame.offset(output) + target;
        int at = (int) (offset % HostMemory.WINDOW / bytes);
        if (dtype == DType.FLOAT32) {
          memory.floats(offset).put(at, arrays.floats(0, made), 0, made);
        } else {
          memory.doubles(offset).put(at, arrays.doubles(0, made), 0, made);
        }
      }
    }
    long first = (long) pixel * seen * channels;
    long count = (long) seen * channels;
    if (multipliesZeros && !arrays.areFinite(dtype, frame.address(output) + first * bytes, count)) {
      correct(frame, pixel, first);
    }
  }

  /** Computes anew what is not finite, of one pixel of the filter. */
  private void correct(Frame frame, int pixel, long first) {
    int seen = dataChannels / groups;
    int made = channels / groups;
    int taps = last.taps().length;
    for (int s = 0; s < seen; s++) {
      for (int out = 0; out < channels; out++) {
        long at = first + (long) s * channels + out;
        if (!Double.isFinite(ConvolutionElements.get(frame, output, at))) {
          long in = (long) (out / made) * seen + s;
          double right = elements.correlated(frame, gradient, pixel / taps, pixel % taps, in, out);
          ConvolutionElements.set(frame, output, at, right);
        }
      }
    }
  }

  private static void addFloats(
      BlasWorker arrays, FloatBuffer sums, int at, int count, boolean begun) {
    float[] total = arrays.floats(0, count);
    if (!begun) {
      sums.get(at, total, 0, count);
      return;
    }
    float[] more = arrays.floats(1, count);
    sums.get(at, more, 0, count);
    for (int i = 0; i < count; i++) {
      total[i] += more[i];
    }
  }

  private static void addDoubles(
      BlasWorker arrays, DoubleBuffer sums, int at, int count, boolean begun) {
    double[] total = arrays.doubles(0, count);
    if (!begun) {
      sums.get(at, total, 0, count);
      return;
    }
    double[] more = arrays.doubles(1, count);
    sums.get(at, more, 0, count);
    for (int i = 0; i < count; i++) {
      total[i] += more[i];
    }
  }
}
