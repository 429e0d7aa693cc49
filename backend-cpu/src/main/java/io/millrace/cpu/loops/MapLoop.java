package io.millrace.cpu.loops;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Computes a scalar function over a piece of a domain, counted in the domain's order, into memory
 * where the results lie one after another.
 *
 * <p>If the innermost axis is long, each row is a span. Otherwise a span is a block of many rows.
 * Operands that do not lie one after another along a span, and coordinates, are copied into scratch
 * memory first.
 */
public final class MapLoop {
  /** Elements of a span for which operands are copied. */
  public static final int BLOCK = 2048;

  /** Rows at least this long are spans of their own. */
  private static final int LONG_ROW = 256;

  /** Longest repeated piece that is laid out once, again and again. */
  private static final long PATTERN = 1024;

  private static final int LONGEST_SPAN = 1 << 24;

  /** How an operand of a span is found. */
  private enum Source {
    /** It lies in memory as the span needs it. */
    DIRECT,
    /** One element for the whole span. */
    UNIFORM,
    /** It repeats itself; copies of it are laid out at the beginning. */
    PATTERN,
    /** It is copied for each span. */
    PACKED
  }

  private final LoopAxes axes;
  private final long size;
  private final boolean rows;
  private final boolean alignable;
  private final int limit;
  private final Source[] sources;
  private final Place[] inputs;

  /** The constants that are operands, after the function's own and coordinates. */
  private final ScalarFunction.Constant[] numbers;

  private final int firstNumber;
  private final int operands;
  private final int[] bytes;
  private final int[] resultBytes;
  private final long[] scratchAt;
  private final long scratchBytes;
  private final Span span;

  /**
   * Prepares the loop.
   *
   * @param inputs the function's operands, walked through {@code views}
   */
  public MapLoop(
      ScalarFunction function, Shape domain, List<View> views, List<Place> inputs, Spans spans) {
    List<Integer> indexed = LaneLowering.axes(function);
    numbers = function.numbers().toArray(ScalarFunction.Constant[]::new);
    List<View> all = new ArrayList<>(views);
    for (int axis : indexed) {
      long[] strides = new long[domain.rank()];
      strides[axis] = 1;
      all.add(View.of(0, strides));
    }
    firstNumber = all.size();
    for (int i = 0; i < numbers.length; i++) {
      all.add(View.of(0, new long[domain.rank()]));
    }
    axes = LoopAxes.of(domain, all);
    size = domain.size();
    rows = axes.inner() >= LONG_ROW || axes.rank() == 1;
    this.inputs = inputs.toArray(Place[]::new);
    operands = all.size();
    sources = new Source[operands];
    bytes = new int[operands];
    scratchAt = new long[operands];
    boolean aligned = !rows || axes.rank() == 1;
    boolean packs = false;
    long scratch = 0;
    for (int i = 0; i < operands; i++) {
      bytes[i] = i < views.size() ? inputs.get(i).type().dtype().bytes() : Long.BYTES;
      sources[i] = source(i);
      scratchAt[i] = scratch;
      packs |= sources[i] == Source.PACKED;
      scratch += padded(scratchElements(i) * bytes[i]);
      aligned &= sources[i] != Source.DIRECT || axes.offset(i) == 0;
    }
    alignable = aligned;
    scratchBytes = scratch;
    limit = packs || !rows ? BLOCK : LONGEST_SPAN;
    LaneFunction lanes = LaneLowering.lower(function, indexed, List.of(numbers));
    List<Boolean> uniform = new ArrayList<>(Collections.nCopies(operands, false));
    for (int i = 0; i < operands; i++) {
      uniform.set(i, sources[i] == Source.UNIFORM);
    }
    span = spans.get(new LoopShape(lanes, uniform));
    resultBytes = new int[function.results().size()];
    for (int i = 0; i < resultBytes.length; i++) {
      resultBytes[i] = function.resultType(i).bytes();
    }
  }

  private Source source(int operand) {
    boolean index = operand >= inputs.length;
    if (rows) {
      long stride = axes.innerStride(operand);
      return stride == 0 ? Source.UNIFORM : stride == 1 && !index ? Source.DIRECT : Source.PACKED;
    }
    long period = axes.period(operand);
    if (period == 0) {
      return Source.UNIFORM;
    }
    if (period == size && !index) {
      return Source.DIRECT;
    }
    return period > 0 && period <= PATTERN && period < size ? Source.PATTERN : Source.PACKED;
  }

  private long scratchElements(int operand) {
    return switch (sources[operand]) {
      case DIRECT -> 0;
      case UNIFORM -> operand < inputs.length ? 0 : 1;
      case PATTERN -> axes.period(operand) + BLOCK;
      case PACKED -> BLOCK;
    };
  }

  private static long padded(long bytes) {
    return bytes == 0 ? 0 : (bytes + 127) / 64 * 64;
  }

  /** Returns the bytes of scratch memory that a worker needs, a multiple of 64. */
  public long scratchBytes() {
    return scratchBytes;
  }

  /** Returns how many operands its spans have. */
  public int operands() {
    return operands + resultBytes.length;
  }

  /** Returns the number of points. */
  public long size() {
    return size;
  }

  /** Returns the arithmetic steps for each point. */
  public int weight() {
    return span.weight();
  }

  /** Lays out what does not change from span to span; once for each part. */
  public void begin(Frame frame, Worker worker) {
    for (int i = 0; i < operands; i++) {
      if (sources[i] == Source.PATTERN) {
        layPattern(frame, worker, i);
      }
    }
    for (int i = 0; i < numbers.length; i++) {
      long at = scratchAt[firstNumber + i];
      ByteBuffer scratch = worker.scratch().window(at);
      int position = (int) (at % HostMemory.WINDOW);
      if (numbers[i].type() == DType.FLOAT32) {
        scratch.putInt(position, (int) numbers[i].bits());
      } else {
        scratch.putLong(position, numbers[i].bits());
      }
    }
  }

  private void layPattern(Frame frame, Worker worker, int operand) {
    int period = (int) axes.period(operand);
    pack(frame, worker, operand, 0, period);
    HostMemory scratch = worker.scratch();
    int element = bytes[operand];
    long at = scratchAt[operand];
    int total = (int) Math.min(size, BLOCK) + period;
    for (int done = period; done < total; ) {
      int count = Math.min(done, total - done);
      Packer.pack(scratch, at, element, scratch, at + (long) done * element, count, element);
      done += count;
    }
  }

  /** Computes a piece of the domain into the same piece of the outputs. */
  public void compute(Frame frame, Worker worker, long start, long count, Place[] outputs) {
    for (long done = 0; done < count; ) {
      long at = start + done;
      int length = length(at, count - done);
      for (int i = 0; i < outputs.length; i++) {
        long offset = frame.offset(outputs[i]) + at * resultBytes[i];
        worker.operand(operands + i, frame.memory(outputs[i]), offset);
      }
      bind(frame, worker, at, length);
      span.run(worker, length, alignable && at + length == size && (at & 63) == 0);
      done += length;
    }
  }

  /** Computes a piece of the domain into memory, whose end is padded if asked for. */
  public void compute(
      Frame frame, Worker worker, long start, long count, HostMemory output, long offset) {
    for (long done = 0; done < count; ) {
      long at = start + done;
      int length = length(at, count - done);
      worker.operand(operands, output, offset + done * resultBytes[0]);
      bind(frame, worker, at, length);
      span.run(worker, length, false);
      done += length;
    }
  }

  private int length(long at, long rest) {
    long longest = rows ? Math.min(limit, axes.inner() - at % axes.inner()) : limit;
    return (int) Math.min(longest, rest);
  }

  /** Sets the operands of the span that begins at a point. */
  private void bind(Frame frame, Worker worker, long at, int length) {
    for (int i = 0; i < operands; i++) {
      switch (sources[i]) {
        case DIRECT, UNIFORM -> {
          if (i < inputs.length) {
            Place place = inputs[i];
            long element = axes.element(i, at);
            worker.operand(i, frame.memory(place), frame.offset(place) + element * bytes[i]);
          } else {
            if (i < firstNumber) {
              Packer.count(worker.scratch(), scratchAt[i], axes.element(i, at), 0, 1);
            }
            worker.operand(i, worker.scratch(), scratchAt[i]);
          }
        }
        case PATTERN ->
            worker.operand(i, worker.scratch(), scratchAt[i] + at % axes.period(i) * bytes[i]);
        case PACKED -> {
          pack(frame, worker, i, at, length);
          worker.operand(i, worker.scratch(), scratchAt[i]);
        }
      }
    }
  }

  /** Copies an operand's elements from a point on into the scratch memory. */
  private void pack(Frame frame, Worker worker, int operand, long start, int count) {
    long inner = axes.inner();
    long stride = axes.innerStride(operand);
    long to = scratchAt[operand];
    int element = bytes[operand];
    long column = start % inner;
    long first = axes.element(operand, start - column);
    long row = start / inner;
    for (int done = 0; done < count; ) {
      int length = (int) Math.min(inner - column, count - done);
      long from = first + column * stride;
      if (operand >= inputs.length) {
        Packer.count(worker.scratch(), to, from, stride, length);
      } else {
        Place place = inputs[operand];
        Packer.pack(
            frame.memory(place),
            frame.offset(place) + from * element,
            stride * element,
            worker.scratch(),
            to,
            length,
            element);
      }
      done += length;
      to += (long) length * element;
      column = 0;
      row++;
      if (done < count) {
        first =
            axes.rank() == 2 ? first + axes.stride(operand, 0) : axes.element(operand, row * inner);
      }
    }
  }
}
