package io.millrace.cuda.kernels;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.loops.AccumulatorSource;
import io.millrace.cuda.loops.ElementSource;
import io.millrace.cuda.loops.LoopNest;
import io.millrace.cuda.loops.LoopSource;
import io.millrace.cuda.loops.ScalarSource;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes what the kernels of reductions have in common, in CUDA C++.
 *
 * <p>A thread works for the result {@code row}, on the elements {@code at} up to {@code last}.
 */
final class ReduceSource {
  private final ReduceJob job;
  private final ReduceJob.Parts parts;
  private final LoopNest nest;
  private final ElementSource elements;
  private final LoopSource loops;
  private final AccumulatorSource accumulator;

  /** Adds the parameters to a kernel that makes these parts of each result. */
  public ReduceSource(
      ReduceJob job, ReduceJob.Parts parts, ElementSource elements, LaunchBuilder kernel) {
    this.job = job;
    this.parts = parts;
    this.elements = elements;
    nest = job.nest();
    accumulator = job.accumulator();
    if (parts.count() == 1) {
      kernel.out(CudaTypes.of(job.result()), "results", job.output());
    } else {
      kernel.out(accumulator.type(), "values", parts.values());
      if (accumulator.isPosition()) {
        kernel.out("long long", "places", parts.places());
      }
    }
    kernel.index("rows", job.rows()).index("length", job.length()).index("part", parts.length());
    List<Integer> strided = elements.operands().stream().filter(o -> !nest.isUniform(o)).toList();
    loops = new LoopSource(nest, strided, kernel);
    ScalarSource.failing(job.function(), job.context(), kernel);
  }

  /** Returns whether an operand is the same for all elements of a result. */
  private boolean isShared(int operand) {
    return IntStream.range(nest.kept(), nest.rank()).allMatch(k -> nest.stride(operand, k) == 0);
  }

  /** Returns the lambda that computes an element. */
  String definition() {
    return elements.definition(List.of(accumulator.elementType()));
  }

  /** Returns what a thread needs to know of {@code row}, and the range of its elements' part. */
  String row() {
    StringBuilder text = new StringBuilder(loops.coordinates("row", 0, nest.kept(), "  "));
    for (int operand : elements.operands()) {
      String position = loops.position(operand, 0, nest.kept());
      if (isShared(operand)) {
        text.append(elements.load("u_" + operand, operand, position));
      } else if (!position.equals("0")) {
        text.append(String.format("  const index_t h%d = %s;\n", operand, position));
      }
    }
    return text.append("  const index_t first = (index_t)blockIdx.y * part;\n")
        .append("  const index_t last = length - first < part ? length : first + part;\n")
        .append(accumulator.start())
        .toString();
  }

  private String loaded(int operand) {
    return isShared(operand) ? "u_" + operand : "";
  }

  private String position(int operand) {
    String kept = loops.position(operand, 0, nest.kept());
    String reduced = loops.position(operand, nest.kept(), nest.rank());
    return kept.equals("0") ? reduced : String.format("h%d + %s", operand, reduced);
  }

  /**
   * Returns the loops over elements, from {@code at} in steps of the threads that share a result.
   *
   * @param width elements side by side that are taken at once
   * @param turns how often that is done before anything is combined, so that loads overlap; a power
   *     of two
   * @param step from a thread's elements to its next ones
   */
  String loops(int width, int turns, String step) {
    StringBuilder text = new StringBuilder();
    if (turns > 1) {
      text.append("#pragma unroll 1\n")
          .append(
              String.format(
                  "  for (; at < last - %d * %s; at += %d * %s) {\n", turns - 1, step, turns, step))
          .append(turn(width, turns, step))
          .append("  }\n");
    }
    return text.append("#pragma unroll 1\n")
        .append(String.format("  for (; at < last; at += %s) {\n", step))
        .append(turn(width, 1, step))
        .append("  }\n")
        .toString();
  }

  private String turn(int width, int turns, String step) {
    ElementSource.Call call = elements.call(width, this::loaded, this::position, loops);
    String target = "v[t * " + width + " + e]";
    return String.format("    %s v[%d];\n", accumulator.elementType(), width * turns)
        + String.format("#pragma unroll\n    for (int t = 0; t < %d; t++) {\n", turns)
        + String.format("      const index_t r = at + t * %s;\n", step)
        + loops.coordinates("r", nest.kept(), nest.rank(), "      ")
        + call.loads()
        + String.format("#pragma unroll\n      for (int e = 0; e < %d; e++) {\n", width)
        + call.statement("        ", List.of(target))
        + "      }\n    }\n"
        + accumulator.take(
            width * turns,
            "    ",
            i -> String.format("at + %d * %s + %d", i / width, step, i % width));
  }

  /** Returns the statements that store what {@code total}, or best and place, hold for a row. */
  String store() {
    if (parts.count() == 1) {
      return String.format("    results[row] = %s;\n", accumulator.result(job.result()));
    }
    String at = "row * (index_t)gridDim.y + blockIdx.y";
    return String.format("    values[%s] = %s;\n", at, accumulator.value())
        + (accumulator.isPosition() ? String.format("    places[%s] = place;\n", at) : "");
  }
}
