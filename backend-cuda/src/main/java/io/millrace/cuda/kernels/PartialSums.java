package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.StepContext;
import io.millrace.type.DType;

/**
 * A sum taken in parts, one after another each: a first kernel writes {@code count} tensors of
 * partial sums to scratch memory, a second one adds them up, always in the same order.
 *
 * @param size the elements of the result
 * @param depth the terms of a part; the last part may have fewer
 * @param to where the first kernel writes the parts, one after another
 */
record PartialSums(
    StepContext context, DType dtype, long size, long depth, long count, Address to) {
  private static final int THREADS = 256;
  private static final long MOST_BYTES = 256L << 20;

  /**
   * Divides a sum.
   *
   * @param size the elements of the result
   * @param terms how many there are
   * @param least how many terms a part should have at least; parts are multiples of it
   * @param wanted into how many parts to divide it at best
   */
  static PartialSums divide(
      StepContext context,
      DType dtype,
      long size,
      long terms,
      long least,
      long wanted,
      Address output) {
    long most = Math.max(1, MOST_BYTES / (size * dtype.bytes()));
    long parts = Math.max(1, Math.min(Math.min(wanted, most), (terms + least - 1) / least));
    long depth = ((terms + parts - 1) / parts + least - 1) / least * least;
    long count = (terms + depth - 1) / depth;
    Address to = count == 1 ? output : context.scratch(size * count * dtype.bytes());
    return new PartialSums(context, dtype, size, depth, count, to);
  }

  /** Adds the kernel that adds up the parts. */
  void finish(Address output) {
    if (count == 1) {
      return;
    }
    context.add(
        context
            .kernel("sum_parts_" + dtype)
            .wide(size * count >= 1L << 30)
            .in(CudaTypes.of(dtype), "parts", to)
            .out(CudaTypes.of(dtype), "out", output)
            .index("size", size)
            .index("count", count)
            .body(
                """
                  const index_t at = thread();
                  if (at >= size) return;
                  %s sum = 0;
                  for (index_t part = 0; part < count; part++) sum += parts[part * size + at];
                  out[at] = sum;
                """
                    .formatted(CudaTypes.of(dtype)))
            .perUnit(size, THREADS));
  }
}
