package io.millrace.cpu.loops;

import io.millrace.cpu.workers.Worker;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.spi.HostMemory;
import java.util.Collections;
import java.util.List;

/**
 * Combines runs of elements into as many running results, element by element, in generated loops.
 *
 * <p>Four runs are combined in pairs at a time: that halves the memory traffic and a sum's error.
 */
public final class Accumulator {
  private final Span one;
  private final Span four;
  private final int bytes;

  public Accumulator(Fold fold, Spans spans) {
    bytes = fold.type().bytes();
    one = span(fold, 1, spans);
    four = span(fold, 4, spans);
  }

  private static Span span(Fold fold, int runs, Spans spans) {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar so = builder.parameter(fold.type());
    Scalar sum = builder.parameter(fold.type());
    if (runs == 4) {
      sum = sum.apply(fold.function(), builder.parameter(fold.type()));
      Scalar third = builder.parameter(fold.type());
      Scalar other = third.apply(fold.function(), builder.parameter(fold.type()));
      sum = sum.apply(fold.function(), other);
    }
    LaneFunction function =
        LaneLowering.lower(builder.build(List.of(so.apply(fold.function(), sum))));
    return spans.get(new LoopShape(function, Collections.nCopies(runs + 1, false)));
  }

  /** Combines {@code count} elements at {@code from} into those at {@code to}. */
  public void add(
      Worker worker, HostMemory target, long to, HostMemory source, long from, int count) {
    worker.operand(0, target, to);
    worker.operand(1, source, from);
    worker.operand(2, target, to);
    one.run(worker, count, false);
  }

  /** Combines four runs of {@code count} elements, {@code pitch} bytes apart. */
  private void addFour(
      Worker worker,
      HostMemory target,
      long to,
      HostMemory source,
      long from,
      long pitch,
      int count) {
    worker.operand(0, target, to);
    for (int i = 0; i < 4; i++) {
      worker.operand(1 + i, source, from + i * pitch);
    }
    worker.operand(5, target, to);
    four.run(worker, count, false);
  }

  /**
   * Combines {@code total} elements that lie one after another into {@code count} results: element
   * i goes to result i modulo count.
   */
  public void addAll(
      Worker worker,
      HostMemory target,
      long to,
      int count,
      HostMemory source,
      long from,
      long total) {
    long pitch = (long) count * bytes;
    addRows(worker, target, to, count, source, from, pitch, total / count);
    int rest = (int) (total % count);
    if (rest > 0) {
      add(worker, target, to, source, from + total / count * pitch, rest);
    }
  }

  /** Combines rows of {@code count} elements, {@code pitch} bytes apart. */
  public void addRows(
      Worker worker,
      HostMemory target,
      long to,
      int count,
      HostMemory source,
      long from,
      long pitch,
      long rows) {
    long row = 0;
    for (; row + 4 <= rows; row += 4) {
      addFour(worker, target, to, source, from + row * pitch, pitch, count);
    }
    for (; row < rows; row++) {
      add(worker, target, to, source, from + row * pitch, count);
    }
  }
}
