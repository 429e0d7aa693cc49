package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.Fold;
import io.millrace.cpu.loops.MapLoop;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.loops.ReduceInput;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;

/** Finds the position of the first greatest or least element of each row, or of the first NaN. */
final class PositionKernel implements PartKernel {
  private final Fold fold;
  private final boolean greatest;
  private final ReduceInput source;
  private final Place output;
  private final Origin origin;
  private final long rows;
  private final long length;
  private final long rowsOfPart;

  PositionKernel(Step step, Primitive.Reduce reduce, Spans spans) {
    Shape domain = reduce.domain();
    fold = new Fold(reduce.reduction(), reduce.function().resultType(0));
    greatest = reduce.reduction() == Reduction.ARG_MAX;
    source = new ReduceInput(reduce.function(), domain, reduce.views(), step.inputs(), spans);
    output = step.output();
    origin = step.origin();
    rows = domain.slice(0, reduce.kept()).size();
    length = domain.slice(reduce.kept(), domain.rank()).size();
    rowsOfPart = Math.max(1, Parts.size(rows * length, source.weight() * 4) / length);
  }

  @Override
  public long scratchBytes() {
    return source.scratchBytes();
  }

  @Override
  public int operands() {
    return source.operands();
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, Parts.count(rows, rowsOfPart));
  }

  @Override
  public void part(Frame frame, int part, int index) {
    Worker worker = frame.worker(index);
    HostMemory target = frame.memory(output);
    long end = Math.min(rows, (part + 1) * rowsOfPart);
    // Short rows are computed together; longer ones in pieces.
    long together = Math.max(1, MapLoop.BLOCK / length);
    try {
      source.begin(frame, worker);
      for (long row = part * rowsOfPart; row < end; row += together) {
        long count = Math.min(together, end - row);
        if (length <= MapLoop.BLOCK) {
          source.compute(frame, worker, row * length, count * length);
        }
        for (long i = row; i < row + count; i++) {
          long found =
              fold.type().isFloating()
                  ? floating(frame, worker, i, row)
                  : integer(frame, worker, i, row);
          long at = frame.offset(output) + i * 8;
          target.window(at).putLong((int) (at % HostMemory.WINDOW), found);
        }
      }
    } catch (ArithmeticException e) {
      throw MapKernel.failure(origin, e);
    }
  }

  /** Returns the byte at which a piece of a row is, computing it unless the block has it. */
  private long locate(Frame frame, Worker worker, long row, long block, long done, long piece) {
    long start = row * length + done;
    if (length > MapLoop.BLOCK) {
      source.compute(frame, worker, start, piece);
      return source.offset(frame, start);
    }
    return source.offset(frame, block * length) + (row - block) * length * fold.type().bytes();
  }

  private long floating(Frame frame, Worker worker, long row, long block) {
    double best = fold.noDouble();
    long found = 0;
    for (long done = 0; done < length; done += MapLoop.BLOCK) {
      int piece = (int) Math.min(MapLoop.BLOCK, length - done);
      long at = locate(frame, worker, row, block, done, piece);
      ByteBuffer buffer = source.memory(frame, worker).window(at);
      int position = (int) (at % HostMemory.WINDOW);
      for (int i = 0; i < piece; i++) {
        double value = fold.floating(buffer, position + i * fold.type().bytes());
        if (!(greatest ? value <= best : value >= best)) {
          best = value;
          found = done + i;
          if (Double.isNaN(value)) {
            return found;
          }
        }
      }
    }
    return found;
  }

  private long integer(Frame frame, Worker worker, long row, long block) {
    long best = fold.noLong();
    long found = 0;
    for (long done = 0; done < length; done += MapLoop.BLOCK) {
      int piece = (int) Math.min(MapLoop.BLOCK, length - done);
      long at = locate(frame, worker, row, block, done, piece);
      ByteBuffer buffer = source.memory(frame, worker).window(at);
      int position = (int) (at % HostMemory.WINDOW);
      for (int i = 0; i < piece; i++) {
        long value = fold.integer(buffer, position + i * fold.type().bytes());
        if (greatest ? value > best : value < best) {
          best = value;
          found = done + i;
        }
      }
    }
    return found;
  }
}
