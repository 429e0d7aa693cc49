package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;
import io.millrace.cuda.loops.StridedCopy;
import io.millrace.cuda.loops.StridedCopy.Axis;
import java.util.List;

/**
 * Makes the commands that write a whole tensor of which strided elements are copied and the others
 * hold one value.
 *
 * @param bytes of the whole tensor
 * @param pattern the value, repeated to eight bytes
 */
record FilledCopy(StridedCopy copy, long bytes, long pattern) {

  /**
   * Returns whether positions in the tensor can be divided into coordinates, the same way for all:
   * along each axis by its stride, the rest along the next one.
   */
  boolean isPossible() {
    List<Axis> axes = copy.axes();
    long[] first = first();
    long inner = rest();
    for (int i = axes.size() - 1; i > 0; i--) {
      inner += (first[i] + axes.get(i).extent() - 1) * axes.get(i).target();
      if (inner >= axes.get(i - 1).target()) {
        return false;
      }
    }
    return true;
  }

  /** Returns the coordinates of the first element that is copied. */
  private long[] first() {
    long[] first = new long[copy.axes().size()];
    long rest = copy.target();
    for (int i = 0; i < first.length; i++) {
      first[i] = rest / copy.axes().get(i).target();
      rest %= copy.axes().get(i).target();
    }
    return first;
  }

  /** Returns what remains of the position of every element that is copied. */
  private long rest() {
    return copy.target() % copy.inner().target();
  }

  /** Adds the copy. */
  void add(StepContext context, Address from, Address to) {
    List<Axis> axes = copy.axes();
    String type = CopyLoop.type(copy.unit());
    boolean strided = copy.inner().target() != 1;
    long count = bytes / copy.unit();
    LaunchBuilder kernel =
        context
            .kernel(
                "copy_filled_"
                    + axes.size()
                    + (strided ? "_axes_strided_" : "_axes_")
                    + copy.unit())
            .wide(copy.isWide() || CopyLoop.isWide(count))
            .in(type, "source", from.plus(copy.source() * copy.unit()))
            .out(type, "target", to)
            .int64("pattern", pattern)
            .index("count", count);
    StringBuilder read = new StringBuilder("index_t rest = i, from = 0, at_axis;\n");
    read.append("bool inside = true;\n");
    long[] first = first();
    for (int i = 0; i < axes.size(); i++) {
      Axis axis = axes.get(i);
      String at = "rest";
      if (axis.target() != 1) {
        kernel.divisor("to" + i, axis.target());
        at = "rest / to" + i;
      }
      kernel
          .index("first" + i, first[i])
          .index("extent" + i, axis.extent())
          .index("from" + i, axis.source());
      read.append("at_axis = ").append(at).append(";\n");
      if (axis.target() != 1) {
        read.append("rest -= at_axis * (index_t)to").append(i).append(".d;\n");
      }
      read.append(
          """
          at_axis -= first%1$d;
          inside &= at_axis >= 0 && at_axis < extent%1$d;
          from += at_axis * from%1$d;
          """
              .formatted(i));
    }
    if (strided) {
      kernel.index("rest_of_all", rest());
      read.append("inside &= rest == rest_of_all;\n");
    }
    read.append("at[k] = i;\nvalue[k] = inside ? source[from] : fill;");
    kernel
        .body("  const " + type + " fill = " + fill(copy.unit()) + ";\n")
        .body(CopyLoop.over(copy.unit(), read.toString()));
    context.add(CopyLoop.launch(context, kernel, count));
  }

  private static String fill(int unit) {
    return unit < CopyLoop.LARGEST
        ? "(" + CopyLoop.type(unit) + ")pattern"
        : "make_uint4((u32)pattern, (u32)(pattern >> 32), (u32)pattern, (u32)(pattern >> 32))";
  }

  /** Adds the filling of so many bytes with the pattern. */
  static void fill(StepContext context, Address to, long bytes, long pattern) {
    int unit = CopyLoop.LARGEST;
    long count = bytes / unit;
    LaunchBuilder kernel =
        context
            .kernel("fill")
            .wide(CopyLoop.isWide(count))
            .out(CopyLoop.type(unit), "target", to)
            .int64("pattern", pattern)
            .index("count", count)
            .int32("tail", (int) (bytes % unit))
            .body("  const uint4 fill = " + fill(unit) + ";\n")
            .body(
                """
                  if (blockIdx.x == 0 && threadIdx.x < tail) {
                    ((u8*)(target + count))[threadIdx.x] = (u8)(pattern >> threadIdx.x % 8 * 8);
                  }
                """)
            .body(CopyLoop.over(unit, "value[k] = fill;\nat[k] = i;"));
    context.add(CopyLoop.launch(context, kernel, count));
  }
}
