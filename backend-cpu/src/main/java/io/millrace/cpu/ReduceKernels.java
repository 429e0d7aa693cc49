package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.spi.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Chooses how a reduction walks its domain. */
final class ReduceKernels {
  private ReduceKernels() {}

  /** Returns the kernel of a reducing step. */
  static Kernel of(Step step, Primitive.Reduce reduce, Spans spans) {
    if (reduce.reduction().isPosition()) {
      return new PositionKernel(step, reduce, spans);
    }
    return byColumns(reduce)
        ? new ColumnReduceKernel(step, columns(reduce), spans)
        : new RowReduceKernel(step, reduce, spans);
  }

  /**
   * Returns whether to combine whole runs of results at once: there is a single result, or the
   * results of neighbouring elements are neighbours.
   */
  private static boolean byColumns(Primitive.Reduce reduce) {
    DType type = reduce.function().resultType(0);
    boolean indexed =
        reduce.function().nodes().stream().anyMatch(ScalarFunction.Index.class::isInstance);
    if (indexed || !(type.isFloating() || type == DType.INT32 || type == DType.INT64)) {
      return false;
    }
    Shape domain = reduce.domain();
    int kept = innermost(domain, 0, reduce.kept());
    int reduced = innermost(domain, reduce.kept(), domain.rank());
    if (kept < 0 || reduced < 0) {
      return kept < 0;
    }
    return reduce.views().stream()
        .filter(view -> view.stride(kept) != 0 && view.stride(reduced) != 0)
        .findFirst()
        .map(view -> Math.abs(view.stride(kept)) < Math.abs(view.stride(reduced)))
        .orElse(false);
  }

  /** Returns the last axis of a range that is longer than 1; -1 if there is none. */
  private static int innermost(Shape domain, int from, int to) {
    for (int axis = to - 1; axis >= from; axis--) {
      if (domain.dim(axis) > 1) {
        return axis;
      }
    }
    return -1;
  }

  /** Returns the reduction with the reduced axes before the kept ones. */
  private static Primitive.Reduce columns(Primitive.Reduce reduce) {
    int rank = reduce.domain().rank();
    int kept = reduce.kept();
    int[] order = IntStream.concat(IntStream.range(kept, rank), IntStream.range(0, kept)).toArray();
    List<View> views = new ArrayList<>();
    for (View view : reduce.views()) {
      views.add(View.of(view.offset(), IntStream.of(order).mapToLong(view::stride).toArray()));
    }
    Shape domain = Shape.of(IntStream.of(order).mapToLong(reduce.domain()::dim).toArray());
    return new Primitive.Reduce(reduce.reduction(), reduce.function(), domain, rank - kept, views);
  }
}
