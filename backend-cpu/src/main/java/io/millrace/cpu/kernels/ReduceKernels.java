package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.Fold;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.View;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;

/** Chooses how a reduction is computed. */
public final class ReduceKernels {
  private ReduceKernels() {}

  /** Returns the kernel of a step whose primitive is this reduction. */
  public static Kernel of(Step step, Primitive.Reduce reduce, Spans spans) {
    Shape domain = reduce.domain();
    long results = domain.slice(0, reduce.kept()).size();
    long reduced = domain.slice(reduce.kept(), domain.rank()).size();
    DType type = reduce.function().resultType(0);
    Fold fold = new Fold(reduce.reduction(), type);
    Place output = step.output();
    if (results == 0) {
      return frame -> {};
    }
    if (reduced == 0) {
      if (reduce.reduction().isPosition()) {
        Fold zero = new Fold(Reduction.SUM, DType.INT64);
        return frame -> zero.clear(frame.memory(output), frame.offset(output), results);
      }
      return frame -> fold.clear(frame.memory(output), frame.offset(output), results);
    }
    if (reduce.reduction().isPosition()) {
      return new PositionKernel(step, reduce, spans);
    }
    return results > 1 && prefersColumns(reduce)
        ? new ColumnReduceKernel(step, reduce, spans)
        : new RowReduceKernel(step, reduce, spans);
  }

  /** Returns whether more operands have neighbours along the last kept axis than along the last. */
  private static boolean prefersColumns(Primitive.Reduce reduce) {
    int column = lastLong(reduce.domain(), 0, reduce.kept());
    int row = lastLong(reduce.domain(), reduce.kept(), reduce.domain().rank());
    if (column < 0 || row < 0) {
      return false;
    }
    int balance = 0;
    for (View view : reduce.views()) {
      balance += (view.stride(column) == 1 ? 1 : 0) - (view.stride(row) == 1 ? 1 : 0);
    }
    return balance > 0;
  }

  /** Returns the last axis between two that is longer than 1; -1 if there is none. */
  static int lastLong(Shape domain, int from, int to) {
    int axis = to - 1;
    while (axis >= from && domain.dim(axis) == 1) {
      axis--;
    }
    return axis < from ? -1 : axis;
  }
}
