package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Copy;
import io.millrace.cuda.command.Fill;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;
import io.millrace.ir.Control;
import io.millrace.spi.Body;
import io.millrace.spi.Place;
import io.millrace.spi.Step;

/**
 * Makes the commands around what is inside Choose and Repeat.
 *
 * <p>Commands are recorded with their addresses, so a turn does not know its rows: kernels copy
 * them, and find out which by the number of turns done, the loop's first output.
 */
public final class ControlCommands {
  private ControlCommands() {}

  /** Adds what is done before the branch or the first turn; only once nothing has failed. */
  public static void begin(StepContext context, Control control) {
    Step step = context.step();
    for (int i = 0; i < control.carried().size(); i++) {
      Place first = step.inputs().get(control.firstInput() + i);
      Place carried = step.outputs().get(control.firstOutput() + i);
      if (!first.sameStart(carried) && first.type().bytes() > 0) {
        context.add(new Copy(Address.of(first), Address.of(carried), first.type().bytes()));
      }
    }
    if (control instanceof Control.Repeat repeat) {
      clear(context, 0);
      for (int i = 0; i < repeat.collected(); i++) {
        clear(context, repeat.firstCollected() + i);
      }
    }
  }

  private static void clear(StepContext context, int output) {
    long bytes = context.step().outputs().get(output).type().bytes();
    if (bytes > 0) {
      context.add(new Fill(context.output(output), 0, bytes));
    }
  }

  /** Adds what brings a turn its rows. */
  public static void beforeTurn(StepContext context, Control.Repeat repeat, Body body) {
    for (int i = 0; i < repeat.scanned().size(); i++) {
      Place row = body.feeds().get(i);
      boolean back = repeat.scanned().get(i) == Control.Repeat.Walk.BACKWARD;
      Address tensor = context.input(repeat.firstScanned() + i);
      int unit = CopyLoop.unit(row.type().bytes());
      LaunchBuilder kernel =
          context
              .kernel((back ? "take_row_back_" : "take_row_") + unit)
              .wide(CopyLoop.isWide(row.type().bytes() / unit))
              .in(CopyLoop.type(unit), "tensor", tensor)
              .out(CopyLoop.type(unit), "row", Address.of(row))
              .in("long long", "turn", context.output(0))
              .in("long long", "rows", context.input(1));
      copy(
          context,
          kernel,
          row.type().bytes() / unit,
          (back ? "rows[0] - 1 - turn[0]" : "turn[0]"),
          "row[i] = tensor[at + i];");
    }
  }

  /** Adds what takes a turn's rows away, and counts the turn. */
  public static void afterTurn(StepContext context, Control.Repeat repeat, Body body) {
    for (int i = 0; i < repeat.collected(); i++) {
      Place row = body.fetches().get(i + 1);
      int unit = CopyLoop.unit(row.type().bytes());
      LaunchBuilder kernel =
          context
              .kernel("put_row_" + unit)
              .wide(CopyLoop.isWide(row.type().bytes() / unit))
              .in(CopyLoop.type(unit), "row", Address.of(row))
              .out(CopyLoop.type(unit), "tensor", context.output(repeat.firstCollected() + i))
              .in("long long", "turn", context.output(0));
      copy(context, kernel, row.type().bytes() / unit, "turn[0]", "tensor[at + i] = row[i];");
    }
    context.add(
        context
            .kernel("count_turn")
            .out("long long", "turn", context.output(0))
            .body("  if (threadIdx.x == 0) turn[0]++;\n")
            .grid(1, 1, 32));
  }

  private static void copy(
      StepContext context, LaunchBuilder kernel, long count, String number, String element) {
    if (count == 0) {
      return;
    }
    kernel
        .index("count", count)
        .body(
            """
              long long at = (NUMBER) * (long long)count;
              for (index_t i = (index_t)blockIdx.x * blockDim.x + threadIdx.x; i < count;
                   i += (index_t)gridDim.x * blockDim.x) {
                ELEMENT
              }
            """
                .replace("NUMBER", number)
                .replace("ELEMENT", element));
    CopyLoop.addStriding(context, kernel, count);
  }
}
