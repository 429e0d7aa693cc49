package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.loops.AccumulatorSource;
import io.millrace.cuda.loops.ElementSource;

/**
 * Makes the kernel of a reduction whose neighbouring threads work for neighbouring results, as
 * where columns are reduced.
 *
 * <p>A block takes a power of two of results; what threads are left over divide their elements.
 */
final class ColumnReduction {
  private static final int THREADS = 256;

  /** Fewer results at once would read less than a whole line of memory. */
  private static final int LINE = 32;

  /** A thread takes so many elements at once if there are few operands, or many. */
  private static final int AT_ONCE = 8;

  private static final int FEW_OPERANDS = 6;

  private ColumnReduction() {}

  /** Adds the kernel; what parts leave is still to be combined. */
  static ReduceJob.Parts add(ReduceJob job) {
    int columns = columns(job);
    int slices = THREADS / columns;
    long blocks = (job.rows() + columns - 1) / columns;
    ReduceJob.Parts parts = job.divided(job.parts(blocks, slices), 1);
    AccumulatorSource accumulator = job.accumulator();
    LaunchBuilder kernel = job.context().kernel(job.name("of_columns")).wide(job.nest().isWide());
    ElementSource elements = new ElementSource(job.function(), job.nest(), job.inputs(), kernel);
    ReduceSource source = new ReduceSource(job, parts, elements, kernel);
    int atOnce = elements.operands().size() <= FEW_OPERANDS ? AT_ONCE : AT_ONCE / 2;
    kernel
        .int32("columns", columns)
        .int32("shift", Integer.numberOfTrailingZeros(columns))
        .body(source.definition())
        .body("  const int column = threadIdx.x & (columns - 1);\n")
        .body("  const index_t unit = (index_t)blockIdx.x * columns + column;\n")
        // Threads without a result repeat the last one, and do not store it.
        .body("  const index_t row = unit < rows ? unit : rows - 1;\n")
        .body("  const int slices = blockDim.x >> shift;\n")
        .body(source.row())
        .body("  index_t at = first + (int)(threadIdx.x >> shift);\n")
        .body(source.loops(1, atOnce, "slices"))
        .body(mergeSlices(accumulator))
        .body("  if (unit < rows && threadIdx.x < columns) {\n")
        .body(source.store())
        .body("  }\n");
    job.context().add(kernel.grid(blocks, parts.count(), THREADS));
    return parts;
  }

  /** Returns how many results a block works for: fewer where their elements are many. */
  private static int columns(ReduceJob job) {
    int columns = THREADS;
    while (columns / 2 >= job.rows()) {
      columns /= 2;
    }
    while (columns > LINE
        && job.length() >= (long) THREADS / columns * 2 * AT_ONCE
        && job.isIdle((job.rows() + columns - 1) / columns)) {
      columns /= 2;
    }
    return columns;
  }

  private static String mergeSlices(AccumulatorSource accumulator) {
    String value = accumulator.value();
    String declare =
        String.format("  __shared__ %s values_of_slices[%d];\n", accumulator.type(), THREADS);
    String leave = String.format("values_of_slices[threadIdx.x] = %s;\n", value);
    if (accumulator.isPosition()) {
      declare += String.format("  __shared__ index_t places_of_slices[%d];\n", THREADS);
      leave += "      places_of_slices[threadIdx.x] = place;\n";
    }
    return declare
        + "  {\n      "
        + leave
        + "  }\n"
        + "  for (int half = blockDim.x / 2; half >= columns; half /= 2) {\n"
        + "    __syncthreads();\n"
        + "    if (threadIdx.x < half) {\n"
        + accumulator.merge(
            "      ",
            "values_of_slices[threadIdx.x + half]",
            "places_of_slices[threadIdx.x + half]")
        + "      "
        + leave
        + "    }\n"
        + "  }\n";
  }
}
