package io.millrace.cuda.kernels;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.AccumulatorSource;
import io.millrace.cuda.loops.LoopNest;
import io.millrace.cuda.loops.ScalarSource;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes the commands of Reduce: one kernel, and one more if few results combine so many elements
 * each that several blocks share the work.
 */
public final class ReduceCommands {
  private static final int THREADS = 256;

  /** What is read from memory at least. */
  private static final long SECTOR_BYTES = 32;

  /** If it is all the same, rows of this length are read by several threads. */
  private static final long LONG = 32;

  private ReduceCommands() {}

  public static void add(StepContext context, Primitive.Reduce primitive) {
    Shape domain = primitive.domain();
    long rows = domain.slice(0, primitive.kept()).size();
    if (rows == 0) {
      return;
    }
    DType result = context.step().output().type().dtype();
    if (domain.size() == 0) {
      AccumulatorSource accumulator =
          new AccumulatorSource(primitive.reduction(), primitive.function().resultType(0));
      context.add(
          context
              .kernel("reduce_nothing")
              .wide(LoopNest.isWide(rows))
              .out(CudaTypes.of(result), "results", context.output(0))
              .index("rows", rows)
              .body("  const index_t row = thread();\n  if (row < rows) {\n")
              .body("    results[row] = " + accumulator.neutral() + ";\n  }\n")
              .perUnit(rows, THREADS));
      return;
    }
    ReduceJob job =
        new ReduceJob(
            context,
            primitive.reduction(),
            primitive.function(),
            new LoopNest(
                domain,
                primitive.kept(),
                primitive.views(),
                ScalarSource.indexedAxes(primitive.function())),
            IntStream.range(0, primitive.views().size()).mapToObj(context::input).toList(),
            result,
            context.output(0));
    ReduceJob.Parts parts = followsRows(job) ? RowReduction.add(job) : ColumnReduction.add(job);
    if (parts.count() > 1) {
      combine(job, parts);
    }
  }

  /** Returns whether neighbours in memory are elements of one result, not of neighbouring ones. */
  private static boolean followsRows(ReduceJob job) {
    LoopNest nest = job.nest();
    if (nest.kept() == 0 || nest.kept() == nest.rank()) {
      return nest.kept() == 0;
    }
    long alongRow = 0;
    long acrossRows = 0;
    for (int operand : ScalarSource.usedParameters(job.function())) {
      int bytes = job.function().parameters().get(operand).bytes();
      alongRow += sector(nest.stride(operand, nest.rank() - 1) * bytes);
      acrossRows += sector(nest.stride(operand, nest.kept() - 1) * bytes);
    }
    return alongRow < acrossRows || (alongRow == acrossRows && job.length() >= LONG);
  }

  /** Returns how many bytes are read to get at one element that lies so far from the last. */
  private static long sector(long bytes) {
    return Math.min(SECTOR_BYTES, Math.abs(bytes));
  }

  /** Combines what the parts of each result left. */
  private static void combine(ReduceJob job, ReduceJob.Parts parts) {
    AccumulatorSource accumulator = job.accumulator();
    if (accumulator.isPosition()) {
      combinePositions(job, parts);
      return;
    }
    ScalarBuilder builder = new ScalarBuilder();
    DType held = accumulator.held();
    Shape domain = Shape.of(job.rows(), parts.count());
    RowReduction.add(
        new ReduceJob(
            job.context(),
            job.reduction(),
            builder.build(List.of(builder.parameter(held))),
            new LoopNest(domain, 1, List.of(View.dense(domain)), Set.of()),
            List.of(parts.values()),
            job.result(),
            job.output()));
  }

  private static void combinePositions(ReduceJob job, ReduceJob.Parts parts) {
    AccumulatorSource accumulator = job.accumulator();
    String name = job.reduction().name().toLowerCase(Locale.ROOT) + "_of_parts";
    job.context()
        .add(
            job.context()
                .kernel(name)
                .wide(job.nest().isWide())
                .in(accumulator.type(), "values", parts.values())
                .in("long long", "places", parts.places())
                .out(CudaTypes.of(job.result()), "results", job.output())
                .index("rows", job.rows())
                .index("parts", parts.count())
                .body("  const index_t row = thread();\n  if (row >= rows) return;\n")
                .body(accumulator.start())
                .body("  for (index_t i = row * parts; i < (row + 1) * parts; i++) {\n")
                .body(accumulator.merge("    ", "values[i]", "(index_t)places[i]"))
                .body("  }\n")
                .body("  results[row] = " + accumulator.result(job.result()) + ";\n")
                .perUnit(job.rows(), THREADS));
  }
}
