package io.millrace.cpu;

import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;

/** Combines rows of elements, each to one result; many short rows are computed at a time. */
final class RowReduceKernel implements PartKernel {
  /** Rows at least this long are combined into running results first. */
  private static final int LONG = 256;

  private final ReduceSource source;
  private final Accumulator accumulator;
  private final Fold fold;
  private final Place output;
  private final String origin;
  private final int bytes;
  private final long row;
  private final long rows;
  private final boolean running;
  private final int width;
  private final long rowsOfPart;
  private final int parts;

  RowReduceKernel(Step step, Primitive.Reduce reduce, Spans spans) {
    fold = new Fold(reduce.reduction(), reduce.function().resultType(0));
    accumulator = new Accumulator(fold, spans);
    output = step.output();
    origin = step.origin();
    bytes = fold.type().bytes();
    rows = output.type().shape().size();
    row = reduce.domain().slice(reduce.kept(), reduce.domain().rank()).size();
    running = row >= LONG && bytes >= 4;
    width = row >= 16 * LONG ? 2 * LONG : LONG / 4;
    source =
        new ReduceSource(
            reduce.function(),
            reduce.domain(),
            reduce.views(),
            step.inputs(),
            0,
            (long) width * bytes,
            spans);
    long elements = Parts.size(rows * row, source.weight());
    rowsOfPart = Math.max(1, elements / Math.max(1, row));
    parts = Parts.count(rows, rowsOfPart);
  }

  @Override
  public long scratchBytes() {
    return source.scratchBytes();
  }

  @Override
  public void run(Frame frame) {
    if (row == 0) {
      fold.clear(frame.memory(output), output.offset(), Math.toIntExact(rows));
    } else if (parts == 1) {
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
      worker.reserve(Accumulator.OPERANDS);
      if (row <= MapLoop.BLOCK && !running) {
        shortRows(frame, worker, from, to);
      } else {
        for (long i = from; i < to; i++) {
          longRow(frame, worker, i);
        }
      }
    } catch (ArithmeticException e) {
      throw MapKernel.failure(origin, e);
    }
  }

  private void shortRows(Frame frame, Worker worker, long from, long to) {
    long block = MapLoop.BLOCK / row;
    HostMemory target = frame.memory(output);
    for (long first = from; first < to; first += block) {
      int count = (int) Math.min(block, to - first);
      source.compute(frame, worker, first * row, count * row);
      HostMemory memory = source.memory(frame, worker);
      long at = source.offset(first * row);
      for (int i = 0; i < count; i++) {
        long result = output.offset() + (first + i) * bytes;
        fold.into(memory, at + i * row * bytes, bytes, (int) row, target, result);
      }
    }
  }

  private void longRow(Frame frame, Worker worker, long i) {
    HostMemory scratch = worker.scratch();
    long room = source.roomAt();
    fold.clear(scratch, room, width);
    for (long done = 0; done < row; ) {
      int count = (int) Math.min(MapLoop.BLOCK, row - done);
      source.compute(frame, worker, i * row + done, count);
      HostMemory memory = source.memory(frame, worker);
      long at = source.offset(i * row + done);
      if (running) {
        accumulator.addAll(worker, scratch, room, width, memory, at, count);
      } else {
        // Small integers and booleans: the first running result takes them all.
        fold.into(memory, at, bytes, count, scratch, room + bytes);
        fold.into(scratch, room, bytes, 2, scratch, room);
      }
      done += count;
    }
    HostMemory target = frame.memory(output);
    fold.into(scratch, room, bytes, running ? width : 1, target, output.offset() + i * bytes);
  }
}
