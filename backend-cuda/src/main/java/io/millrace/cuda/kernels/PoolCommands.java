package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import java.util.Locale;

/**
 * Makes the commands of Pool: kernels of one thread for each pack of neighbouring channels.
 *
 * <p>Gradients are gathered: each element of the data asks the windows that have it, in order. For
 * that, the gradient of the maximum first notes in scratch memory which element of each window is
 * its greatest.
 */
public final class PoolCommands {
  private static final int THREADS = 256;

  private PoolCommands() {}

  public static void add(StepContext context, Primitive.Pool primitive) {
    if (context.step().output().type().shape().size() > 0) {
      new Kernels(context, primitive).add(primitive.kind());
    }
  }

  /** The kernels of one step. */
  private static final class Kernels {
    private final StepContext context;
    private final SlidingWindows windows;
    private final DType dtype;
    private final String type;
    private final int pack;
    private final String marks;

    Kernels(StepContext context, Primitive.Pool primitive) {
      this.context = context;
      Step step = context.step();
      Place data = primitive.kind().data(step.inputs(), step.output());
      Place result = primitive.kind().result(step.inputs(), step.output());
      windows = new SlidingWindows(primitive.axes(), data.type().shape(), result.type().shape());
      dtype = data.type().dtype();
      type = CudaTypes.of(dtype);
      int most = 16 / dtype.bytes();
      pack = windows.data().dim(-1) % most == 0 ? most : 1;
      marks = windows.elements() <= 256 ? "u8" : "int";
    }

    void add(Primitive.Pool.Kind kind) {
      switch (kind) {
        case MAX ->
            context.add(
                perWindow("max_pool")
                    .out("Channels", "out", context.output(0))
                    .body(
                        forward(
                            filled("best", "LEAST"),
                            """
                            const Channels v = data[base + %s];
                            EACH if (v.v[l] > best.v[l] || v.v[l] != v.v[l]) best.v[l] = v.v[l];
                            """
                                .formatted(windows.sum("p", "step")),
                            "out[at] = best;\n"))
                    .perUnit(results(), THREADS));
        case AVERAGE ->
            context.add(
                perWindow("average_pool")
                    .out("Channels", "out", context.output(0))
                    .body(
                        forward(
                            filled("sum", "0") + "index_t count = 0;\n",
                            """
                            const Channels v = data[base + %s];
                            EACH sum.v[l] += v.v[l];
                            count++;
                            """
                                .formatted(windows.sum("p", "step")),
                            """
                            if (count > 0) {
                              EACH sum.v[l] /= (%s)count;
                            }
                            out[at] = sum;
                            """
                                .formatted(type)))
                    .perUnit(results(), THREADS));
        case MAX_GATHER ->
            context.add(
                perWindow("max_pool_gather")
                    .in(type, "values", context.input(1))
                    .out("Channels", "out", context.output(0))
                    .body(
                        greatest(
                            "index_t",
                            "base + " + windows.sum("p", "step"),
                            """
                            Channels picked;
                            EACH picked.v[l] = none ? 0 : values[mark[l] * %1$d + l];
                            out[at] = picked;
                            """
                                .formatted(pack)))
                    .perUnit(results(), THREADS));
        case MAX_GRADIENT -> maxGradient();
        case AVERAGE_GRADIENT ->
            context.add(
                perElement("average_pool_gradient")
                    .in("Channels", "dy", context.input(0))
                    .out("Channels", "dx", context.output(0))
                    .body(
                        gradient(
                            windows.each(
                                    """
                                    const index_t start# = q# * stride# - pad#;
                                    const index_t before# =
                                        start# < 0 ? (dilation# - 1 - start#) / dilation#By : 0;
                                    index_t count# =
                                        (extent# - start# + dilation# - 1) / dilation#By;
                                    if (count# > size#) count# = size#;
                                    count# -= before#;
                                    """)
                                + """
                                const Channels v = dy[base + %s];
                                const %s count = (%s)(%s);
                                EACH sum.v[l] += v.v[l] / count;
                                """
                                    .formatted(
                                        windows.sum("q", "walk"),
                                        type,
                                        type,
                                        windows.product("count"))))
                    .perUnit(elements(), THREADS));
      }
    }

    private void maxGradient() {
      Address noted =
          context.scratch(windows.result().size() * (marks.equals("u8") ? 1 : Integer.BYTES));
      if (windows.result().size() > 0) {
        context.add(
            perWindow("max_pool_mark")
                .declare(marksType())
                .out("Marks", "out", noted)
                .body(
                    greatest(
                        "int",
                        "(int)(" + windows.number("w", "size") + ")",
                        """
                        Marks marks;
                        EACH marks.v[l] = (%s)mark[l];
                        out[at] = marks;
                        """
                            .formatted(marks)))
                .perUnit(results(), THREADS));
      }
      context.add(
          perElement("max_pool_gradient")
              .declare(marksType())
              .in("Marks", "noted", noted)
              .in("Channels", "dy", context.input(1))
              .out("Channels", "dx", context.output(0))
              .body(
                  gradient(
                      """
                      const index_t from = base + %s;
                      const Marks mark = noted[from];
                      const Channels v = dy[from];
                      const int w = (int)(%s);
                      EACH if ((int)mark.v[l] == w) sum.v[l] += v.v[l];
                      """
                          .formatted(windows.sum("q", "walk"), windows.number("w", "size"))))
              .perUnit(elements(), THREADS));
    }

    private String marksType() {
      return "using Marks = Pack<" + marks + ", " + pack + ">;\n";
    }

    private long results() {
      return windows.result().size() / pack;
    }

    private long elements() {
      return windows.data().size() / pack;
    }

    private LaunchBuilder kernel(String name) {
      LaunchBuilder kernel =
          context
              .kernel(name + "_" + dtype.name().toLowerCase(Locale.ROOT) + "_" + windows.count())
              .wide(windows.isWide());
      return windows
          .packed(kernel, type, pack)
          .divisor("channelsBy", windows.data().dim(-1) / pack);
    }

    private LaunchBuilder perWindow(String name) {
      LaunchBuilder kernel = kernel(name).index("count_all", results());
      return windows.divisors(kernel, "windows").in("Channels", "data", context.input(0));
    }

    private LaunchBuilder perElement(String name) {
      LaunchBuilder kernel = kernel(name).index("count_all", elements());
      windows.divisors(kernel, "extent");
      windows.divisors(kernel, "stride");
      return windows.divisors(kernel, "dilation");
    }

    /** What a thread computes: channels at a place that is taken apart from {@code rest}. */
    private static final String START =
        """
        const index_t at = thread();
        if (at >= count_all) return;
        index_t rest = at / channelsBy;
        const index_t channel = at - rest * (index_t)channelsBy.d;
        """;

    private static String filled(String name, String value) {
      return "Channels " + name + ";\nEACH " + name + ".v[l] = " + value + ";\n";
    }

    /** Returns the text of a thread that makes the results of one window. */
    private String forward(String before, String element, String after) {
      String least = CudaTypes.literal(dtype, dtype.lowest());
      String text =
          START
              + windows.takeApart("q", "windows")
              + "const index_t base = rest * batchStep + channel;\n"
              + before
              + windows.overElements(element)
              + after;
      return text.replace("LEAST", least).indent(2);
    }

    /** Returns the text of a thread that finds each window's first greatest element. */
    private String greatest(String markType, String mark, String after) {
      return forward(
          filled("best", "LEAST")
              + "bool none = true;\n"
              + markType
              + " mark["
              + pack
              + "];\nEACH mark[l] = 0;\n",
          """
          const Channels v = data[base + %s];
          const %s here = %s;
          EACH {
            // Without anything greater the first element counts; NaN is greater than any number.
            const bool nan = v.v[l] != v.v[l] && best.v[l] == best.v[l];
            if (none || nan || v.v[l] > best.v[l]) mark[l] = here;
            if (nan || v.v[l] > best.v[l]) best.v[l] = v.v[l];
          }
          none = false;
          """
              .formatted(windows.sum("p", "step"), markType, mark),
          after);
    }

    /** Returns the text of a thread that sums the gradients arriving at one element. */
    private String gradient(String window) {
      String text =
          START
              + windows.takeApart("p", "extent")
              + "const index_t base = rest * batchWalk + channel;\n"
              + filled("sum", "0")
              + windows.overWindows(window)
              + "dx[at] = sum;\n";
      return text.indent(2);
    }
  }
}
