package io.millrace.cuda.loops;

import io.millrace.cuda.command.LaunchBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Writes where the elements of a loop nest are, in CUDA C++.
 *
 * <p>Loop k has the coordinate {@code ck}; extents and strides are the kernel's parameters. Strides
 * of 0 and 1 are known to the text, which is faster.
 */
public final class LoopSource {
  private final LoopNest nest;
  private final List<Integer> operands;

  /**
   * Adds the parameters that the texts need to a kernel.
   *
   * @param operands whose positions will be asked for
   */
  public LoopSource(LoopNest nest, List<Integer> operands, LaunchBuilder kernel) {
    this.nest = nest;
    this.operands = operands;
    for (int loop = 0; loop < nest.rank(); loop++) {
      if (loop != 0 && loop != nest.kept()) {
        kernel.divisor("d" + loop, nest.extent(loop));
      }
    }
    for (int operand : operands) {
      if (walk(operand) == operand) {
        for (int loop = 0; loop < nest.rank(); loop++) {
          long stride = nest.stride(operand, loop);
          if (stride != 0 && stride != 1) {
            kernel.index(stride(operand, loop), stride);
          }
        }
      }
    }
  }

  /** Returns the first operand with the same strides. */
  private int walk(int operand) {
    for (int other : operands) {
      if (nest.sameStrides(operand, other)) {
        return other;
      }
    }
    return operand;
  }

  private static String stride(int walk, int loop) {
    return "s" + walk + "_" + loop;
  }

  /** Returns statements for the coordinates of some loops, all together the variable counts. */
  public String coordinates(String variable, int from, int to, String indentation) {
    return coordinates(variable, IntStream.range(from, to).boxed().toList(), indentation);
  }

  /** Returns statements for the coordinates of these loops, the last one the innermost. */
  public String coordinates(String variable, List<Integer> counted, String indentation) {
    StringBuilder text = new StringBuilder();
    String rest = variable;
    for (int i = counted.size() - 1; i >= 0; i--) {
      int loop = counted.get(i);
      if (i == 0) {
        text.append(String.format("%sconst index_t c%d = %s;\n", indentation, loop, rest));
      } else {
        text.append(
            String.format(
                """
                %1$sconst index_t c%2$d = %3$s %% d%2$d;
                %1$sconst index_t q%2$d = %3$s / d%2$d;
                """,
                indentation, loop, rest));
        rest = "q" + loop;
      }
    }
    return text.toString();
  }

  /** Returns how far these loops take an operand from where it was before them. */
  public String position(int operand, int from, int to) {
    int walk = walk(operand);
    List<String> terms = new ArrayList<>();
    for (int loop = from; loop < to; loop++) {
      long stride = nest.stride(operand, loop);
      if (stride == 1) {
        terms.add("c" + loop);
      } else if (stride != 0) {
        terms.add("c" + loop + " * " + stride(walk, loop));
      }
    }
    return terms.isEmpty() ? "0" : String.join(" + ", terms);
  }

  /** Returns the coordinate along an axis of the domain, so many elements further. */
  String coordinate(int axis, String further) {
    int loop = nest.loop(axis);
    String text = loop < 0 ? "0" : "c" + loop;
    boolean moves = loop >= 0 && loop == nest.rank() - 1 && !further.isEmpty();
    return "(long long)" + (moves ? "(" + text + " + " + further + ")" : text);
  }
}
