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
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Combines whole rows into a row of results: for reductions along axes outside the one along which
 * memory runs.
 *
 * <p>The domain is walked as outer kept axes, then reduced axes, then the last kept ones, the
 * columns. Few columns are widened to a tile of several rows. Rows are divided into segments of a
 * fixed number, whose results are combined at the end.
 */
final class ColumnReduceKernel implements PartKernel {
  /** Elements of a segment, at least. */
  private static final long SEGMENT = 1 << 16;

  /** More pieces than this gain nothing, and their results would take much memory. */
  private static final long MOST_UNITS = 128;

  private final Fold fold;
  private final ReduceInput source;
  private final Accumulator accumulator;
  private final Place output;
  private final Origin origin;
  private final int bytes;
  private final long outer;
  private final long rows;
  private final long columns;

  /** Columns that are done at a time. */
  private final int width;

  /** Rows that lie in one tile, one after another. */
  private final int tile;

  private final long strips;
  private final long segmentRows;
  private final long segments;
  private final long unitsOfPart;
  private final long units;
  private final long lanesAt;
  private final long partialsAt;

  ColumnReduceKernel(Step step, Primitive.Reduce reduce, Spans spans) {
    fold = new Fold(reduce.reduction(), reduce.function().resultType(0));
    accumulator = new Accumulator(fold, spans);
    output = step.output();
    origin = step.origin();
    bytes = fold.type().bytes();
    Shape domain = reduce.domain();
    int kept = reduce.kept();
    int first = firstColumnAxis(reduce);
    int[] order =
        IntStream.concat(
                IntStream.range(0, first),
                IntStream.concat(
                    IntStream.range(kept, domain.rank()), IntStream.range(first, kept)))
            .toArray();
    Shape walked = Shape.of(IntStream.of(order).mapToLong(domain::dim).toArray());
    List<View> views =
        reduce.views().stream()
            .map(v -> View.of(v.offset(), IntStream.of(order).mapToLong(v::stride).toArray()))
            .toList();
    ScalarFunction function = reorder(reduce.function(), order);
    source = new ReduceInput(function, walked, views, step.inputs(), spans);
    outer = domain.slice(0, first).size();
    rows = domain.slice(kept, domain.rank()).size();
    columns = domain.slice(first, kept).size();
    width = (int) Math.min(columns, MapLoop.BLOCK);
    tile = (int) Math.min(rows, columns >= MapLoop.BLOCK / 8 ? 1 : MapLoop.BLOCK / columns);
    strips = (columns + width - 1) / width;
    long most = Math.max(1, MOST_UNITS / (outer * strips));
    long least = Math.max(SEGMENT / width, (rows + most - 1) / most);
    segmentRows = Math.max(1, (least + tile - 1) / tile) * tile;
    segments = (rows + segmentRows - 1) / segmentRows;
    units = outer * strips * segments;
    long unit = Math.max(1, Math.min(rows, segmentRows) * width);
    unitsOfPart = Math.max(1, Parts.size(units * unit, source.weight()) / unit);
    lanesAt = source.scratchBytes();
    partialsAt = lanesAt + (long) MapLoop.BLOCK * 8;
  }

  /** Returns the first of the last kept axes that the largest operand walks as one. */
  private static int firstColumnAxis(Primitive.Reduce reduce) {
    Shape domain = reduce.domain();
    int last = ReduceKernels.lastLong(domain, 0, reduce.kept());
    int axis = reduce.kept();
    long dense = 1;
    while (axis > 0) {
      int next = axis - 1;
      long stride = dense;
      boolean follows =
          domain.dim(next) == 1
              || reduce.views().stream()
                  .anyMatch(v -> v.stride(last) == 1 && v.stride(next) == stride);
      if (!follows) {
        break;
      }
      dense *= domain.dim(next);
      axis = next;
    }
    return axis;
  }

  /** Returns the function with its coordinates renamed to another order of the axes. */
  private static ScalarFunction reorder(ScalarFunction function, int[] order) {
    List<ScalarFunction.Node> nodes = new ArrayList<>(function.nodes());
    for (int i = 0; i < nodes.size(); i++) {
      if (nodes.get(i) instanceof ScalarFunction.Index index) {
        int at = IntStream.range(0, order.length).filter(k -> order[k] == index.axis()).sum();
        nodes.set(i, new ScalarFunction.Index(at));
      }
    }
    return new ScalarFunction(function.parameters(), nodes, function.results());
  }

  @Override
  public long scratchBytes() {
    return partialsAt + (segments > 1 ? units * width * bytes : 0);
  }

  @Override
  public int operands() {
    return source.operands();
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, Parts.count(units, unitsOfPart));
    for (long strip = 0; segments > 1 && strip < outer * strips; strip++) {
      int count = count(strip % strips);
      long from = partialsAt + strip * segments * width * bytes;
      for (int i = 0; i < count; i++) {
        fold.into(
            frame.scratch(0),
            from + (long) i * bytes,
            width * bytes,
            (int) segments,
            frame.memory(output),
            target(frame, strip) + (long) i * bytes);
      }
    }
  }

  private int count(long strip) {
    return (int) Math.min(width, columns - strip * width);
  }

  /** Returns where a strip's results go. */
  private long target(Frame frame, long strip) {
    return frame.offset(output) + (strip / strips * columns + strip % strips * width) * bytes;
  }

  @Override
  public void part(Frame frame, int part, int index) {
    Worker worker = frame.worker(index);
    try {
      source.begin(frame, worker);
      long end = Math.min(units, (part + 1) * unitsOfPart);
      for (long unit = part * unitsOfPart; unit < end; unit++) {
        reduce(frame, worker, unit);
      }
    } catch (ArithmeticException e) {
      throw MapKernel.failure(origin, e);
    }
  }

  /** Combines one segment's rows of one strip of columns. */
  private void reduce(Frame frame, Worker worker, long unit) {
    long strip = unit / segments;
    long begin = unit % segments * segmentRows;
    long end = Math.min(rows, begin + segmentRows);
    int count = count(strip % strips);
    long origin = strip / strips * rows * columns + strip % strips * width;
    int lanes = (int) Math.min(tile, end - begin) * count;
    HostMemory scratch = worker.scratch();
    long first = origin + begin * columns;
    source.compute(frame, worker, first, lanes);
    HostMemory memory = source.memory(frame, worker);
    long at = source.offset(frame, first);
    Packer.pack(memory, at, bytes, scratch, lanesAt, lanes, bytes);
    long rest = end - begin - lanes / count;
    if (source.isDirect() && tile == 1) {
      long pitch = columns * bytes;
      accumulator.addRows(worker, scratch, lanesAt, count, memory, at + pitch, pitch, rest);
    } else if (source.isDirect()) {
      long next = at + (long) lanes * bytes;
      accumulator.addAll(worker, scratch, lanesAt, lanes, memory, next, rest * count);
    } else {
      for (long row = begin + tile; row < end; row += tile) {
        int piece = (int) Math.min(tile, end - row) * count;
        long start = origin + row * columns;
        source.compute(frame, worker, start, piece);
        accumulator.add(worker, scratch, lanesAt, scratch, source.offset(frame, start), piece);
      }
    }
    finish(frame, worker, unit, lanes, count);
  }

  /** Adds up the rows of the tile and stores the results. */
  private void finish(Frame frame, Worker worker, long unit, int lanes, int count) {
    boolean shared = segments > 1;
    HostMemory memory = shared ? frame.scratch(0) : frame.memory(output);
    long to = shared ? partialsAt + unit * width * bytes : target(frame, unit);
    HostMemory scratch = worker.scratch();
    // What is stored for good goes through the fold, which makes a sum of -0.0 the 0.0 it should
    // be.
    if (shared && lanes == count) {
      Packer.pack(scratch, lanesAt, bytes, memory, to, count, bytes);
      return;
    }
    int height = lanes / count;
    while (height > 8 && (height & 1) == 0) {
      height /= 2;
      int half = height * count;
      accumulator.add(worker, scratch, lanesAt, scratch, lanesAt + (long) half * bytes, half);
    }
    for (int i = 0; i < count; i++) {
      fold.into(
          scratch,
          lanesAt + (long) i * bytes,
          count * bytes,
          height,
          memory,
          to + (long) i * bytes);
    }
  }
}
