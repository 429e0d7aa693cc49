package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Pooling of float32 by lines: what lies along the last spatial axis is copied to arrays, where the
 * compiler vectorises, and lines of one window are combined before its elements along the line.
 *
 * <p>A part is some lines of the result or, for gradients, whose windows may overlap, an image.
 */
final class PoolingFloats implements PartKernel {
  /** Elements beyond which a window's lines do not stay in the cache. */
  private static final long MOST_STAGED = 1 << 20;

  private static final int PART_ELEMENTS = 1 << 14;
  private static final int VECTOR = 16;
  private static final float[] ZEROS = new float[1024];

  private final Primitive.Pool.Kind kind;
  private final PoolingAny careful;
  private final Place first;
  private final Place second;
  private final Place output;
  private final WindowLines lines;
  private final int channels;
  private final int lineIn;
  private final int lineOut;

  /** For each element of a line of the result, the first that its window sees if not padded. */
  private final int[] places;

  /** For each element of a line of the result, how many its window sees along the line. */
  private final int[] counts;

  private final long resultLines;
  private final long linesPerPart;
  private final int parts;
  private final boolean gradient;

  PoolingFloats(Step step, Primitive.Pool pool, PoolingAny careful) {
    kind = pool.kind();
    this.careful = careful;
    first = step.inputs().get(0);
    second = step.inputs().get(step.inputs().size() - 1);
    output = step.output();
    gradient = kind.isGradient();
    Shape data = kind.data(step.inputs(), output).type().shape();
    lines = new WindowLines(pool.axes(), data);
    channels = (int) data.dim(-1);
    lineIn = lines.lastExtent * channels;
    lineOut = lines.lastWindows * channels;
    places = new int[lineOut];
    counts = new int[lineOut];
    for (int i = 0; i < lineOut; i++) {
      int window = i / channels;
      places[i] = window * lines.stride() * channels + i % channels;
      for (int tap = 0; tap < lines.taps; tap++) {
        counts[i] += window >= lines.begin(tap) && window < lines.end(tap) ? 1 : 0;
      }
    }
    resultLines = data.dim(0) * lines.linesOut;
    linesPerPart =
        gradient ? lines.linesOut : Math.max(1, PART_ELEMENTS / ((long) lineIn * lines.leads));
    parts = (int) (gradient ? data.dim(0) : (resultLines + linesPerPart - 1) / linesPerPart);
  }

  /** Returns whether the lines that a window touches are few and short enough. */
  static boolean suits(Primitive.Pool pool, Shape data) {
    long elements = data.dim(-1) * data.dim(-2);
    for (int axis = 0; axis < pool.axes().size() - 1; axis++) {
      elements *= pool.axes().get(axis).size();
    }
    return elements <= MOST_STAGED && data.size() / data.dim(0) <= HostMemory.WINDOW / 4;
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    BlasWorker arrays = frame.worker(worker).blas();
    if (gradient) {
      zero(frame, part);
    }
    long end =
        gradient ? (part + 1) * lines.linesOut : Math.min(resultLines, (part + 1) * linesPerPart);
    for (long line = part * linesPerPart; line < end; line++) {
      switch (kind) {
        case MAX -> max(frame, arrays, line);
        case AVERAGE -> average(frame, arrays, line);
        case MAX_GATHER -> maxGather(frame, arrays, line);
        case MAX_GRADIENT -> maxGradient(frame, arrays, line);
        case AVERAGE_GRADIENT -> averageGradient(frame, arrays, line);
      }
    }
  }

  private void zero(Frame frame, int image) {
    long elements = lines.linesIn * lineIn;
    long offset = frame.offset(output) + image * elements * 4;
    FloatBuffer into = frame.memory(output).floats(offset);
    int at = (int) (offset % HostMemory.WINDOW / 4);
    for (long done = 0; done < elements; done += ZEROS.length) {
      into.put(at + (int) done, ZEROS, 0, (int) Math.min(ZEROS.length, elements - done));
    }
  }

  private void max(Frame frame, BlasWorker arrays, long line) {
    float[] result = arrays.floats(2, lineOut);
    Arrays.fill(result, 0, lineOut, Float.NEGATIVE_INFINITY);
    if (combine(frame, arrays, line) > 0) {
      greaterAlong(arrays.floats(0, lineIn), result);
    }
    WindowLines.put(frame, output, line, result, 0, lineOut);
  }

  /** Combines the lines that a line of the result sees in array 0, and returns their number. */
  private int combine(Frame frame, BlasWorker arrays, long line) {
    float[] combined = arrays.floats(0, lineIn);
    float[] more = arrays.floats(1, lineIn);
    int seen = 0;
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source >= 0) {
        WindowLines.get(frame, first, source, seen == 0 ? combined : more, 0, lineIn);
        if (seen++ > 0) {
          if (kind == Primitive.Pool.Kind.MAX) {
            greater(combined, more, lineIn);
          } else {
            add(combined, more, lineIn);
          }
        }
      }
    }
    return seen;
  }

  private void carefully(Frame frame, long line) {
    for (int window = 0; window < lines.lastWindows; window++) {
      careful.position(
          frame, line / lines.linesOut, line % lines.linesOut * lines.lastWindows + window);
    }
  }

  private static void greater(float[] x, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      x[i] = Math.max(x[i], y[i]);
    }
  }

  /** Makes each element of the result the greatest that its window sees along a line. */
  private void greaterAlong(float[] line, float[] result) {
    int step = lines.stride() * channels;
    for (int tap = 0; tap < lines.taps; tap++) {
      int start = lines.start(tap) * channels;
      greaterAt(line, start, step, result, lines.begin(tap), lines.end(tap), channels, places);
    }
  }

  private static void greaterAt(
      float[] line,
      int at,
      int step,
      float[] result,
      int begin,
      int end,
      int channels,
      int[] places) {
    if (channels < VECTOR) {
      for (int i = begin * channels; i < end * channels; i++) {
        result[i] = Math.max(result[i], line[at + places[i]]);
      }
      return;
    }
    for (int window = begin; window < end; window++) {
      int from = at + window * step;
      int to = window * channels;
      for (int c = 0; c < channels; c++) {
        result[to + c] = Math.max(result[to + c], line[from + c]);
      }
    }
  }

  /** A NaN, which survives {@code Math.max}, is not found by its bits. */
  private static boolean anyNan(float[] values, int count) {
    boolean found = false;
    for (int i = 0; i < count; i++) {
      found |= Float.isNaN(values[i]);
    }
    return found;
  }

  private void average(Frame frame, BlasWorker arrays, long line) {
    float[] sums = arrays.floats(0, lineIn);
    float[] result = arrays.floats(2, lineOut);
    Arrays.fill(result, 0, lineOut, 0);
    int seen = combine(frame, arrays, line);
    for (int tap = 0; seen > 0 && tap < lines.taps; tap++) {
      int at = lines.start(tap) * channels;
      for (int i = lines.begin(tap) * channels, end = lines.end(tap) * channels; i < end; i++) {
        result[i] += sums[at + places[i]];
      }
    }
    divide(result, seen);
    WindowLines.put(frame, output, line, result, 0, lineOut);
  }

  private static void add(float[] x, float[] y, int count) {
    for (int i = 0; i < count; i++) {
      x[i] += y[i];
    }
  }

  /** Divides by the number of elements that each window sees; nothing by nothing is 0. */
  private void divide(float[] values, int linesSeen) {
    for (int i = 0; i < lineOut; i++) {
      values[i] /= Math.max(1, linesSeen * counts[i]);
    }
  }

  /**
   * Copies the lines of a window one after the other and finds the first greatest of each.
   *
   * <p>The greatest value comes first, then, from the last tap to the first, where it is: unlike a
   * search, nothing here branches on data that no processor can foresee.
   */
  private int[] greatest(Frame frame, BlasWorker arrays, long line) {
    float[] staged = arrays.floats(0, lines.leads * lineIn);
    float[] sums = arrays.floats(1, lineIn);
    float[] best = arrays.floats(2, lineOut);
    float[] more = arrays.floats(3, lineIn);
    int[] found = arrays.ints(lineOut);
    Arrays.fill(best, 0, lineOut, Float.NEGATIVE_INFINITY);
    Arrays.fill(found, 0, lineOut, -1);
    int seen = 0;
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source >= 0) {
        WindowLines.get(frame, first, source, more, 0, lineIn);
        oneZero(more, lineIn);
        System.arraycopy(more, 0, staged, lead * lineIn, lineIn);
        if (seen++ == 0) {
          System.arraycopy(more, 0, sums, 0, lineIn);
        } else {
          greater(sums, more, lineIn);
        }
      }
    }
    if (seen > 0) {
      greaterAlong(sums, best);
    }
    for (int lead = lines.leads - 1; lead >= 0; lead--) {
      if (lines.source(line, lead) >= 0) {
        for (int tap = lines.taps - 1; tap >= 0; tap--) {
          int at = lead * lineIn + lines.start(tap) * channels;
          int begin = lines.begin(tap) * channels;
          locate(staged, at, places, best, found, begin, lines.end(tap) * channels);
        }
      }
    }
    return found;
  }

  /** Makes both zeros the positive one, so that equal numbers have equal bits. */
  private static void oneZero(float[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] += 0.0f;
    }
  }

  private static void locate(
      float[] staged, int at, int[] places, float[] best, int[] found, int begin, int end) {
    for (int i = begin; i < end; i++) {
      int place = at + places[i];
      int differing = Float.floatToRawIntBits(staged[place]) ^ Float.floatToRawIntBits(best[i]);
      int other = (differing | -differing) >> 31;
      found[i] = (found[i] & other) | (place & ~other);
    }
  }

  /** Copies the lines that a line of the result sees one after the other. */
  private void stage(Frame frame, Place place, long line, float[] staged) {
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source >= 0) {
        WindowLines.get(frame, place, source, staged, lead * lineIn, lineIn);
      }
    }
  }

  private void maxGather(Frame frame, BlasWorker arrays, long line) {
    int[] found = greatest(frame, arrays, line);
    if (anyNan(arrays.floats(2, lineOut), lineOut)) {
      carefully(frame, line);
      return;
    }
    float[] staged = arrays.floats(0, lines.leads * lineIn);
    float[] result = arrays.floats(2, lineOut);
    stage(frame, second, line, staged);
    for (int i = 0; i < lineOut; i++) {
      result[i] = found[i] < 0 ? 0 : staged[found[i]];
    }
    WindowLines.put(frame, output, line, result, 0, lineOut);
  }

  private void maxGradient(Frame frame, BlasWorker arrays, long line) {
    int[] found = greatest(frame, arrays, line);
    if (anyNan(arrays.floats(2, lineOut), lineOut)) {
      carefully(frame, line);
      return;
    }
    float[] staged = arrays.floats(0, lines.leads * lineIn);
    float[] gradients = arrays.floats(2, lineOut);
    WindowLines.get(frame, second, line, gradients, 0, lineOut);
    stage(frame, output, line, staged);
    for (int i = 0; i < lineOut; i++) {
      if (found[i] >= 0) {
        staged[found[i]] += gradients[i];
      }
    }
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source >= 0) {
        WindowLines.put(frame, output, source, staged, lead * lineIn, lineIn);
      }
    }
  }

  private void averageGradient(Frame frame, BlasWorker arrays, long line) {
    float[] staged = arrays.floats(0, lineIn);
    float[] shares = arrays.floats(2, lineOut);
    WindowLines.get(frame, second, line, shares, 0, lineOut);
    int seen = 0;
    for (int lead = 0; lead < lines.leads; lead++) {
      seen += lines.source(line, lead) >= 0 ? 1 : 0;
    }
    divide(shares, seen);
    for (int lead = 0; lead < lines.leads; lead++) {
      long source = lines.source(line, lead);
      if (source < 0) {
        continue;
      }
      WindowLines.get(frame, output, source, staged, 0, lineIn);
      for (int tap = 0; tap < lines.taps; tap++) {
        int at = lines.start(tap) * channels;
        for (int i = lines.begin(tap) * channels, end = lines.end(tap) * channels; i < end; i++) {
          staged[at + places[i]] += shares[i];
        }
      }
      WindowLines.put(frame, output, source, staged, 0, lineIn);
    }
  }
}
