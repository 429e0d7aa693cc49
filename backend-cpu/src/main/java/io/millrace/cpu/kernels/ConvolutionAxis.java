package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.ir.WindowAxis;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What the positions of a result see along one spatial axis: position {@code q} sees the elements
 * {@code q * step + offset} for each of the offsets, which ascend.
 */
final class ConvolutionAxis {
  private static final int MOST_SHARED = 64;

  // What a processor with wide vectors was measured to do; only the proportions matter.
  private static final double RUN_NANOS = 8;
  private static final double BYTES_PER_NANO = 30;

  private final int positions;
  private final int step;
  private final int[] offsets;
  private final int[] taps;

  private ConvolutionAxis(int positions, int step, int[] offsets, int[] taps) {
    this.positions = positions;
    this.step = step;
    this.offsets = offsets;
    this.taps = taps;
  }

  /** Returns what the windows of a forward convolution see. */
  static ConvolutionAxis forward(WindowAxis axis, long extent) {
    int size = (int) axis.size();
    int[] offsets = new int[size];
    int[] taps = new int[size];
    for (int i = 0; i < size; i++) {
      offsets[i] = (int) (i * axis.dilation() - axis.padBefore());
      taps[i] = i;
    }
    return new ConvolutionAxis((int) axis.windows(extent), stride(axis, extent), offsets, taps);
  }

  /**
   * Returns, for each remainder of an element's coordinate by the stride, which windows see it: the
   * element {@code phase + stride * q} is reached by the window {@code q + offset} through a tap.
   */
  static List<ConvolutionAxis> backward(WindowAxis axis, long extent) {
    int stride = stride(axis, extent);
    List<ConvolutionAxis> phases = new ArrayList<>();
    for (int phase = 0; phase < Math.min(stride, extent); phase++) {
      List<Integer> taps = new ArrayList<>();
      for (int tap = (int) axis.size() - 1; tap >= 0; tap--) {
        if (Math.floorMod(phase + axis.padBefore() - tap * axis.dilation(), stride) == 0) {
          taps.add(tap);
        }
      }
      int[] offsets = new int[taps.size()];
      for (int i = 0; i < offsets.length; i++) {
        offsets[i] =
            (int)
                Math.floorDiv(
                    phase + axis.padBefore() - taps.get(i) * axis.dilation(), (long) stride);
      }
      int positions = (int) ((extent - phase + stride - 1) / stride);
      phases.add(
          new ConvolutionAxis(
              positions, 1, offsets, taps.stream().mapToInt(Integer::intValue).toArray()));
    }
    return phases;
  }

  /** Returns the distance of windows; where there is one window only, any that is long enough. */
  static int stride(WindowAxis axis, long extent) {
    return (int) Math.min(axis.stride(), Math.max(1, extent + axis.padBefore() + axis.padAfter()));
  }

  /** Returns how many positions there are. */
  int positions() {
    return positions;
  }

  int step() {
    return step;
  }

  /** Returns the offsets, not to be changed. */
  int[] offsets() {
    return offsets;
  }

  /** Returns the filter's coordinate for each offset, not to be changed. */
  int[] taps() {
    return taps;
  }

  /** Returns the least offset; 0 if there is none. */
  int lowest() {
    return offsets.length == 0 ? 0 : offsets[0];
  }

  /** Returns how many elements lie from the first to the last that so many positions see. */
  int spread(int block) {
    return offsets.length == 0
        ? 0
        : (block - 1) * step + offsets[offsets.length - 1] - offsets[0] + 1;
  }

  /** Returns whether the offsets follow one another without a gap. */
  boolean isDense() {
    return spread(1) == offsets.length;
  }

  /** Returns the filter's coordinates for every combination of taps of all axes but the last. */
  static int[][] leadingTaps(ConvolutionAxis[] axes) {
    return combinations(axes, ConvolutionAxis::taps);
  }

  /** Returns the offsets of every combination of taps of all axes but the last, in that order. */
  static int[][] leadingOffsets(ConvolutionAxis[] axes) {
    return combinations(axes, ConvolutionAxis::offsets);
  }

  private static int[][] combinations(
      ConvolutionAxis[] axes, Function<ConvolutionAxis, int[]> values) {
    int rank = axes.length - 1;
    int count = 1;
    for (int axis = 0; axis < rank; axis++) {
      count *= axes[axis].taps.length;
    }
    int[][] combinations = new int[count][rank];
    for (int i = 0; i < count; i++) {
      int rest = i;
      for (int axis = rank - 1; axis >= 0; axis--) {
        int[] choices = values.apply(axes[axis]);
        combinations[i][axis] = choices[rest % choices.length];
        rest /= choices.length;
      }
    }
    return combinations;
  }

  /**
   * Returns how many positions along the last axis should share a row of patches: the divisor of
   * their number that is estimated to take the least time.
   *
   * @param channels of what is seen
   * @param results the channels of what is computed
   */
  static int block(ConvolutionAxis[] axes, int groups, int channels, int results, int bytes) {
    ConvolutionAxis last = axes[axes.length - 1];
    int runs = leadingTaps(axes).length;
    int best = 1;
    double least = Double.POSITIVE_INFINITY;
    int most = groups > 1 || last.taps.length == 0 ? 1 : Math.min(last.positions, MOST_SHARED);
    for (int block = 1; block <= most; block++) {
      if (last.positions % block != 0) {
        continue;
      }
      boolean joined = block > 1 || last.isDense();
      double pixels = joined ? last.spread(block) : last.taps.length;
      double pieces = (double) runs * (joined ? 1 : pixels);
      double copying = pieces * RUN_NANOS + runs * pixels * channels * bytes / BYTES_PER_NANO;
      double k = runs * pixels * channels;
      double n = (double) block * results;
      double nanos = (copying + 2 * k * n / Blas.rate(n, k, bytes)) / block;
      if (nanos < least) {
        least = nanos;
        best = block;
      }
    }
    return best;
  }
}
