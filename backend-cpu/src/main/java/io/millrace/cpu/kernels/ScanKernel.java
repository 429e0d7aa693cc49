package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.Fold;
import io.millrace.cpu.loops.LaneFunction;
import io.millrace.cpu.loops.LaneLowering;
import io.millrace.cpu.loops.LoopShape;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.loops.Span;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Combines along an axis all elements up to each, in the axis's order.
 *
 * <p>A unit of work is a block of neighbouring lines, which are combined row by row, or all short
 * rows of an outer index, line by line.
 */
public final class ScanKernel implements PartKernel {
  /** Columns of a block; with fewer, rows are too short for a loop over each. */
  private static final int COLUMNS = 1024;

  private static final int LEAST_COLUMNS = 16;

  /** Elements of a line that one window holds. */
  private static final int RUN = 1 << 16;

  private final Fold fold;
  private final Span span;
  private final boolean exclusive;
  private final boolean reverse;
  private final Place input;
  private final Place output;
  private final int bytes;
  private final long length;
  private final long inner;
  private final long blocks;
  private final long units;
  private final long unitsOfPart;

  public ScanKernel(Step step, Primitive.Scan scan, Spans spans) {
    input = step.inputs().get(0);
    output = step.output();
    DType dtype = output.type().dtype();
    bytes = dtype.bytes();
    fold = new Fold(scan.reduction(), dtype);
    exclusive = scan.exclusive();
    reverse = scan.reverse();
    Shape shape = output.type().shape();
    length = shape.dim(1);
    inner = shape.dim(2);
    blocks = inner < LEAST_COLUMNS ? 1 : (inner + COLUMNS - 1) / COLUMNS;
    units = shape.size() == 0 ? 0 : shape.dim(0) * blocks;
    long work = length * Math.min(inner, COLUMNS);
    unitsOfPart = Math.max(1, Parts.size(units * work, 4) / Math.max(1, work));
    ScalarBuilder builder = new ScalarBuilder();
    Scalar so = builder.parameter(dtype);
    LaneFunction function =
        LaneLowering.lower(
            builder.build(List.of(so.apply(fold.function(), builder.parameter(dtype)))));
    span = spans.get(new LoopShape(function, List.of(false, false)));
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
    for (long unit = part * unitsOfPart; unit < end; unit++) {
      long first = unit / blocks * length * inner;
      if (inner < LEAST_COLUMNS) {
        for (long column = 0; column < inner; column++) {
          line(frame, first + column);
        }
      } else {
        long column = unit % blocks * COLUMNS;
        rows(frame, frame.worker(worker), first + column, (int) Math.min(COLUMNS, inner - column));
      }
    }
  }

  /** Returns the distance in bytes of a step's elements from the first step's in memory. */
  private long distance(long step) {
    return (reverse ? length - 1 - step : step) * inner * bytes;
  }

  /** Combines each row with the result for the row before. */
  private void rows(Frame frame, Worker worker, long first, int columns) {
    HostMemory source = frame.memory(input);
    HostMemory target = frame.memory(output);
    long from = frame.offset(input) + first * bytes;
    long to = frame.offset(output) + first * bytes;
    fold.clear(target, to + distance(0), columns);
    for (long step = exclusive ? 1 : 0; step < length; step++) {
      worker.operand(0, target, to + distance(Math.max(0, step - 1)));
      worker.operand(1, source, from + distance(exclusive ? step - 1 : step));
      worker.operand(2, target, to + distance(step));
      span.run(worker, columns, false);
    }
  }

  /** Combines the elements of a line. */
  private void line(Frame frame, long first) {
    HostMemory source = frame.memory(input);
    HostMemory target = frame.memory(output);
    int stride = (int) inner * bytes;
    boolean floating = fold.type().isFloating();
    double so = fold.noDouble();
    long whole = fold.noLong();
    for (long done = 0; done < length; done += RUN) {
      int count = (int) Math.min(RUN, length - done);
      // The window is that of the lowest byte.
      long low = first * bytes + distance(reverse ? done + count - 1 : done);
      ByteBuffer in = source.window(frame.offset(input) + low);
      ByteBuffer out = target.window(frame.offset(output) + low);
      int from = (int) ((frame.offset(input) + low) % HostMemory.WINDOW);
      int to = (int) ((frame.offset(output) + low) % HostMemory.WINDOW);
      int start = reverse ? (count - 1) * stride : 0;
      int step = reverse ? -stride : stride;
      if (!floating) {
        whole = integers(in, from + start, out, to + start, step, count, whole);
      } else if (bytes == 4) {
        so = floats(in, from + start, out, to + start, step, count, (float) so);
      } else {
        so = doubles(in, from + start, out, to + start, step, count, so);
      }
    }
  }

  private float floats(
      ByteBuffer in, int from, ByteBuffer out, int to, int step, int count, float before) {
    boolean sum = fold.reduction() == Reduction.SUM;
    float so = before;
    for (int i = 0; i < count; i++) {
      float x = in.getFloat(from + i * step);
      float next = sum ? so + x : so * x;
      out.putFloat(to + i * step, exclusive ? so : next);
      so = next;
    }
    return so;
  }

  private double doubles(
      ByteBuffer in, int from, ByteBuffer out, int to, int step, int count, double before) {
    double so = before;
    for (int i = 0; i < count; i++) {
      double next = fold.join(so, in.getDouble(from + i * step));
      out.putDouble(to + i * step, exclusive ? so : next);
      so = next;
    }
    return so;
  }

  private long integers(
      ByteBuffer in, int from, ByteBuffer out, int to, int step, int count, long before) {
    long so = before;
    for (int i = 0; i < count; i++) {
      long next = fold.join(so, fold.integer(in, from + i * step));
      long value = exclusive ? so : next;
      switch (bytes) {
        case 4 -> out.putInt(to + i * step, (int) value);
        case 8 -> out.putLong(to + i * step, value);
        default -> out.put(to + i * step, (byte) value);
      }
      so = next;
    }
    return so;
  }
}
