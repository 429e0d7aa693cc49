package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.LaneFunction;
import io.millrace.cpu.loops.LaneLowering;
import io.millrace.cpu.loops.LoopShape;
import io.millrace.cpu.loops.Span;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.View;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Combines rows into the rows that indices name, after copying the base where the output does not
 * take its place.
 *
 * <p>A part is a range of columns, or of target rows where rows are not that long; it walks all
 * updates in their order. Updates of less than a line of the cache are not shared: to tell whose
 * each is takes as long as to do it.
 */
public final class ScatterKernel implements PartKernel {
  /** Elements of a row that are combined together. */
  private static final int PIECE = 1 << 15;

  /** Updates whose indices one window holds. */
  private static final int RUN = 1 << 16;

  /** Fewer elements are combined one by one. */
  private static final int SPAN = 16;

  /** Bytes of a row that one worker changes: a line of the cache. */
  private static final int LINE = 64;

  private static final long SHARED_WORK = 1 << 15;

  private final Combine combine;
  private final Optional<MoveKernel> copy;
  private final Optional<Span> span;
  private final Place indices;
  private final Place updates;
  private final Place output;
  private final boolean floating;
  private final boolean wide;
  private final int bytes;
  private final long rows;
  private final long inner;
  private final long count;

  public ScatterKernel(Step step, Primitive.Scatter scatter, Spans spans) {
    combine = scatter.combine();
    indices = step.inputs().get(1);
    updates = step.inputs().get(2);
    output = step.output();
    DType dtype = output.type().dtype();
    floating = dtype.isFloating();
    wide = indices.type().dtype().bytes() == Long.BYTES;
    bytes = dtype.bytes();
    Shape shape = output.type().shape();
    rows = shape.dim(0);
    inner = shape.dim(1);
    count = indices.type().shape().dim(0);
    Place base = step.inputs().get(0);
    copy = base.sameStart(output) ? Optional.empty() : Optional.of(copy(step, base));
    span =
        scatter
            .combine()
            .function()
            .map(
                fn -> {
                  ScalarBuilder builder = new ScalarBuilder();
                  Scalar x = builder.parameter(dtype);
                  LaneFunction function =
                      LaneLowering.lower(
                          builder.build(List.of(x.apply(fn, builder.parameter(dtype)))));
                  return spans.get(new LoopShape(function, List.of(false, false)));
                });
  }

  private static MoveKernel copy(Step step, Place base) {
    Shape flat = Shape.of(base.type().shape().size());
    View dense = View.dense(flat);
    Primitive.Move move =
        new Primitive.Move(
            List.of(new Primitive.Move.Piece(0, flat, dense, dense)), Optional.empty());
    return new MoveKernel(new Step(move, List.of(base), step.outputs(), step.origin()), move);
  }

  @Override
  public void run(Frame frame) {
    if (copy.isPresent()) {
      copy.get().run(frame);
    }
    frame.pool().run(frame, this, parts(frame));
  }

  private int parts(Frame frame) {
    boolean shared = count * inner >= SHARED_WORK && inner * bytes >= LINE;
    return shared ? frame.pool().workers() : 1;
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    int parts = parts(frame);
    int line = LINE / bytes;
    if (inner >= 2L * line * parts) {
      long share = (inner + parts - 1) / parts;
      long columns = (share + line - 1) / line * line;
      long end = Math.min(inner, (part + 1) * columns);
      for (long first = part * columns; first < end; first += PIECE) {
        combine(frame, worker, 0, rows, first, (int) Math.min(PIECE, end - first));
      }
      return;
    }
    long low = part * rows / parts;
    long high = (part + 1) * rows / parts;
    for (long first = 0; first < inner; first += PIECE) {
      combine(frame, worker, low, high, first, (int) Math.min(PIECE, inner - first));
    }
  }

  /** Combines a piece of every update whose target lies in a range of rows. */
  private void combine(Frame frame, int worker, long low, long high, long column, int columns) {
    HostMemory names = frame.memory(indices);
    HostMemory source = frame.memory(updates);
    HostMemory target = frame.memory(output);
    // A window holds all these rows and updates, or one piece of a longer row.
    long pitch = inner * bytes;
    long together = Math.max(1, HostMemory.WINDOW / pitch);
    long run = Math.min(RUN, together);
    for (long first = low; first < high; first += together) {
      long end = Math.min(high, first + together);
      long to = frame.offset(output) + first * pitch + column * bytes;
      for (long update = 0; update < count; update += run) {
        long name = frame.offset(indices) + update * indices.type().dtype().bytes();
        long from = frame.offset(updates) + update * pitch + column * bytes;
        Worker operands = frame.worker(worker);
        operands.operand(0, target, to);
        operands.operand(1, source, from);
        operands.operand(2, target, to);
        combine(
            operands,
            names.window(name),
            (int) (name % HostMemory.WINDOW),
            (int) Math.min(run, count - update),
            first,
            end,
            columns);
      }
    }
  }

  /** Combines the updates of one run: the worker's operands are the first row and update. */
  private void combine(
      Worker worker, ByteBuffer names, int name, int run, long low, long high, int columns) {
    if (span.isEmpty()) {
      set(worker, names, name, run, low, high, columns * bytes);
    } else if (columns >= SPAN) {
      spans(span.get(), worker, names, name, run, low, high, columns);
    } else {
      elements(worker, names, name, run, low, high, columns);
    }
  }

  private void set(
      Worker worker, ByteBuffer names, int name, int run, long low, long high, int length) {
    ByteBuffer out = worker.buffers[0];
    ByteBuffer in = worker.buffers[1];
    int to = worker.positions[0];
    int from = worker.positions[1];
    int pitch = (int) inner * bytes;
    for (int i = 0; i < run; i++) {
      long row = Indices.get(names, name, i, wide);
      if (row >= low && row < high) {
        out.put(to + (int) (row - low) * pitch, in, from + i * pitch, length);
      }
    }
  }

  private void spans(
      Span loop,
      Worker worker,
      ByteBuffer names,
      int name,
      int run,
      long low,
      long high,
      int columns) {
    int[] positions = worker.positions;
    long[] addresses = worker.addresses;
    int to = positions[0];
    int from = positions[1];
    long toAddress = addresses[0];
    long fromAddress = addresses[1];
    int pitch = (int) inner * bytes;
    for (int i = 0; i < run; i++) {
      long row = Indices.get(names, name, i, wide);
      if (row >= low && row < high) {
        int place = (int) (row - low) * pitch;
        positions[0] = to + place;
        int update = i * pitch;
        positions[1] = from + update;
        positions[2] = to + place;
        addresses[0] = toAddress + place;
        addresses[1] = fromAddress + update;
        addresses[2] = toAddress + place;
        loop.run(worker, columns, false);
      }
    }
  }

  private void elements(
      Worker worker, ByteBuffer names, int name, int run, long low, long high, int columns) {
    ByteBuffer out = worker.buffers[0];
    ByteBuffer in = worker.buffers[1];
    int to = worker.positions[0];
    int from = worker.positions[1];
    int pitch = (int) inner * bytes;
    for (int c = 0; c < columns * bytes; c += bytes) {
      for (int i = 0; i < run; i++) {
        long row = Indices.get(names, name, i, wide);
        if (row >= low && row < high) {
          join(out, to + (int) (row - low) * pitch + c, in, from + i * pitch + c);
        }
      }
    }
  }

  private void join(ByteBuffer out, int at, ByteBuffer in, int place) {
    if (floating && bytes == Float.BYTES) {
      out.putFloat(at, (float) join(out.getFloat(at), in.getFloat(place)));
    } else if (floating) {
      out.putDouble(at, join(out.getDouble(at), in.getDouble(place)));
    } else {
      switch (bytes) {
        case 4 -> out.putInt(at, (int) join((long) out.getInt(at), in.getInt(place)));
        case 8 -> out.putLong(at, join(out.getLong(at), in.getLong(place)));
        default -> out.put(at, (byte) join(out.get(at) & 0xFFL, in.get(place) & 0xFFL));
      }
    }
  }

  /** Returns two floats' combination too, once rounded: double is more than twice as precise. */
  private double join(double x, double u) {
    return switch (combine) {
      case ADD -> x + u;
      case SUB -> x - u;
      case MUL -> x * u;
      case MIN -> Math.min(x, u);
      case MAX -> Math.max(x, u);
      case SET -> u;
    };
  }

  private long join(long x, long u) {
    return switch (combine) {
      case ADD -> x + u;
      case SUB -> x - u;
      case MUL -> x * u;
      case MIN -> Math.min(x, u);
      case MAX -> Math.max(x, u);
      case SET -> u;
    };
  }
}
