package io.millrace.cpu;

import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;

/**
 * Combines elements of which neighbours belong to neighbouring results, or all to one.
 *
 * <p>Several rows of results are combined as one long row of running results, which is folded at
 * the end. Each part of the domain has running results of its own; they are combined in the order
 * of the parts.
 */
final class ColumnReduceKernel implements PartKernel {
  /** Running results that are worth a loop of their own. */
  private static final int WIDE = 512;

  /** Bytes of the results of all parts. */
  private static final long MOST_PARTIAL = 1 << 20;

  private final ReduceSource source;
  private final Accumulator accumulator;
  private final Fold fold;
  private final Place output;
  private final String origin;
  private final int results;
  private final int width;
  private final int bytes;
  private final long rows;
  private final long rowsOfPart;
  private final int parts;
  private final long partialsAt;
  private final long runningAt;

  /**
   * Prepares the kernel.
   *
   * @param reduce with the reduced axes first; {@code kept} is the number of those
   */
  ColumnReduceKernel(Step step, Primitive.Reduce reduce, Spans spans) {
    fold = new Fold(reduce.reduction(), reduce.function().resultType(0));
    accumulator = new Accumulator(fold, spans);
    output = step.output();
    origin = step.origin();
    bytes = fold.type().bytes();
    results = Math.toIntExact(output.type().shape().size());
    rows = reduce.domain().slice(0, reduce.kept()).size();
    int tile = (int) Math.max(1, Math.min(WIDE / Math.max(1, results), Math.max(1, rows / 4)));
    width = results * tile;
    long most = Math.max(1, MOST_PARTIAL / Math.max(1, (long) results * bytes));
    long elements = rows * results;
    int weight =
        LaneLowering.lower(reduce.function(), LaneLowering.axes(reduce.function())).lanes().size()
            + 1;
    long wanted = Math.min(most, Parts.count(elements, Parts.size(elements, weight)));
    rowsOfPart = Math.max(1, (rows + wanted - 1) / wanted + tile - 1) / tile * tile;
    parts = Parts.count(rows, Math.max(1, rowsOfPart));
    long partials = ((long) parts * results * bytes + 63) / 64 * 64;
    source =
        new ReduceSource(
            reduce.function(),
            reduce.domain(),
            reduce.views(),
            step.inputs(),
            0,
            partials + (long) width * bytes,
            spans);
    partialsAt = source.roomAt();
    runningAt = partialsAt + partials;
  }

  @Override
  public long scratchBytes() {
    return source.scratchBytes();
  }

  @Override
  public void run(Frame frame) {
    if (results == 0) {
      return;
    }
    if (parts == 1) {
      part(frame, 0, 0);
      return;
    }
    frame.pool().run(frame, this, parts);
    for (int i = 0; i < results; i++) {
      fold.into(
          frame.scratch(0),
          partialsAt + (long) i * bytes,
          results * bytes,
          parts,
          frame.memory(output),
          output.offset() + (long) i * bytes);
    }
  }

  @Override
  public void part(Frame frame, int part, int index) {
    Worker worker = frame.worker(index);
    HostMemory running = worker.scratch();
    fold.clear(running, runningAt, width);
    try {
      long start = part * rowsOfPart;
      combine(frame, worker, start * results, Math.min(rows, start + rowsOfPart) * results);
    } catch (ArithmeticException e) {
      throw MapKernel.failure(origin, e);
    }
    // The parts' results lie in the first worker's scratch memory, before what it works with.
    HostMemory target = parts == 1 ? frame.memory(output) : frame.scratch(0);
    long to = parts == 1 ? output.offset() : partialsAt + (long) part * results * bytes;
    for (int i = 0; i < results; i++) {
      long at = (long) i * bytes;
      fold.into(running, runningAt + at, results * bytes, width / results, target, to + at);
    }
  }

  private void combine(Frame frame, Worker worker, long from, long to) {
    source.begin(frame, worker);
    worker.reserve(Accumulator.OPERANDS);
    long block = source.isDirect() ? to - from : MapLoop.BLOCK;
    long piece = block >= width ? block / width * width : block;
    long at = from;
    while (at < to) {
      long column = (at - from) % width;
      long count = Math.min(piece, to - at);
      source.compute(frame, worker, at, Math.min(count, column == 0 ? count : width - column));
      HostMemory memory = source.memory(frame, worker);
      if (column == 0 && count >= width) {
        accumulator.addAll(
            worker, worker.scratch(), runningAt, width, memory, source.offset(at), count);
      } else {
        count = Math.min(count, width - column);
        long target = runningAt + column * bytes;
        accumulator.add(worker, worker.scratch(), target, memory, source.offset(at), (int) count);
      }
      at += count;
    }
  }
}
