package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.ir.WindowAxis;

/**
 * Makes the command that computes anew, sum by sum, what a convolution found not to be finite.
 *
 * <p>Algorithms of cuDNN and tiled products multiply padding by zero, and those of Winograd and
 * Fourier mix neighbours; that is nothing as long as all numbers are finite. But NaN and infinity
 * must reach what sees them, and nothing else.
 */
final class ConvolutionCorrection {
  private static final int THREADS = 256;

  private final Convolving c;
  private final SlidingWindows windows;

  private ConvolutionCorrection(Convolving convolving) {
    c = convolving;
    windows = c.windows();
  }

  /** Adds the command. */
  static void add(Convolving convolving) {
    ConvolutionCorrection correction = new ConvolutionCorrection(convolving);
    switch (convolving.kind()) {
      case FORWARD -> correction.forward();
      case DATA_GRADIENT -> correction.dataGradient();
      case FILTER_GRADIENT -> correction.filterGradient();
    }
  }

  /** Returns whether anything that is summed over may lie outside. */
  static boolean seesPadding(Convolving c) {
    SlidingWindows windows = c.windows();
    for (int i = 0; i < windows.count(); i++) {
      WindowAxis axis = windows.axes().get(i);
      long end = (windows.windows(i) - 1) * axis.stride() + (axis.size() - 1) * axis.dilation();
      boolean outside =
          switch (c.kind()) {
            case FORWARD, FILTER_GRADIENT ->
                axis.padBefore() > 0 || end - axis.padBefore() >= windows.extent(i);
            case DATA_GRADIENT -> axis.size() > 1 || axis.padBefore() > 0 || axis.padAfter() > 0;
          };
      if (outside) {
        return true;
      }
    }
    return false;
  }

  private LaunchBuilder kernel(String kind) {
    return windows
        .parameters(c.kernel("correct_" + kind), 1)
        .index("inputs", c.inputsPerGroup())
        .index("outputs", c.outputsPerGroup())
        .index("allInputs", c.inputs())
        .index("allOutputs", c.outputs());
  }

  /** What each thread begins with: only where the result is not finite there is work. */
  private String begin() {
    return """
    const index_t at = thread();
    if (at >= size) return;
    const TYPE found = target[at];
    if (found - found == 0) return;
    double sum = 0;
    """;
  }

  private void add(LaunchBuilder kernel, long size, String text) {
    String body = text.replace("TYPE", c.type()).indent(2);
    c.context().add(kernel.index("size", size).body(body).perUnit(size, THREADS));
  }

  private static final String STORE = "target[at] = (TYPE)sum;\n";

  /** NaN stays NaN, whatever else is added. */
  private static final String UNLESS_NAN = "if (sum != sum) {\n  " + STORE + "  return;\n}\n";

  private void forward() {
    LaunchBuilder kernel =
        kernel("convolution")
            .in(c.type(), "data", c.data())
            .in(c.type(), "filter", c.filter())
            .out(c.type(), "target", c.result())
            .divisor("allOutputsBy", c.outputs())
            .divisor("outputsBy", c.outputsPerGroup());
    windows.divisors(kernel, "windows");
    String text =
        begin()
            + """
            index_t rest = at / allOutputsBy;
            const index_t channel = at - rest * allOutputs;
            """
            + windows.takeApart("q", "windows")
            + "const index_t base = rest * batchStep + channel / outputsBy * inputs;\n"
            + windows.overElements(
                """
                const index_t from = base + %s;
                const index_t weighs = (%s) * inputs * allOutputs + channel;
                for (index_t i = 0; i < inputs; i++) {
                  sum += (double)data[from + i] * filter[weighs + i * allOutputs];
                }
                """
                        .formatted(windows.sum("p", "step"), windows.number("w", "size"))
                    + UNLESS_NAN)
            + STORE;
    add(kernel, windows.result().size(), text);
  }

  private void dataGradient() {
    LaunchBuilder kernel =
        kernel("data_gradient")
            .in(c.type(), "filter", c.filter())
            .in(c.type(), "gradient", c.result())
            .out(c.type(), "target", c.data())
            .divisor("allInputsBy", c.inputs())
            .divisor("inputsBy", c.inputsPerGroup());
    windows.divisors(kernel, "extent");
    windows.divisors(kernel, "stride");
    windows.divisors(kernel, "dilation");
    String text =
        begin()
            + """
            index_t rest = at / allInputsBy;
            const index_t channel = at - rest * allInputs, group = channel / inputsBy;
            const index_t input = channel - group * inputs;
            """
            + windows.takeApart("p", "extent")
            + "const index_t base = rest * batchWalk + group * outputs;\n"
            + windows.overWindows(
                """
                const index_t arrives = base + %s;
                const index_t weighs =
                    ((%s) * inputs + input) * allOutputs + group * outputs;
                for (index_t i = 0; i < outputs; i++) {
                  sum += (double)gradient[arrives + i] * filter[weighs + i];
                }
                """
                        .formatted(windows.sum("q", "walk"), windows.number("w", "size"))
                    + UNLESS_NAN)
            + STORE;
    add(kernel, windows.data().size(), text);
  }

  private void filterGradient() {
    LaunchBuilder kernel =
        kernel("filter_gradient")
            .in(c.type(), "data", c.data())
            .in(c.type(), "gradient", c.result())
            .out(c.type(), "target", c.filter())
            .index("positions", windows.positions())
            .divisor("allOutputsBy", c.outputs())
            .divisor("outputsBy", c.outputsPerGroup())
            .divisor("inputsBy", c.inputsPerGroup());
    windows.divisors(kernel, "windows");
    windows.divisors(kernel, "size");
    String text =
        begin()
            + """
            index_t rest = at / allOutputsBy;
            const index_t channel = at - rest * allOutputs;
            const index_t above = rest / inputsBy;
            const index_t base = channel / outputsBy * inputs + rest - above * inputs;
            rest = above;
            """
            + windows.takeApart("w", "size")
            + "for (index_t k = 0; k < positions; k++) {\n  index_t rest = k;\n"
            + (windows.takeApart("q", "windows")
                    + windows.each("const index_t p# = q# * stride# - pad# + w# * dilation#;\n")
                    + """
                    if (!(%s)) continue;
                    const index_t from = base + rest * batchStep + %s;
                    sum += (double)data[from] * gradient[k * allOutputs + channel];
                    """
                        .formatted(windows.all("p# >= 0 && p# < extent#"), windows.sum("p", "step"))
                    + UNLESS_NAN)
                .indent(2)
            + "}\n"
            + STORE;
    add(kernel, c.filterShape().size(), text);
  }
}
