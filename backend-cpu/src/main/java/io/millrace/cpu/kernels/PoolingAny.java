package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import io.millrace.type.Shape;
import java.util.List;

/** Pooling of any kind, type and number of axes, window by window; one part is one image. */
final class PoolingAny implements PartKernel {
  private final Primitive.Pool.Kind kind;
  private final Place first;
  private final Place last;
  private final Place output;
  private final DType dtype;
  private final WindowAxis[] axes;
  private final long[] extents;
  private final long[] windows;
  private final long channels;
  private final long pixels;
  private final long positions;
  private final int taps;
  private final int images;

  PoolingAny(Step step, Primitive.Pool pool) {
    kind = pool.kind();
    first = step.inputs().get(0);
    last = step.inputs().get(step.inputs().size() - 1);
    output = step.output();
    dtype = output.type().dtype();
    Shape data = kind.data(step.inputs(), output).type().shape();
    List<WindowAxis> list = pool.axes();
    axes = list.toArray(new WindowAxis[0]);
    extents = new long[axes.length];
    windows = new long[axes.length];
    long pixels = 1;
    long positions = 1;
    long taps = 1;
    for (int axis = 0; axis < axes.length; axis++) {
      extents[axis] = data.dim(axis + 1);
      windows[axis] = axes[axis].windows(extents[axis]);
      pixels *= extents[axis];
      positions *= windows[axis];
      taps *= axes[axis].size();
    }
    this.pixels = pixels;
    this.positions = positions;
    this.taps = Blas.extent(taps, "the size of a window");
    channels = data.dim(-1);
    images = Blas.extent(data.dim(0), "the batch");
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, images);
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    long data = part * pixels * channels;
    if (kind.isGradient()) {
      for (long i = 0; i < pixels * channels; i++) {
        put(frame, output, data + i, 0);
      }
    }
    for (long position = 0; position < positions; position++) {
      position(frame, part, position);
    }
  }

  /** Handles one window of an image, for all channels. */
  void position(Frame frame, long image, long position) {
    long data = image * pixels * channels;
    long result = (image * positions + position) * channels;
    for (long channel = 0; channel < channels; channel++) {
      window(frame, position, data + channel, result + channel);
    }
  }

  /** Handles one window: {@code data} is the image's first element of the channel. */
  private void window(Frame frame, long position, long data, long result) {
    long best = -1;
    double greatest = Double.NEGATIVE_INFINITY;
    double sum = 0;
    int count = 0;
    boolean searching = kind != Primitive.Pool.Kind.AVERAGE_GRADIENT;
    for (int tap = 0; tap < taps; tap++) {
      long pixel = pixel(position, tap);
      if (pixel < 0) {
        continue;
      }
      count++;
      long element = data + pixel * channels;
      if (searching) {
        double value = get(frame, first, element);
        sum += value;
        if (best < 0) {
          best = element;
        }
        if (!(value <= greatest) && !Double.isNaN(greatest)) {
          best = element;
          greatest = value;
        }
      }
    }
    switch (kind) {
      case MAX -> put(frame, output, result, greatest);
      case AVERAGE -> put(frame, output, result, count == 0 ? 0 : sum / count);
      case MAX_GATHER -> put(frame, output, result, best < 0 ? 0 : get(frame, last, best));
      case MAX_GRADIENT -> {
        if (best >= 0) {
          add(frame, best, get(frame, last, result));
        }
      }
      case AVERAGE_GRADIENT -> {
        double share = get(frame, last, result) / count;
        for (int tap = 0; tap < taps; tap++) {
          long pixel = pixel(position, tap);
          if (pixel >= 0) {
            add(frame, data + pixel * channels, share);
          }
        }
      }
    }
  }

  /** Returns the pixel of an image that a window sees through a tap; -1 for padding. */
  private long pixel(long position, int tap) {
    long pixel = 0;
    long stride = 1;
    for (int axis = axes.length - 1; axis >= 0; axis--) {
      WindowAxis a = axes[axis];
      long place =
          position % windows[axis] * a.stride() + tap % a.size() * a.dilation() - a.padBefore();
      if (place < 0 || place >= extents[axis]) {
        return -1;
      }
      pixel += place * stride;
      stride *= extents[axis];
      position /= windows[axis];
      tap /= (int) a.size();
    }
    return pixel;
  }

  private void add(Frame frame, long element, double value) {
    put(frame, output, element, get(frame, output, element) + value);
  }

  private double get(Frame frame, Place place, long element) {
    long offset = frame.offset(place) + element * dtype.bytes();
    int at = (int) (offset % HostMemory.WINDOW);
    return Elements.getDouble(dtype, frame.memory(place).window(offset), at);
  }

  private void put(Frame frame, Place place, long element, double value) {
    long offset = frame.offset(place) + element * dtype.bytes();
    int at = (int) (offset % HostMemory.WINDOW);
    Elements.setDouble(dtype, frame.memory(place).window(offset), at, value);
  }
}
