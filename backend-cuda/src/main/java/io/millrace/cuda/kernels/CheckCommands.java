package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import java.util.List;

/**
 * Makes the commands of Check: one kernel, which keeps what the message of a failure shows.
 *
 * <p>Each further input has its evidence, in order: {@link StepContext#evidence()}.
 */
public final class CheckCommands {
  private static final int THREADS = 128;

  private CheckCommands() {}

  public static void add(StepContext context, Primitive.Check primitive) {
    List<Place> inputs = context.step().inputs();
    LaunchBuilder kernel =
        context
            .kernel("check_" + (inputs.size() - 1))
            .in("u8", "condition", context.input(0))
            .out("u8", "out", context.output(0))
            .failing(context.status(), context.code(StepContext.Failure.CHECK))
            .body(
                """
                  u8 holds = condition[0];
                  __shared__ unsigned before;
                  if (threadIdx.x == 0) {
                    out[0] = holds;
                    before = 0;
                    if (!holds) before = atomicMin(status, code);
                  }
                  __syncthreads();
                  // Only the first step that fails is told of.
                  if (holds || before != NOTHING_FAILED) return;
                """);
    for (int i = 1; i < inputs.size(); i++) {
      long bytes = primitive.shown(inputs.get(i).type()).bytes();
      kernel
          .in("u8", "shown" + i, context.input(i))
          .out("u8", "evidence" + i, context.evidence(bytes))
          .int64("bytes" + i, bytes)
          .body(
              """
                for (long long i = threadIdx.x; i < bytes%1$d; i += blockDim.x) {
                  evidence%1$d[i] = shown%1$d[i];
                }
              """
                  .formatted(i));
    }
    context.add(kernel.grid(1, 1, THREADS));
  }
}
