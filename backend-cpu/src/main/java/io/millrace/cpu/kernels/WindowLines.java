package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.ir.WindowAxis;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.Shape;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Which lines and elements of a tensor {@code [n, spatial..., c]} sliding windows see, where a line
 * is what lies along the last spatial axis.
 */
final class WindowLines {
  final int leads;
  final int taps;
  final int lastExtent;
  final int lastWindows;
  final long linesIn;
  final long linesOut;
  private final WindowAxis[] leading;
  private final long[] extents;
  private final long[] windows;
  private final WindowAxis last;

  WindowLines(List<WindowAxis> axes, Shape data) {
    int rank = axes.size() - 1;
    last = axes.get(rank);
    leading = axes.subList(0, rank).toArray(new WindowAxis[0]);
    extents = data.slice(1, rank + 1).dims();
    windows = new long[rank];
    long in = 1;
    long out = 1;
    int combinations = 1;
    for (int axis = 0; axis < rank; axis++) {
      windows[axis] = leading[axis].windows(extents[axis]);
      in *= extents[axis];
      out *= windows[axis];
      combinations *= (int) leading[axis].size();
    }
    linesIn = in;
    linesOut = out;
    leads = combinations;
    taps = (int) last.size();
    lastExtent = (int) data.dim(-2);
    lastWindows = (int) last.windows(lastExtent);
  }

  int stride() {
    return (int) last.stride();
  }

  /** Returns the line of the data that a line of the result sees through a tap; -1 for padding. */
  long source(long line, int lead) {
    long source = 0;
    long scale = 1;
    long rest = line;
    for (int axis = leading.length - 1; axis >= 0; axis--) {
      WindowAxis a = leading[axis];
      int size = (int) a.size();
      long place = rest % windows[axis] * a.stride() + lead % size * a.dilation() - a.padBefore();
      if (place < 0 || place >= extents[axis]) {
        return -1;
      }
      source += place * scale;
      scale *= extents[axis];
      rest /= windows[axis];
      lead /= size;
    }
    return source + rest * scale;
  }

  /** Returns the line of the result that sees a line of the data through a tap; -1 if none does. */
  long target(long line, int lead) {
    long target = 0;
    long scale = 1;
    long rest = line;
    for (int axis = leading.length - 1; axis >= 0; axis--) {
      WindowAxis a = leading[axis];
      int size = (int) a.size();
      long room = rest % extents[axis] - lead % size * a.dilation() + a.padBefore();
      if (room < 0 || room % a.stride() != 0 || room / a.stride() >= windows[axis]) {
        return -1;
      }
      target += room / a.stride() * scale;
      scale *= windows[axis];
      rest /= extents[axis];
      lead /= size;
    }
    return target + rest * scale;
  }

  /** Returns the first window that sees an element of the line through a tap. */
  int begin(int tap) {
    long before = last.padBefore() - tap * last.dilation();
    return (int) Math.min(lastWindows, Math.max(0, (before + last.stride() - 1) / last.stride()));
  }

  /** Returns the window after the last one that sees an element of the line through a tap. */
  int end(int tap) {
    long room = lastExtent - 1 + last.padBefore() - tap * last.dilation();
    return room < 0 ? 0 : (int) Math.min(lastWindows, room / last.stride() + 1);
  }

  /** Returns the element of the line that window 0 sees through a tap; negative if before it. */
  int start(int tap) {
    return (int) (tap * last.dilation() - last.padBefore());
  }

  /** Copies a line of floats, all of a tensor's lines being as long, to an array. */
  static void get(Frame frame, Place place, long line, float[] into, int at, int length) {
    long offset = frame.offset(place) + line * length * 4;
    FloatBuffer floats = frame.memory(place).floats(offset);
    floats.get((int) (offset % HostMemory.WINDOW / 4), into, at, length);
  }

  /** Copies a line of floats from an array. */
  static void put(Frame frame, Place place, long line, float[] from, int at, int length) {
    long offset = frame.offset(place) + line * length * 4;
    FloatBuffer floats = frame.memory(place).floats(offset);
    floats.put((int) (offset % HostMemory.WINDOW / 4), from, at, length);
  }
}
