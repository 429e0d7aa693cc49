package io.millrace.ops.index;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Lowers counting and picking the elements of a vector whose flags, booleans, are set. */
final class Flags {
  private Flags() {}

  /** Returns how many flags are set: one int64, as a vector. */
  static Value count(Lowering to, Value flags) {
    Value ones = numbers(to, flags);
    return to.reshape(to.reduce(Reduction.SUM, ones, List.of(0), false), Shape.of(1));
  }

  /** Returns for each flag how many before it are set, int64. */
  static Value before(Lowering to, Value flags) {
    Value ones = numbers(to, flags);
    Value row = to.reshape(ones, Shape.of(1, ones.type().shape().size(), 1));
    Value sums = to.emit(new Primitive.Scan(Reduction.SUM, true, false), List.of(row), row.type());
    return to.reshape(sums, ones.type().shape());
  }

  /** Returns where the flags are that are set, in order: {@code count} int64. */
  static Value positions(Lowering to, Value flags, long count) {
    Value places =
        to.map(flags, before(to, flags), (set, place) -> set.select(place, place.constant(-1)));
    Value none = Indexing.filled(to, TensorType.of(DType.INT64, count), 0);
    Value all = positions(to, flags.type().shape().size());
    return Indexing.scatter(to, Primitive.Scatter.Combine.SET, none, 1, places, all);
  }

  /** Returns the numbers from 0 to this one, excluded. */
  static Value positions(Lowering to, long count) {
    return to.mapViews(Shape.of(count), List.of(), List.of(), (b, s) -> b.index(0));
  }

  private static Value numbers(Lowering to, Value flags) {
    return to.map(flags, flag -> flag.cast(DType.INT64));
  }
}
