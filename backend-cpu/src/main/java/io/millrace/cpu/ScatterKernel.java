package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.View;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Combines rows into the rows that indices name, after copying the base where the output does not
 * take its place.
 *
 * <p>A part is a range of columns, or of target rows where rows are short; it walks all updates in
 * their order.
 */
final class ScatterKernel implements PartKernel {
  /** Elements of a row that are combined together. */
  private static final int PIECE = 1 << 15;

  /** Updates whose indices one window holds. */
  private static final int RUN = 1 << 16;

  /** Fewer elements are combined one by one. */
  private static final int SPAN = 16;

  /** Bytes of a row that one worker changes: a line of the cache. */
  private static final int LINE = 64;

  private static final long SHARED_WORK = 1 << 15;

  private final Primitive.Scatter.Combine combine;
  private final Optional<MoveKernel> copy;
  private final Optional<Span> span;
  private final Place indices;
  private final Place updates;
  private final Place output;
  private final DType dtype;
  private final boolean wide;
  private final int bytes;
  private final long rows;
  private final long inner;
  private final long count;

  ScatterKernel(Step step, Primitive.Scatter scatter, Spans spans) {
    combine = scatter.combine();
    indices = step.inputs().get(1);
    updates = step.inputs().get(2);
    output = step.output();
    dtype = output.type().dtype();
    wide = indices.type().dtype() == DType.INT64;
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
                          builder.build(List.of(x.apply(fn, builder.parameter(dtype)))), List.of());
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
    return count * inner >= SHARED_WORK ? frame.pool().workers() : 1;
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    int parts = parts(frame);
    int line = LINE / bytes;
    if (inner >= 2L * line * parts) {
      long columns = (inner / parts + line) / line * line;
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
    for (long first = 0; first < count; first += RUN) {
      long place = indices.offset() + first * indices.type().dtype().bytes();
      ByteBuffer window = names.window(place);
      int at = (int) (place % HostMemory.WINDOW);
      int run = (int) Math.min(RUN, count - first);
      for (int i = 0; i < run; i++) {
        long row = Indices.get(window, at, i, wide);
        if (row >= low && row < high) {
          long from = updates.offset() + ((first + i) * inner + column) * bytes;
          long to = output.offset() + (row * inner + column) * bytes;
          combine(frame, worker, from, to, columns);
        }
      }
    }
  }

  private void combine(Frame frame, int index, long from, long to, int columns) {
    HostMemory source = frame.memory(updates);
    HostMemory target = frame.memory(output);
    if (span.isEmpty()) {
      Packer.move(source, from, bytes, target, to, bytes, columns, bytes);
    } else if (columns >= SPAN) {
      Worker worker = frame.worker(index);
      worker.operand(0, target, to);
      worker.operand(1, source, from);
      worker.operand(2, target, to);
      span.get().run(worker, columns, false);
    } else {
      elements(source, from, target, to, columns);
    }
  }

  private void elements(HostMemory source, long from, HostMemory target, long to, int columns) {
    ByteBuffer in = source.window(from);
    ByteBuffer out = target.window(to);
    int place = (int) (from % HostMemory.WINDOW);
    int at = (int) (to % HostMemory.WINDOW);
    switch (dtype) {
      case FLOAT32 -> {
        for (int i = 0; i < 4 * columns; i += 4) {
          out.putFloat(at + i, (float) join(out.getFloat(at + i), in.getFloat(place + i)));
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < 8 * columns; i += 8) {
          out.putDouble(at + i, join(out.getDouble(at + i), in.getDouble(place + i)));
        }
      }
      case INT32 -> {
        for (int i = 0; i < 4 * columns; i += 4) {
          out.putInt(at + i, (int) join((long) out.getInt(at + i), in.getInt(place + i)));
        }
      }
      case INT64 -> {
        for (int i = 0; i < 8 * columns; i += 8) {
          out.putLong(at + i, join(out.getLong(at + i), in.getLong(place + i)));
        }
      }
      default -> {
        for (int i = 0; i < columns; i++) {
          out.put(at + i, (byte) join((long) out.get(at + i) & 0xFF, in.get(place + i) & 0xFF));
        }
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
