package io.millrace.cuda.kernels;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.ir.Suspect;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * Makes the commands of Check: one kernel, which keeps what the message of a failure shows.
 *
 * <p>What {@link #evidence} lists is kept, in order, at {@link StepContext#evidence()}.
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
    List<TensorType> types = inputs.stream().skip(1).map(Place::type).toList();
    List<TensorType> evidence = evidence(primitive, types);
    if (primitive.suspect().isPresent()) {
      keepSuspect(context, kernel, primitive.suspect().get(), evidence);
    } else {
      keepShown(context, kernel, evidence);
    }
    context.add(kernel.grid(1, 1, THREADS));
  }

  /**
   * Returns what a failed check keeps of its further inputs: the elements that it shows of each, or
   * the position of the suspect and the elements that are told.
   */
  public static List<TensorType> evidence(Primitive.Check check, List<TensorType> tensors) {
    return check
        .suspect()
        .map(
            suspect ->
                List.of(
                    TensorType.of(DType.INT64), tensors.get(0).withShape(Shape.of(suspect.told()))))
        .orElseGet(() -> tensors.stream().map(check::shown).toList());
  }

  private static void keepShown(
      StepContext context, LaunchBuilder kernel, List<TensorType> evidence) {
    for (int i = 1; i <= evidence.size(); i++) {
      long bytes = evidence.get(i - 1).bytes();
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
  }

  private static void keepSuspect(
      StepContext context, LaunchBuilder kernel, Suspect suspect, List<TensorType> evidence) {
    Place tensor = context.step().inputs().get(1);
    String type = CudaTypes.of(tensor.type().dtype());
    kernel
        .in(type, "elements", context.input(1))
        .int64("size", tensor.type().shape().size())
        .int64("told", suspect.told())
        .out("long long", "position", context.evidence(evidence.get(0).bytes()))
        .out(type, "kept", context.evidence(evidence.get(1).bytes()));
    boolean descending = suspect instanceof Suspect.Descending;
    String rule = rule(kernel, suspect);
    kernel.body(
        """
          __shared__ long long firsts[%1$d];
          long long i = threadIdx.x;
          while (i < size && !(%2$s)) i += blockDim.x;
          firsts[threadIdx.x] = i;
          __syncthreads();
          if (threadIdx.x > 0) return;
          for (int t = 1; t < blockDim.x; t++) i = firsts[t] < i ? firsts[t] : i;
          position[0] = i < size ? i : -1;
          if (i >= size) return;
          for (int j = 0; j < told; j++) kept[j] = elements[%3$s + j];
        """
            .formatted(THREADS, rule, descending ? "i - 1" : "i - i % told"));
  }

  /** Returns the condition that an element breaks the rule. */
  private static String rule(LaunchBuilder kernel, Suspect suspect) {
    if (suspect instanceof Suspect.Outside outside) {
      return outside(kernel, outside);
    }
    if (suspect instanceof Suspect.Descending) {
      return "i > 0 && elements[i] < elements[i - 1]";
    }
    return suspect instanceof Suspect.Zero
        ? "elements[i] == 0"
        : suspect == Suspect.NotFinite.NAN ? "isnan(elements[i])" : "isinf(elements[i])";
  }

  /** Returns the condition that an element is out of range. */
  private static String outside(LaunchBuilder kernel, Suspect.Outside suspect) {
    kernel.int64("least", suspect.least());
    StringBuilder end = new StringBuilder();
    int last = suspect.ends().size() - 1;
    for (int i = 0; i <= last; i++) {
      kernel.int64("end" + i, suspect.ends().get(i));
      end.append(i == last ? "end" + i : "i % told == " + i + " ? end" + i + " : ");
    }
    return "(long long)elements[i] < least || (long long)elements[i] >= (" + end + ")";
  }
}
