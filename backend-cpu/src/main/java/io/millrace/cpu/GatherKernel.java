package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.nio.ByteBuffer;

/**
 * Copies the slices that indices name, zeros for those that are not there.
 *
 * <p>A part is some of the output's slices, or of the pieces of long ones.
 */
final class GatherKernel implements PartKernel {
  /** Elements of a slice that are copied together. */
  private static final int PIECE = 1 << 15;

  /** Slices of one element that are copied together. */
  private static final int RUN = 1 << 16;

  private final Place data;
  private final Place indices;
  private final Place output;
  private final boolean wide;
  private final int bytes;
  private final long outer;
  private final long count;
  private final long wanted;
  private final long inner;
  private final long pieces;
  private final long units;
  private final long unitsOfPart;

  /** Whether slices are single elements, of which one window holds all that an index may name. */
  private final boolean elements;

  GatherKernel(Step step) {
    data = step.inputs().get(0);
    indices = step.inputs().get(1);
    output = step.output();
    wide = indices.type().dtype() == DType.INT64;
    bytes = data.type().dtype().bytes();
    Shape shape = data.type().shape();
    outer = shape.dim(1);
    count = shape.dim(2);
    wanted = indices.type().shape().dim(1);
    inner = shape.dim(3);
    pieces = (inner + PIECE - 1) / PIECE;
    units = shape.dim(0) * outer * wanted * pieces;
    unitsOfPart = Parts.size(units, (int) (4 + Math.min(inner, PIECE) / 4));
    elements = inner == 1 && count * bytes <= HostMemory.WINDOW;
  }

  @Override
  public void run(Frame frame) {
    if (units > 0) {
      frame.pool().run(frame, this, Parts.count(units, unitsOfPart));
    }
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    long end = Math.min(units, (part + 1) * unitsOfPart);
    for (long unit = part * unitsOfPart; unit < end; ) {
      if (elements) {
        int run = (int) Math.min(Math.min(RUN, end - unit), wanted - unit % wanted);
        elements(frame, unit, run);
        unit += run;
      } else {
        slice(frame, unit / pieces, unit % pieces * PIECE);
        unit++;
      }
    }
  }

  private void slice(Frame frame, long slice, long first) {
    long place = index(slice);
    HostMemory names = frame.memory(indices);
    long index = Indices.get(names.window(place), (int) (place % HostMemory.WINDOW), 0, wide);
    int length = (int) Math.min(PIECE, inner - first);
    HostMemory target = frame.memory(output);
    long to = output.offset() + (slice * inner + first) * bytes;
    if (index < 0 || index >= count) {
      Packer.clear(target, to, length * bytes);
      return;
    }
    long from = data.offset() + ((slice / wanted * count + index) * inner + first) * bytes;
    Packer.move(frame.memory(data), from, bytes, target, to, bytes, length, bytes);
  }

  /** Returns the byte at which the index of a slice of the output is. */
  private long index(long slice) {
    long index = slice / wanted / outer * wanted + slice % wanted;
    return indices.offset() + index * indices.type().dtype().bytes();
  }

  /** Copies neighbours that come from one line of the data. */
  private void elements(Frame frame, long first, int run) {
    long line = data.offset() + first / wanted * count * bytes;
    long place = index(first);
    long to = output.offset() + first * bytes;
    ByteBuffer source = frame.memory(data).window(line);
    ByteBuffer names = frame.memory(indices).window(place);
    ByteBuffer target = frame.memory(output).window(to);
    int from = (int) (line % HostMemory.WINDOW);
    int name = (int) (place % HostMemory.WINDOW);
    int at = (int) (to % HostMemory.WINDOW);
    switch (bytes) {
      case 4 -> {
        for (int i = 0; i < run; i++) {
          long index = Indices.get(names, name, i, wide);
          boolean there = index >= 0 && index < count;
          target.putInt(at + 4 * i, there ? source.getInt(from + 4 * (int) index) : 0);
        }
      }
      case 8 -> {
        for (int i = 0; i < run; i++) {
          long index = Indices.get(names, name, i, wide);
          boolean there = index >= 0 && index < count;
          target.putLong(at + 8 * i, there ? source.getLong(from + 8 * (int) index) : 0);
        }
      }
      default -> {
        for (int i = 0; i < run; i++) {
          long index = Indices.get(names, name, i, wide);
          boolean there = index >= 0 && index < count;
          target.put(at + i, there ? source.get(from + (int) index) : 0);
        }
      }
    }
  }
}
