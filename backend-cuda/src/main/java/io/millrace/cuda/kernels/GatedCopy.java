package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Fill;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;

/**
 * Lets commands that know no gate, products and convolutions by libraries, write an output all the
 * same: where the step is gated they write to scratch memory, which a gated kernel copies.
 */
final class GatedCopy {
  private GatedCopy() {}

  /** Returns where such a command may write what belongs at an output: there, or in scratch. */
  static Address place(StepContext context, Address output, long bytes) {
    return context.isGated() ? context.scratch(bytes) : output;
  }

  /** Brings what was written at the place to the output. */
  static void finish(StepContext context, Address place, Address output, long bytes) {
    if (!place.equals(output)) {
      context.add(CopyLoop.run(context, place, output, bytes));
    }
  }

  /** Sets all bytes of an output to 0. */
  static void clear(StepContext context, Address output, long bytes) {
    if (!context.isGated()) {
      context.add(new Fill(output, 0, bytes));
      return;
    }
    int unit = CopyLoop.unit(output.offset(), bytes);
    long count = bytes / unit;
    LaunchBuilder kernel =
        context
            .kernel("clear_" + unit)
            .wide(CopyLoop.isWide(count))
            .out(CopyLoop.type(unit), "target", output)
            .index("count", count)
            .body(CopyLoop.over(unit, "value[k] = {};\nat[k] = i;"));
    context.add(CopyLoop.launch(context, kernel, count));
  }
}
