package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.loops.AccumulatorSource;
import io.millrace.cuda.loops.ElementSource;

/**
 * Makes the kernel of a reduction whose threads follow each result's elements: lanes of a warp for
 * short rows, a block for long ones.
 */
final class RowReduction {
  private static final int THREADS = 256;
  private static final int WARP = 32;
  private static final int WARPS = THREADS / WARP;
  private static final int VECTOR_BYTES = 16;

  /** How many elements a thread takes at once if there are few operands, or many. */
  private static final int AT_ONCE = 8;

  private static final int FEW_OPERANDS = 6;

  /** Rows up to this length are for one thread, or for 8, or for a warp. */
  private static final long ONE_THREAD = 8;

  private static final long EIGHT_THREADS = 128;
  private static final long ONE_WARP = 2048;

  private RowReduction() {}

  /** Adds the kernel; what parts of rows leave is still to be combined. */
  static ReduceJob.Parts add(ReduceJob job) {
    long length = job.length();
    int lanes =
        length <= ONE_THREAD
            ? 1
            : length <= EIGHT_THREADS ? 8 : length <= ONE_WARP ? WARP : THREADS;
    long rowsPerBlock = THREADS / lanes;
    long blocks = (job.rows() + rowsPerBlock - 1) / rowsPerBlock;
    ReduceJob.Parts parts =
        job.divided(lanes == THREADS ? job.parts(blocks, THREADS) : 1, VECTOR_BYTES);
    AccumulatorSource accumulator = job.accumulator();
    LaunchBuilder kernel =
        job.context().kernel(job.name("of_rows_" + lanes)).wide(job.nest().isWide());
    ElementSource elements = new ElementSource(job.function(), job.nest(), job.inputs(), kernel);
    ReduceSource source = new ReduceSource(job, parts, elements, kernel);
    int width = lanes == 1 ? 1 : width(elements);
    int atOnce = elements.operands().size() <= FEW_OPERANDS ? AT_ONCE : AT_ONCE / 2;
    kernel
        .body(source.definition())
        .body(
            String.format(
                "  const index_t unit = (index_t)blockIdx.x * %d + threadIdx.x / %d;\n",
                rowsPerBlock, lanes))
        // Threads without a row repeat the last one, so that all lanes can take part.
        .body("  const index_t row = unit < rows ? unit : rows - 1;\n")
        .body(source.row())
        .body(
            String.format(
                "  index_t at = first + (index_t)(threadIdx.x %% %d) * %d;\n", lanes, width))
        .body(source.loops(width, Math.max(1, atOnce / width), Integer.toString(lanes * width)))
        .body(accumulator.mergeLanes(Math.min(lanes, WARP)));
    if (lanes == THREADS) {
      kernel.body(mergeWarps(accumulator));
    }
    kernel
        .body(String.format("  if (unit < rows && threadIdx.x %% %d == 0) {\n", lanes))
        .body(source.store())
        .body("  }\n");
    job.context().add(kernel.grid(blocks, parts.count(), THREADS));
    return parts;
  }

  /** Returns how many elements side by side a thread takes. */
  private static int width(ElementSource elements) {
    int widest = elements.elementBytes().stream().mapToInt(b -> b).max().orElse(VECTOR_BYTES);
    int width = Math.min(AT_ONCE, VECTOR_BYTES / widest);
    return elements.areSideBySide(width) ? width : 1;
  }

  private static String mergeWarps(AccumulatorSource accumulator) {
    String value = accumulator.value();
    String text =
        String.format("  __shared__ %s values_of_warps[%d];\n", accumulator.type(), WARPS);
    String leave = String.format("    values_of_warps[threadIdx.x / 32] = %s;\n", value);
    String fetch = String.format("  %s = values_of_warps[threadIdx.x %% %d];\n", value, WARPS);
    if (accumulator.isPosition()) {
      text += String.format("  __shared__ index_t places_of_warps[%d];\n", WARPS);
      leave += "    places_of_warps[threadIdx.x / 32] = place;\n";
      fetch += String.format("  place = places_of_warps[threadIdx.x %% %d];\n", WARPS);
    }
    return text
        + "  if (threadIdx.x % 32 == 0) {\n"
        + leave
        + "  }\n  __syncthreads();\n"
        + fetch
        + accumulator.mergeLanes(WARPS);
  }
}
