package io.millrace.cpu.kernels;

import io.millrace.DeviceException;
import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.Frame;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;

/**
 * The matrix of all that a convolution multiplies with its filter: one row for each block of
 * neighbouring positions along the last axis, holding the elements that those positions see.
 *
 * <p>A block of one position gives the usual matrix of patches (im2col). Longer blocks overlap in
 * what they see, so the matrix is smaller, at the price of zeros in a filter that is repeated along
 * a diagonal: worth it where channels are few and copying costs more than multiplying.
 */
final class ConvolutionPatches {
  private static final byte[] ZEROS = new byte[4096];

  private final Place source;
  private final int bytes;
  private final long channels;
  private final int groupChannels;
  private final int block;
  private final ConvolutionAxis[] axes;
  private final int[] extents;
  private final int[] pixelStrides;
  private final long imageBytes;
  private final int[][] leads;
  private final int[] runOffsets;
  private final int runLength;
  private final int rowElements;
  private final long rows;

  /**
   * Describes the patches of a tensor {@code [n, spatial..., channels]}.
   *
   * @param axes what each position of an axis sees
   * @param groups into how many parts the channels are divided
   * @param block positions along the last axis that share a row; 1 if there are groups
   */
  ConvolutionPatches(Place source, ConvolutionAxis[] axes, int groups, int block) {
    this.source = source;
    this.axes = axes;
    this.block = block;
    Shape shape = source.type().shape();
    bytes = source.type().dtype().bytes();
    channels = shape.dim(-1);
    groupChannels = (int) (channels / groups);
    int rank = axes.length;
    extents = new int[rank];
    pixelStrides = new int[rank];
    long pixels = 1;
    long positions = 1;
    for (int axis = rank - 1; axis >= 0; axis--) {
      extents[axis] = (int) shape.dim(axis + 1);
      pixelStrides[axis] = (int) pixels;
      pixels *= extents[axis];
      positions *= axes[axis].positions();
    }
    imageBytes = pixels * channels * bytes;
    if (imageBytes > HostMemory.WINDOW) {
      throw new DeviceException(
          "one element of the batch of %s takes %s bytes, but a convolution takes up to %s"
              .formatted(source.type(), imageBytes, HostMemory.WINDOW));
    }
    rows = shape.dim(0) * positions / block;
    leads = ConvolutionAxis.leadingOffsets(axes);
    ConvolutionAxis last = axes[rank - 1];
    int spread = last.spread(block);
    boolean joined = block > 1 || last.isDense();
    runLength = joined ? spread : 1;
    runOffsets = joined ? new int[] {last.lowest()} : last.offsets();
    rowElements =
        Blas.extent(
            (long) leads.length * runOffsets.length * runLength * groupChannels,
            "the size of a patch");
  }

  /** Returns the number of rows. */
  long rows() {
    return rows;
  }

  /** Returns the number of elements of a row, for one group. */
  int rowElements() {
    return rowElements;
  }

  /** Returns the number of positions that share a row. */
  int block() {
    return block;
  }

  /**
   * Returns the pixels that a row holds for one combination of taps of the axes before the last.
   */
  int rowPixels() {
    return runOffsets.length * runLength;
  }

  /** Returns whether the tensor itself is the matrix, its rows {@code channels} apart. */
  boolean isIdentity() {
    if (block != 1) {
      return false;
    }
    for (int axis = 0; axis < axes.length; axis++) {
      ConvolutionAxis a = axes[axis];
      if (a.offsets().length != 1
          || a.offsets()[0] != 0
          || a.step() != 1
          || a.positions() != extents[axis]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Copies rows of one group, one after the other.
   *
   * @param first the first row
   * @param target where to, in bytes from the beginning of the memory's first window
   */
  void copy(Frame frame, int group, long first, int count, HostMemory memory, int target) {
    ByteBuffer into = memory.window(target);
    HostMemory from = frame.memory(source);
    int last = axes.length - 1;
    int step = axes[last].step() * block;
    int blocks = axes[last].positions() / block;
    boolean whole = groupChannels == channels;
    int pixelBytes = (int) channels * bytes;
    int groupBytes = groupChannels * bytes;
    int at = target;
    for (int i = 0; i < count; i++) {
      long row = first + i;
      int start = (int) (row % blocks) * step;
      long rest = row / blocks;
      long image = rest;
      for (int axis = 0; axis < last; axis++) {
        image /= axes[axis].positions();
      }
      long imageOffset = frame.offset(source) + image * imageBytes;
      ByteBuffer window = from.window(imageOffset);
      int base = (int) (imageOffset % HostMemory.WINDOW) + group * groupBytes;
      for (int[] lead : leads) {
        int line = line(rest, lead);
        for (int offset : runOffsets) {
          int pixel = start + offset;
          int before = line < 0 ? runLength : Math.min(runLength, Math.max(0, -pixel));
          int end = Math.max(before, Math.min(runLength, extents[last] - pixel));
          if (before > 0) {
            at = zero(into, at, before * groupBytes);
          }
          if (line >= 0 && end > before) {
            int found = base + (line + pixel + before) * pixelBytes;
            if (whole) {
              into.put(at, window, found, (end - before) * groupBytes);
              at += (end - before) * groupBytes;
            } else {
              for (int p = before; p < end; p++, found += pixelBytes, at += groupBytes) {
                into.put(at, window, found, groupBytes);
              }
            }
          }
          if (end < runLength && line >= 0) {
            at = zero(into, at, (runLength - end) * groupBytes);
          }
        }
      }
    }
  }

  /** Returns the first pixel of the line that a row sees through these taps; -1 if outside. */
  private int line(long position, int[] lead) {
    int line = 0;
    long rest = position;
    for (int axis = lead.length - 1; axis >= 0; axis--) {
      long place = rest % axes[axis].positions() * axes[axis].step() + lead[axis];
      if (place < 0 || place >= extents[axis]) {
        return -1;
      }
      line += (int) place * pixelStrides[axis];
      rest /= axes[axis].positions();
    }
    return line;
  }

  /** Writes zeros and returns where they end. */
  static int zero(ByteBuffer into, int at, int size) {
    for (int done = 0; done < size; done += ZEROS.length) {
      into.put(at + done, ZEROS, 0, Math.min(ZEROS.length, size - done));
    }
    return at + size;
  }
}
