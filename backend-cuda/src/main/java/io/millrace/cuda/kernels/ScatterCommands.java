package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;
import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import java.util.Locale;

/**
 * Makes the commands of Scatter: the base is copied unless the output has its place, then the rows
 * that indices name are changed.
 *
 * <p>Updates of one row follow each other in their order. A few are found by looking at all indices
 * before. The last one, for SET, is found by a greatest number a row; integers whose sums and
 * extremes do not depend on the order are combined by atomic functions; otherwise indices are
 * {@linkplain SortedScatter sorted}.
 */
public final class ScatterCommands {
  /** So many indices are compared with each other. */
  private static final int FEW = 32;

  /** How many times as many rows as updates there may be if memory is needed for each row. */
  private static final int SPARSE = 4;

  private final StepContext context;
  private final Combine combine;
  private final DType dtype;
  private final DType names;
  private final long rows;
  private final long count;

  /** The C++ type of what one thread changes. */
  private final String type;

  /** Its bytes: those of an element, but for SET the most that is possible. */
  private final int unit;

  private final long inner;

  private ScatterCommands(StepContext context, Combine combine) {
    this.context = context;
    this.combine = combine;
    Place output = context.step().output();
    dtype = output.type().dtype();
    names = context.step().inputs().get(1).type().dtype();
    rows = output.type().shape().dim(0);
    count = context.step().inputs().get(1).type().shape().size();
    long bytes = output.type().shape().dim(1) * dtype.bytes();
    unit = combine == Combine.SET ? CopyLoop.unit(bytes) : dtype.bytes();
    type = combine == Combine.SET ? CopyLoop.type(unit) : CudaTypes.of(dtype);
    inner = bytes / unit;
  }

  public static void add(StepContext context, Primitive.Scatter primitive) {
    Place base = context.step().inputs().get(0);
    Place output = context.step().output();
    if (output.type().bytes() == 0) {
      return;
    }
    if (!base.sameStart(output)) {
      context.add(
          CopyLoop.run(context, context.input(0), context.output(0), output.type().bytes()));
    }
    ScatterCommands commands = new ScatterCommands(context, primitive.combine());
    if (commands.count == 0) {
      return;
    }
    if (commands.count <= FEW) {
      commands.few();
    } else if (primitive.combine() == Combine.SET && commands.rows <= SPARSE * commands.count) {
      commands.last();
    } else if (commands.isAtomic()) {
      commands.atomic();
    } else {
      SortedScatter.add(context, commands);
    }
  }

  private boolean isAtomic() {
    boolean integers = dtype.isInteger() && dtype.bytes() >= Integer.BYTES;
    return switch (combine) {
      case ADD, SUB, MIN, MAX -> integers;
      case SET, MUL -> false;
    };
  }

  DType names() {
    return names;
  }

  long rows() {
    return rows;
  }

  long count() {
    return count;
  }

  /** Begins a kernel of which a thread is to change the column {@code column} of a row. */
  LaunchBuilder kernel(String way) {
    String what = combine == Combine.SET ? "set_" + unit : lowerCase(combine) + "_" + dtype;
    return context
        .kernel("scatter_" + what + "_" + way)
        .wide(isWide())
        .in(type, "source", context.input(2))
        .out(type, "target", context.output(0))
        .index("rows", rows)
        .index("updates", count)
        .divisor("inner", inner);
  }

  boolean isWide() {
    return CopyLoop.isWide(rows * inner, count * inner);
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Returns statements with names of this step's types and function in place. */
  String with(String text) {
    String function =
        switch (combine) {
          case SET -> "";
          case ADD -> "add";
          case SUB -> "sub";
          case MUL -> "mul";
          case MIN -> "minimum";
          case MAX -> "maximum";
        };
    return text.replace("TYPE", type).replace("COMBINE", function);
  }

  boolean isSet() {
    return combine == Combine.SET;
  }

  /** Adds the launch of a kernel whose threads have a column of an update each. */
  void addPerElement(LaunchBuilder kernel) {
    CopyLoop.addStriding(context, kernel, count * inner);
  }

  private LaunchBuilder byIndices(LaunchBuilder kernel) {
    return kernel.in(CudaTypes.of(names), "indices", context.input(1));
  }

  private static final String EACH_UPDATE =
      """
        for (index_t i = thread(); i < updates * (index_t)inner.d; i += threads()) {
          index_t j = i / inner;
          index_t column = i - j * (index_t)inner.d;
          long long row = indices[j];
          if (row < 0 || row >= rows) continue;
          TYPE* place = target + (index_t)row * (index_t)inner.d + column;
      """;

  private void few() {
    LaunchBuilder kernel = byIndices(kernel("few_" + names)).body(with(EACH_UPDATE));
    if (isSet()) {
      kernel.body(
          """
              bool last = true;
              for (index_t k = j + 1; k < updates; k++) last &= indices[k] != row;
              if (last) *place = source[i];
            }
          """);
    } else {
      kernel.body(
          with(
              """
                  bool first = true;
                  for (index_t k = 0; k < j; k++) first &= indices[k] != row;
                  if (!first) continue;
                  TYPE x = *place;
                  for (index_t k = j; k < updates; k++) {
                    if (indices[k] == row) x = COMBINE(x, source[k * (index_t)inner.d + column]);
                  }
                  *place = x;
                }
              """));
    }
    addPerElement(kernel);
  }

  private void last() {
    Address last = context.scratch(rows * Integer.BYTES);
    addPerUpdate("scatter_forget_", last, "last[row] = -1;");
    addPerUpdate("scatter_last_", last, "atomicMax(last + row, (int)j);");
    LaunchBuilder kernel = byIndices(kernel("last_" + names));
    kernel
        .in("int", "last", last)
        .body(with(EACH_UPDATE))
        .body("    if (last[row] == (int)j) *place = source[i];\n  }\n");
    addPerElement(kernel);
  }

  private void addPerUpdate(String name, Address last, String statement) {
    LaunchBuilder kernel = context.kernel(name + names).wide(isWide());
    byIndices(kernel)
        .out("int", "last", last)
        .index("rows", rows)
        .index("updates", count)
        .body(
            """
              for (index_t j = thread(); j < updates; j += threads()) {
                long long row = indices[j];
                if (row >= 0 && row < rows) STATEMENT
              }
            """
                .replace("STATEMENT", statement));
    CopyLoop.addStriding(context, kernel, count);
  }

  private void atomic() {
    String unsigned = CudaTypes.unsigned(dtype.bytes());
    String statement =
        switch (combine) {
          case ADD -> "atomicAdd((UNSIGNED*)place, (UNSIGNED)source[i]);";
          case SUB -> "atomicAdd((UNSIGNED*)place, (UNSIGNED)0 - (UNSIGNED)source[i]);";
          case MIN -> "atomicMin(place, source[i]);";
          default -> "atomicMax(place, source[i]);";
        };
    addPerElement(
        byIndices(kernel("atomic_" + names))
            .body(with(EACH_UPDATE))
            .body("    " + statement.replace("UNSIGNED", unsigned) + "\n  }\n"));
  }
}
