package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.Accumulator;
import io.millrace.cpu.loops.Fold;
import io.millrace.cpu.loops.MapLoop;
import io.millrace.cpu.loops.Packer;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.loops.ReduceInput;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Shape;

/**
 * Combines elements that follow each other in the domain's order, one result a row.
 *
 * <p>A row is combined lane by lane, lanes being elements so many apart; long rows in segments of
 * fixed length, whose results are combined at the end in double precision. So the error stays
 * small, and the order of the elements never depends on the number of threads.
 */
final class RowReduceKernel implements PartKernel {
  private static final long SEGMENT = 1 << 16;

  /** Segments of all rows together, beyond which they are longer. */
  private static final long MOST_SEGMENTS = 1 << 20;

  private static final int MOST_LANES = 1024;

  /** Rows up to this long are combined one by one. */
  private static final int SHORT_ROW = 64;

  private final Fold fold;
  private final ReduceInput source;
  private final Accumulator accumulator;
  private final Place output;
  private final Origin origin;
  private final int bytes;
  private final long rows;
  private final long length;
  private final long segments;
  private final long segment;
  private final long unitsOfPart;
  private final int parts;
  private final long lanesAt;
  private final long partialsAt;

  RowReduceKernel(Step step, Primitive.Reduce reduce, Spans spans) {
    Shape domain = reduce.domain();
    fold = new Fold(reduce.reduction(), reduce.function().resultType(0));
    source = new ReduceInput(reduce.function(), domain, reduce.views(), step.inputs(), spans);
    accumulator = new Accumulator(fold, spans);
    output = step.output();
    origin = step.origin();
    bytes = fold.type().bytes();
    rows = domain.slice(0, reduce.kept()).size();
    length = domain.slice(reduce.kept(), domain.rank()).size();
    segment = Math.max(SEGMENT, rows * length / MOST_SEGMENTS);
    segments = length < 2 * segment ? 1 : (length + segment - 1) / segment;
    if (segments > 1) {
      unitsOfPart = 1;
      parts = Math.toIntExact(rows * segments);
    } else {
      unitsOfPart = Math.max(1, Parts.size(rows * length, source.weight()) / length);
      parts = Parts.count(rows, unitsOfPart);
    }
    lanesAt = source.scratchBytes();
    partialsAt = lanesAt + MOST_LANES * 8L;
  }

  @Override
  public long scratchBytes() {
    return partialsAt + (segments > 1 ? parts * 8L : 0);
  }

  @Override
  public int operands() {
    return source.operands();
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
    if (segments > 1) {
      for (long row = 0; row < rows; row++) {
        joinSegments(frame, row);
      }
    }
  }

  @Override
  public void part(Frame frame, int part, int index) {
    Worker worker = frame.worker(index);
    try {
      source.begin(frame, worker);
      if (segments > 1) {
        segment(frame, worker, part);
      } else {
        long first = part * unitsOfPart;
        rows(frame, worker, first, Math.min(rows, first + unitsOfPart));
      }
    } catch (ArithmeticException e) {
      throw MapKernel.failure(origin, e);
    }
  }

  /** Reduces one segment of a long row to a number in the shared scratch memory. */
  private void segment(Frame frame, Worker worker, int unit) {
    long start = unit % segments * segment;
    long count = Math.min(segment, length - start);
    lanes(frame, worker, unit / segments * length + start, count);
    HostMemory shared = frame.scratch(0);
    long at = partialsAt + unit * 8L;
    if (fold.type().isFloating()) {
      shared.window(at).putDouble((int) (at % HostMemory.WINDOW), worker.floating);
    } else {
      shared.window(at).putLong((int) (at % HostMemory.WINDOW), worker.integer);
    }
  }

  private void joinSegments(Frame frame, long row) {
    HostMemory shared = frame.scratch(0);
    double floating = fold.noDouble();
    long integer = fold.noLong();
    for (long i = 0; i < segments; i++) {
      long at = partialsAt + (row * segments + i) * 8;
      int position = (int) (at % HostMemory.WINDOW);
      if (fold.type().isFloating()) {
        floating = fold.join(floating, shared.window(at).getDouble(position));
      } else {
        integer = fold.join(integer, shared.window(at).getLong(position));
      }
    }
    store(frame, row, floating, integer);
  }

  private void store(Frame frame, long row, double floating, long integer) {
    HostMemory target = frame.memory(output);
    long to = frame.offset(output) + row * bytes;
    if (fold.type().isFloating()) {
      fold.store(target, to, floating);
    } else {
      fold.store(target, to, integer);
    }
  }

  private void rows(Frame frame, Worker worker, long from, long to) {
    if (length > SHORT_ROW) {
      for (long row = from; row < to; row++) {
        lanes(frame, worker, row * length, length);
        store(frame, row, worker.floating, worker.integer);
      }
      return;
    }
    HostMemory target = frame.memory(output);
    long block = source.isDirect() ? to - from : MapLoop.BLOCK / length;
    for (long row = from; row < to; row += block) {
      int count = (int) Math.min(block, to - row);
      source.compute(frame, worker, row * length, count * length);
      HostMemory memory = source.memory(frame, worker);
      long at = source.offset(frame, row * length);
      long out = frame.offset(output) + row * bytes;
      for (int i = 0; i < count; i++) {
        fold.into(
            memory, at + i * length * bytes, bytes, (int) length, target, out + (long) i * bytes);
      }
    }
  }

  /** Reduces many elements to one, left in the worker. */
  private void lanes(Frame frame, Worker worker, long start, long count) {
    HostMemory scratch = worker.scratch();
    int width = (int) Math.min(MOST_LANES, Long.highestOneBit(Math.max(1, count / 4)));
    int lanes = 0;
    long block = source.isDirect() ? count : MapLoop.BLOCK;
    for (long done = 0; done < count; done += block) {
      long piece = Math.min(block, count - done);
      source.compute(frame, worker, start + done, piece);
      HostMemory memory = source.memory(frame, worker);
      long at = source.offset(frame, start + done);
      long rest = piece;
      if (lanes == 0) {
        lanes = (int) Math.min(width, piece);
        Packer.pack(memory, at, bytes, scratch, lanesAt, lanes, bytes);
        at += (long) lanes * bytes;
        rest -= lanes;
      }
      accumulator.addAll(worker, scratch, lanesAt, lanes, memory, at, rest);
    }
    while (lanes > 32 && (lanes & 1) == 0) {
      lanes /= 2;
      accumulator.add(worker, scratch, lanesAt, scratch, lanesAt + (long) lanes * bytes, lanes);
    }
    if (fold.type().isFloating()) {
      worker.floating = fold.doubles(scratch, lanesAt, bytes, lanes);
    } else {
      worker.integer = fold.longs(scratch, lanesAt, bytes, lanes);
    }
  }
}
