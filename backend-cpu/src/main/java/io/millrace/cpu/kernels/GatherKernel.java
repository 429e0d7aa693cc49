package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.Packer;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;

/**
 * Copies what begins at the slices that indices name, zeros where that is not there.
 *
 * <p>A part is some of the output's slices, or of the pieces of long ones.
 */
public final class GatherKernel implements PartKernel {
  /** Elements of a slice that are copied together, and least elements of a part. */
  private static final int PIECE = 1 << 15;

  /** Elements that finding a slice takes as long as. */
  private static final int FINDING = 4;

  /** Slices that are copied together. */
  private static final int RUN = 1 << 12;

  private final Place data;
  private final Place indices;
  private final Place output;
  private final boolean wide;
  private final int bytes;
  private final long outer;

  /** Elements of which an index counts slices. */
  private final long line;

  /** Elements of a slice. */
  private final long slice;

  /** How many indices name something. */
  private final long count;

  private final long wanted;

  /** Elements that are copied for an index. */
  private final long inner;

  private final long pieces;
  private final long units;
  private final long unitsOfPart;

  /** Whether slices are whole, and one window holds all that an index may name. */
  private final boolean near;

  public GatherKernel(Step step) {
    data = step.inputs().get(0);
    indices = step.inputs().get(1);
    output = step.output();
    wide = indices.type().dtype().bytes() == Long.BYTES;
    bytes = data.type().dtype().bytes();
    Shape shape = data.type().shape();
    outer = shape.dim(1);
    line = shape.dim(2) * shape.dim(3);
    slice = shape.dim(3);
    count = Primitive.Gather.indices(shape, output.type().shape());
    wanted = indices.type().shape().dim(1);
    inner = output.type().shape().dim(3);
    pieces = (inner + PIECE - 1) / PIECE;
    units = shape.dim(0) * outer * wanted * pieces;
    long least = PIECE / (FINDING + Math.min(inner, PIECE));
    unitsOfPart = Math.max((units + 63) / 64, Math.max(1, least));
    near = pieces <= 1 && line * bytes <= HostMemory.WINDOW;
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
      if (near) {
        int run = (int) Math.min(Math.min(RUN, end - unit), wanted - unit % wanted);
        slices(frame, unit, run);
        unit += run;
      } else {
        piece(frame, unit / pieces, unit % pieces * PIECE);
        unit++;
      }
    }
  }

  private void piece(Frame frame, long number, long first) {
    long place = index(frame, number);
    HostMemory names = frame.memory(indices);
    long index = Indices.get(names.window(place), (int) (place % HostMemory.WINDOW), 0, wide);
    int length = (int) Math.min(PIECE, inner - first);
    HostMemory target = frame.memory(output);
    long to = frame.offset(output) + (number * inner + first) * bytes;
    if (index < 0 || index >= count) {
      Packer.clear(target.window(to), (int) (to % HostMemory.WINDOW), length * bytes);
      return;
    }
    long from = frame.offset(data) + (number / wanted * line + index * slice + first) * bytes;
    Packer.move(frame.memory(data), from, bytes, target, to, bytes, length, bytes);
  }

  /** Returns the byte at which the index of a slice of the output is. */
  private long index(Frame frame, long slice) {
    long index = slice / wanted / outer * wanted + slice % wanted;
    return frame.offset(indices) + index * indices.type().dtype().bytes();
  }

  /** Copies neighbours that come from one line of the data. */
  private void slices(Frame frame, long first, int run) {
    long begin = frame.offset(data) + first / wanted * line * bytes;
    long place = index(frame, first);
    long to = frame.offset(output) + first * inner * bytes;
    ByteBuffer source = frame.memory(data).window(begin);
    ByteBuffer names = frame.memory(indices).window(place);
    ByteBuffer target = frame.memory(output).window(to);
    int from = (int) (begin % HostMemory.WINDOW);
    int name = (int) (place % HostMemory.WINDOW);
    int at = (int) (to % HostMemory.WINDOW);
    int length = (int) inner * bytes;
    int apart = (int) slice * bytes;
    switch (length) {
      case 4 -> {
        for (int i = 0; i < run; i++) {
          long index = Indices.get(names, name, i, wide);
          boolean there = index >= 0 && index < count;
          target.putInt(at + 4 * i, there ? source.getInt(from + apart * (int) index) : 0);
        }
      }
      case 8 -> {
        for (int i = 0; i < run; i++) {
          long index = Indices.get(names, name, i, wide);
          boolean there = index >= 0 && index < count;
          target.putLong(at + 8 * i, there ? source.getLong(from + apart * (int) index) : 0);
        }
      }
      default -> {
        for (int i = 0; i < run; i++) {
          long index = Indices.get(names, name, i, wide);
          if (index >= 0 && index < count) {
            target.put(at + i * length, source, from + (int) index * apart, length);
          } else {
            Packer.clear(target, at + i * length, length);
          }
        }
      }
    }
  }
}
