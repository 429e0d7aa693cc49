package io.millrace.ops;

import io.millrace.ops.index.InTopKOps;
import io.millrace.ops.index.TopKOps;
import io.millrace.ops.math.AddOps;
import io.millrace.ops.math.ArgOps;
import io.millrace.ops.math.BinaryOps;
import io.millrace.ops.math.ComparisonOps;
import io.millrace.ops.math.CumulativeOps;
import io.millrace.ops.math.ReductionOps;
import io.millrace.ops.math.SegmentOps;
import io.millrace.ops.math.SortedSegmentOps;
import io.millrace.ops.math.SpecialOps;
import io.millrace.ops.math.StatisticsOps;
import io.millrace.ops.math.TrigonometricOps;
import io.millrace.ops.math.UnaryOps;
import io.millrace.ops.nn.SoftmaxOps;

/** The view {@code tf.math}: element-wise functions, reductions, segments and the like. */
public final class MathApi extends Facade
    implements AddOps,
        ArgOps,
        BinaryOps,
        ComparisonOps,
        CumulativeOps,
        InTopKOps,
        ReductionOps,
        SegmentOps,
        SoftmaxOps,
        SortedSegmentOps,
        SpecialOps,
        StatisticsOps,
        TopKOps,
        TrigonometricOps,
        UnaryOps {
  MathApi(Ops ops) {
    super(ops);
  }
}
