package io.millrace.cuda;

/**
 * Lets commands that know no gate, products and convolutions by libraries, write an output all the
 * same: where the step is gated they write to scratch memory, which a gated kernel copies.
 */
final class GatedCopy {
  private static final int THREADS = 256;
  private static final int BYTES_PER_THREAD = 16;
  private static final int BLOCKS_PER_MULTIPROCESSOR = 16;

  private GatedCopy() {}

  /** Returns where such a command may write what belongs at an output: there, or in scratch. */
  static Address place(StepContext context, Address output, long bytes) {
    return context.isGated() ? context.scratch(bytes) : output;
  }

  /** Brings what was written at the place to the output. */
  static void finish(StepContext context, Address place, Address output, long bytes) {
    if (place.equals(output)) {
      return;
    }
    context.add(
        walk(context, bytes, "copy_gated")
            .in("uint4", "from", place)
            .in("u8", "bytes", place)
            .out("uint4", "to", output)
            .out("u8", "out", output)
            .int64("size", bytes)
            .body(loops("from[i]", "bytes[i]"))
            .grid(blocks(context, bytes), 1, THREADS));
  }

  /** Sets all bytes of an output to 0. */
  static void clear(StepContext context, Address output, long bytes) {
    if (!context.isGated()) {
      context.add(new Fill(output, 0, bytes));
      return;
    }
    context.add(
        walk(context, bytes, "clear_gated")
            .out("uint4", "to", output)
            .out("u8", "out", output)
            .int64("size", bytes)
            .body(loops("make_uint4(0, 0, 0, 0)", "0"))
            .grid(blocks(context, bytes), 1, THREADS));
  }

  private static LaunchBuilder walk(StepContext context, long bytes, String name) {
    return context.kernel(name).wide(bytes >= 1L << 30);
  }

  private static long blocks(StepContext context, long bytes) {
    long perBlock = (long) BYTES_PER_THREAD * THREADS;
    return Math.min(
        (bytes + perBlock - 1) / perBlock,
        (long) context.target().multiprocessors() * BLOCKS_PER_MULTIPROCESSOR);
  }

  private static String loops(String vector, String one) {
    return """
      for (index_t i = thread(); i < size / 16; i += threads()) to[i] = %s;
      for (index_t i = size / 16 * 16 + thread(); i < size; i += threads()) out[i] = %s;
    """
        .formatted(vector, one);
  }
}
