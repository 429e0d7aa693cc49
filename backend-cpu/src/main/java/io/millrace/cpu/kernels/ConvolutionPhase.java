package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * One product of patches by a filter, giving some or all pixels of a convolution's result.
 *
 * <p>A forward convolution is one phase. The gradient by the data is one for each remainder of the
 * coordinates by the strides: the elements of one phase see the same part of the filter, so nothing
 * is multiplied by zero and nothing is added twice.
 */
final class ConvolutionPhase {
  private static final int CHUNK_BYTES = 256 << 10;

  final ConvolutionPatches patches;
  private final ConvolutionElements elements;

  /** Whether anything that a position does not see is multiplied by zero, not left out. */
  private final boolean multipliesZeros;

  private final Place source;
  private final Place filter;
  private final Place output;
  private final ConvolutionAxis[] axes;
  private final int[] remainders;
  private final int[] strides;
  private final DType dtype;
  private final int groups;
  private final boolean transposed;
  private final boolean packed;
  private final boolean scattered;
  private final int sourceChannels;
  private final int outputChannels;
  private final int[][] taps;
  private final int columns;

  /** Elements of the result that a row of patches gives, for all groups. */
  private final int perRow;

  private final int chunk;

  /** Describes a forward convolution. */
  ConvolutionPhase(Place data, Place filter, Place output, ConvolutionAxis[] axes, int groups) {
    this(data, filter, output, axes, groups, false, new int[axes.length], new int[0]);
  }

  /** Describes the part of a gradient that has these remainders. */
  ConvolutionPhase(
      Place gradient,
      Place filter,
      Place output,
      ConvolutionAxis[] axes,
      int groups,
      int[] remainders,
      int[] strides) {
    this(gradient, filter, output, axes, groups, true, remainders, strides);
  }

  private ConvolutionPhase(
      Place source,
      Place filter,
      Place output,
      ConvolutionAxis[] axes,
      int groups,
      boolean transposed,
      int[] remainders,
      int[] strides) {
    this.source = source;
    this.filter = filter;
    this.output = output;
    this.axes = axes;
    this.groups = groups;
    this.transposed = transposed;
    this.remainders = remainders;
    this.strides = strides;
    dtype = output.type().dtype();
    scattered = Arrays.stream(strides).anyMatch(s -> s > 1);
    sourceChannels = Blas.extent(source.type().shape().dim(-1), "the number of channels");
    outputChannels = Blas.extent(output.type().shape().dim(-1), "the number of channels");
    int block =
        scattered
            ? 1
            : ConvolutionAxis.block(axes, groups, sourceChannels, outputChannels, dtype.bytes());
    patches = new ConvolutionPatches(source, axes, groups, block);
    elements = new ConvolutionElements(source, axes);
    multipliesZeros = block > 1 || elements.seesPadding();
    packed = transposed || block > 1;
    taps = ConvolutionAxis.leadingTaps(axes);
    columns = Blas.extent((long) block * outputChannels / groups, "the number of columns");
    perRow = Blas.extent((long) block * outputChannels, "the number of columns");
    double flops = 2.0 * patches.rows() * patches.rowElements() * columns * groups;
    long fair = (long) (patches.rows() / Math.max(1, Math.min(16, flops / 5e5))) + 1;
    long fits = CHUNK_BYTES / Math.max(1, (long) patches.rowElements() * dtype.bytes());
    long rows = Math.min(fair, patches.isIdentity() ? fair : Math.max(16, fits));
    long small = Blas.smallExtent((long) patches.rowElements() * columns, columns);
    chunk = (int) Math.min(patches.rows(), Math.min(small, (rows + 15) / 16 * 16));
  }

  /**
   * Returns the bytes that the filter takes, rearranged for all groups; 0 if it serves as it is.
   */
  long packedBytes() {
    long bytes = packed ? (long) groups * patches.rowElements() * columns * dtype.bytes() : 0;
    return (bytes + 63) / 64 * 64;
  }

  /** Returns the bytes that one chunk needs. */
  long chunkBytes() {
    long copied = patches.isIdentity() ? 0 : patches.rowElements();
    return (copied + (scattered ? columns : 0)) * chunk * dtype.bytes() + 128;
  }

  /** Returns the number of chunks, which can be computed independently. */
  int chunks() {
    return chunk == 0
        ? 0
        : Blas.extent((patches.rows() + chunk - 1) / chunk, "the number of pieces");
  }

  /** Returns the number of pieces in which the filter can be rearranged independently. */
  int packs() {
    return packed ? groups * taps.length : 0;
  }

  /**
   * Rearranges a piece of the filter: for a gradient turned round, for blocks repeated along a
   * diagonal.
   */
  void pack(Frame frame, int piece, HostMemory memory, int offset) {
    int group = piece / taps.length;
    int lead = piece % taps.length;
    int bytes = dtype.bytes();
    Shape shape = filter.type().shape();
    int filterIn = (int) shape.dim(-2);
    int filterOut = (int) shape.dim(-1);
    int seen = sourceChannels / groups;
    int made = outputChannels / groups;
    int pixels = patches.rowPixels();
    int leadBytes = pixels * seen * columns * bytes;
    int target = offset + (group * taps.length + lead) * leadBytes;
    ByteBuffer into = memory.window(0);
    ConvolutionPatches.zero(into, target, leadBytes);
    ConvolutionAxis last = axes[axes.length - 1];
    boolean dense = patches.block() > 1 || last.isDense();
    int leading = 0;
    for (int axis = 0; axis < axes.length - 1; axis++) {
      leading = leading * (int) shape.dim(axis) + taps[lead][axis];
    }
    for (int t = 0; t < last.taps().length; t++) {
      long position = (long) leading * shape.dim(axes.length - 1) + last.taps()[t];
      long offsetOfTap = position * filterIn * filterOut * bytes;
      ByteBuffer from = frame.window(filter, offsetOfTap);
      int begin = frame.position(filter, offsetOfTap) + group * (transposed ? seen : made) * bytes;
      int stepSeen = (transposed ? 1 : filterOut) * bytes;
      int stepMade = (transposed ? filterOut : 1) * bytes;
      for (int x = 0; x < patches.block(); x++) {
        int pixel = dense ? x * last.step() + last.offsets()[t] - last.lowest() : t;
        for (int s = 0; s < seen; s++) {
          int at = target + ((pixel * seen + s) * columns + x * made) * bytes;
          int found = begin + s * stepSeen;
          if (transposed) {
            copy(from, found, stepMade, into, at, made);
          } else {
            into.put(at, from, found, made * bytes);
          }
        }
      }
    }
  }

  private void copy(ByteBuffer from, int found, int step, ByteBuffer into, int at, int count) {
    if (dtype.bytes() == 4) {
      for (int i = 0; i < count; i++) {
        into.putInt(at + 4 * i, from.getInt(found + i * step));
      }
    } else {
      for (int i = 0; i < count; i++) {
        into.putLong(at + 8 * i, from.getLong(found + i * step));
      }
    }
  }

  /**
   * Computes a chunk.
   *
   * @param filterMemory where the filter was rearranged, at {@code filterOffset}
   * @param offset where the worker's scratch memory is free
   */
  void compute(
      Frame frame, int part, int worker, HostMemory filterMemory, int filterOffset, int offset) {
    long first = (long) part * chunk;
    int count = (int) Math.min(chunk, patches.rows() - first);
    int bytes = dtype.bytes();
    int k = patches.rowElements();
    HostMemory scratch = frame.scratch(worker);
    int made = outputChannels / groups;
    int result = offset + (patches.isIdentity() ? 0 : (count * k * bytes + 63) / 64 * 64);
    BlasWorker blas = frame.worker(worker).blas();
    long written = frame.address(output) + first * perRow * bytes;
    boolean finite = true;
    for (int group = 0; group < groups; group++) {
      long a;
      int lda;
      if (patches.isIdentity()) {
        a = frame.address(source) + (first * sourceChannels + (long) group * k) * bytes;
        lda = sourceChannels;
      } else {
        patches.copy(frame, group, first, count, scratch, offset);
        a = scratch.address() + offset;
        lda = Math.max(1, k);
      }
      long b =
          packed
              ? filterMemory.address() + filterOffset + (long) group * k * columns * bytes
              : frame.address(filter) + (long) group * made * bytes;
      int ldb = packed ? columns : outputChannels;
      long c = scattered ? scratch.address() + result : written + (long) group * made * bytes;
      int ldc = scattered ? columns : perRow;
      blas.gemm(dtype, false, false, count, columns, k, a, lda, b, ldb, 0, c, ldc);
      if (scattered) {
        finite &= !multipliesZeros || blas.areFinite(dtype, c, (long) count * columns);
        scatter(frame, first, count, group, scratch.window(0), result);
      }
    }
    boolean right =
        !multipliesZeros
            || (scattered ? finite : blas.areFinite(dtype, written, (long) count * perRow));
    if (!right) {
      correct(frame, first, count);
    }
  }

  /** Computes anew what is not finite, in some rows. */
  private void correct(Frame frame, long first, int count) {
    for (long row = first; row < first + count; row++) {
      long from = scattered ? target(row) * outputChannels : row * perRow;
      for (int i = 0; i < perRow; i++) {
        if (!Double.isFinite(ConvolutionElements.get(frame, output, from + i))) {
          long position = row * patches.block() + i / outputChannels;
          long channel = i % outputChannels;
          double right = elements.gathered(frame, filter, transposed, groups, position, channel);
          ConvolutionElements.set(frame, output, from + i, right);
        }
      }
    }
  }

  private void scatter(Frame frame, long first, int count, int group, ByteBuffer from, int offset) {
    int bytes = columns * dtype.bytes();
    for (int i = 0; i < count; i++) {
      long at = (target(first + i) * outputChannels + (long) group * columns) * dtype.bytes();
      frame.window(output, at).put(frame.position(output, at), from, offset + i * bytes, bytes);
    }
  }

  /** Returns the pixel of the output that is a scattered phase's position. */
  private long target(long position) {
    Shape shape = output.type().shape();
    long rest = position;
    long pixel = 0;
    long stride = 1;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      int positions = axes[axis].positions();
      pixel += (rest % positions * strides[axis] + remainders[axis]) * stride;
      stride *= shape.dim(axis + 1);
      rest /= positions;
    }
    return pixel + rest * stride;
  }
}
