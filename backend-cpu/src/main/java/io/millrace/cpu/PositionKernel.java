package io.millrace.cpu;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.nio.ByteBuffer;

/** Finds in each row the first greatest or least element; NaN is passed over. */
final class PositionKernel implements PartKernel {
  private final ReduceSource source;
  private final Fold fold;
  private final boolean greatest;
  private final Place output;
  private final String origin;
  private final int bytes;
  private final long row;
  private final long rows;
  private final long rowsOfPart;
  private final int parts;

  PositionKernel(Step step, Primitive.Reduce reduce, Spans spans) {
    greatest = reduce.reduction() == Reduction.ARG_MAX;
    fold = new Fold(reduce.reduction(), reduce.function().resultType(0));
    output = step.output();
    origin = step.origin();
    bytes = fold.type().bytes();
    rows = output.type().shape().size();
    row = reduce.domain().slice(reduce.kept(), reduce.domain().rank()).size();
    source =
        new ReduceSource(
            reduce.function(), reduce.domain(), reduce.views(), step.inputs(), 0, 0, spans);
    long elements = Parts.size(rows * row, source.weight() + 2);
    rowsOfPart = Math.max(1, elements / Math.max(1, row));
    parts = Parts.count(rows, rowsOfPart);
  }

  @Override
  public long scratchBytes() {
    return source.scratchBytes();
  }

  @Override
  public void run(Frame frame) {
    if (parts == 1) {
      part(frame, 0, 0);
    } else {
      frame.pool().run(frame, this, parts);
    }
  }

  @Override
  public void part(Frame frame, int part, int index) {
    Worker worker = frame.worker(index);
    long from = part * rowsOfPart;
    long to = Math.min(rows, from + rowsOfPart);
    try {
      source.begin(frame, worker);
      for (long i = from; i < to; i++) {
        long position =
            fold.type().isFloating() ? floating(frame, worker, i) : integer(frame, worker, i);
        long at = output.offset() + 8 * i;
        HostMemory target = frame.memory(output);
        target.window(at).putLong((int) (at % HostMemory.WINDOW), position);
      }
    } catch (ArithmeticException e) {
      throw MapKernel.failure(origin, e);
    }
  }

  private long floating(Frame frame, Worker worker, long i) {
    double best = Double.NaN;
    long position = 0;
    for (long done = 0; done < row; done += MapLoop.BLOCK) {
      int count = (int) Math.min(MapLoop.BLOCK, row - done);
      source.compute(frame, worker, i * row + done, count);
      long offset = source.offset(i * row + done);
      ByteBuffer buffer = source.memory(frame, worker).window(offset);
      int at = (int) (offset % HostMemory.WINDOW);
      for (int k = 0; k < count; k++) {
        double value = fold.floating(buffer, at + k * bytes);
        if (greatest ? value > best : value < best) {
          best = value;
          position = done + k;
        } else if (Double.isNaN(best) && !Double.isNaN(value)) {
          best = value;
          position = done + k;
        }
      }
    }
    return position;
  }

  private long integer(Frame frame, Worker worker, long i) {
    long best = 0;
    long position = -1;
    for (long done = 0; done < row; done += MapLoop.BLOCK) {
      int count = (int) Math.min(MapLoop.BLOCK, row - done);
      source.compute(frame, worker, i * row + done, count);
      long offset = source.offset(i * row + done);
      ByteBuffer buffer = source.memory(frame, worker).window(offset);
      int at = (int) (offset % HostMemory.WINDOW);
      for (int k = 0; k < count; k++) {
        long value = fold.integer(buffer, at + k * bytes);
        if (position < 0 || (greatest ? value > best : value < best)) {
          best = value;
          position = done + k;
        }
      }
    }
    return position;
  }
}
