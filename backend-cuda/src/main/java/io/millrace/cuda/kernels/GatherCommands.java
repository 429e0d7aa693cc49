package io.millrace.cuda.kernels;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.type.Shape;

/** Makes the commands of Gather: one kernel, a thread for each part of an output's row. */
public final class GatherCommands {
  private GatherCommands() {}

  public static void add(StepContext context, Primitive.Gather primitive) {
    Place data = context.step().inputs().get(0);
    Place indices = context.step().inputs().get(1);
    Place output = context.step().output();
    Shape shape = data.type().shape();
    if (output.type().shape().size() == 0) {
      return;
    }
    long stepBytes = shape.dim(3) * data.type().dtype().bytes();
    long rowBytes = output.type().shape().dim(3) * data.type().dtype().bytes();
    int unit = CopyLoop.unit(stepBytes, rowBytes);
    long step = stepBytes / unit;
    long inner = rowBytes / unit;
    boolean windows = step != inner;
    long wanted = output.type().shape().dim(2);
    long count = output.type().shape().size() / output.type().shape().dim(3) * inner;
    boolean rows = inner > 1;
    boolean batched = shape.dim(0) * shape.dim(1) > 1;
    LaunchBuilder kernel =
        context
            .kernel(
                "gather"
                    + (batched ? "_batched" : "")
                    + (windows ? "_windows_" : rows ? "_rows_" : "_")
                    + unit
                    + "_by_"
                    + indices.type().dtype())
            .wide(CopyLoop.isWide(count, shape.dim(0) * shape.dim(1) * shape.dim(2) * step))
            .in(CopyLoop.type(unit), "source", context.input(0))
            .in(CudaTypes.of(indices.type().dtype()), "indices", context.input(1))
            .out(CopyLoop.type(unit), "target", context.output(0))
            .index("count", count)
            .index("length", Primitive.Gather.indices(shape, output.type().shape()));
    if (windows) {
      kernel.index("step", step).index("line", shape.dim(2) * step);
    }
    StringBuilder read = new StringBuilder("index_t row = i, from = 0;\n");
    if (rows) {
      kernel.divisor("inner", inner);
      read.append("row = i / inner;\nindex_t column = i - row * (index_t)inner.d;\n");
    }
    read.append("index_t wanted = row;\n");
    if (batched) {
      kernel.divisor("wanteds", wanted).divisor("outer", shape.dim(1));
      read.append(
          """
          index_t slice = row / wanteds;
          wanted = slice / outer * (index_t)wanteds.d + row - slice * (index_t)wanteds.d;
          from = slice * LINE;
          """
              .replace("LINE", windows ? "line" : "length"));
    }
    read.append(
        """
        long long index = indices[wanted];
        bool present = index >= 0 && index < length;
        if (present) from += (index_t)index STEP;
        at[k] = i;
        value[k] = TYPE();
        """
            .replace(" STEP", windows ? " * step" : "")
            .replace("TYPE()", zero(unit)));
    String place = windows ? "from" : "from * (index_t)inner.d";
    read.append("if (present) value[k] = source[" + (rows ? place + " + column" : "from") + "];");
    kernel.body(CopyLoop.over(unit, read.toString()));
    context.add(CopyLoop.launch(context, kernel, count));
  }

  private static String zero(int unit) {
    return unit == CopyLoop.LARGEST ? "make_uint4(0, 0, 0, 0)" : "0";
  }
}
