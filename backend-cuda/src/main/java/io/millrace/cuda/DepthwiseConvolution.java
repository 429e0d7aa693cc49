package io.millrace.cuda;

import io.millrace.Shape;

/**
 * Makes the commands of convolutions that see each input channel alone: kernels whose neighbouring
 * threads have neighbouring channels.
 */
final class DepthwiseConvolution {
  private static final int THREADS = 256;
  private static final int CHANNELS = 32;
  private static final int LANES = THREADS / CHANNELS;
  private static final int BLOCKS_PER_MULTIPROCESSOR = 8;

  /** Terms that each thread of the filters' gradient sums at least. */
  private static final int LEAST = 16;

  private DepthwiseConvolution() {}

  /** Adds the commands; there is one input channel a group. */
  static void add(Convolving convolving) {
    switch (convolving.kind()) {
      case FORWARD -> forward(convolving);
      case DATA_GRADIENT -> dataGradient(convolving);
      case FILTER_GRADIENT -> filterGradient(convolving);
    }
  }

  private static LaunchBuilder kernel(Convolving c, String name) {
    return c.windows()
        .parameters(c.kernel(name), 1)
        .index("outputs", c.outputs())
        .index("multiplier", c.outputsPerGroup());
  }

  private static void forward(Convolving c) {
    SlidingWindows windows = c.windows();
    long size = windows.result().size();
    LaunchBuilder kernel =
        kernel(c, "depthwise")
            .in(c.type(), "data", c.data())
            .in(c.type(), "filter", c.filter())
            .out(c.type(), "result", c.result())
            .index("size", size)
            .divisor("outputsBy", c.outputs())
            .divisor("multiplierBy", c.outputsPerGroup());
    windows.divisors(kernel, "windows");
    String text =
        """
        const index_t at = thread();
        if (at >= size) return;
        index_t rest = at / outputsBy;
        const index_t channel = at - rest * outputs;
        """
            + windows.takeApart("q", "windows")
            + """
            const index_t base = rest * batchStep + channel / multiplierBy;
            %s sum = 0;
            """
                .formatted(c.type())
            + windows.overElements(
                "sum += data[base + %s] * filter[(%s) * outputs + channel];\n"
                    .formatted(windows.sum("p", "step"), windows.number("w", "size")))
            + "result[at] = sum;\n";
    c.context().add(kernel.body(text.indent(2)).perUnit(size, THREADS));
  }

  private static void dataGradient(Convolving c) {
    SlidingWindows windows = c.windows();
    long size = windows.data().size();
    LaunchBuilder kernel =
        kernel(c, "depthwise_data_gradient")
            .in(c.type(), "filter", c.filter())
            .in(c.type(), "gradient", c.result())
            .out(c.type(), "data", c.data())
            .index("size", size)
            .index("inputs", c.inputs())
            .divisor("inputsBy", c.inputs());
    windows.divisors(kernel, "extent");
    windows.divisors(kernel, "stride");
    windows.divisors(kernel, "dilation");
    String text =
        """
        const index_t at = thread();
        if (at >= size) return;
        index_t rest = at / inputsBy;
        const index_t channel = (at - rest * inputs) * multiplier;
        """
            + windows.takeApart("p", "extent")
            + """
            const index_t base = rest * batchWalk + channel;
            %s sum = 0;
            """
                .formatted(c.type())
            + windows.overWindows(
                """
                const index_t arrives = base + %s, weight = (%s) * outputs + channel;
                for (index_t i = 0; i < multiplier; i++) {
                  sum += gradient[arrives + i] * filter[weight + i];
                }
                """
                    .formatted(windows.sum("q", "walk"), windows.number("w", "size")))
            + "data[at] = sum;\n";
    c.context().add(kernel.body(text.indent(2)).perUnit(size, THREADS));
  }

  private static void filterGradient(Convolving c) {
    SlidingWindows windows = c.windows();
    Shape filter = c.filterShape();
    long columns = (c.outputs() + CHANNELS - 1) / CHANNELS;
    long blocks = columns * windows.elements();
    long wanted = (long) BLOCKS_PER_MULTIPROCESSOR * c.context().target().multiprocessors();
    PartialSums sums =
        PartialSums.divide(
            c.context(),
            c.dtype(),
            filter.size(),
            windows.positions(),
            LEAST * LANES,
            (wanted + blocks - 1) / blocks,
            c.filter());
    LaunchBuilder kernel =
        kernel(c, "depthwise_filter_gradient")
            .in(c.type(), "data", c.data())
            .in(c.type(), "gradient", c.result())
            .out(c.type(), "parts", sums.to())
            .index("positions", windows.positions())
            .index("depth", sums.depth())
            .index("size", filter.size())
            .divisor("columnsBy", columns)
            .divisor("elementsBy", windows.elements())
            .divisor("multiplierBy", c.outputsPerGroup());
    windows.divisors(kernel, "windows");
    windows.divisors(kernel, "size");
    String text =
        """
        __shared__ %1$s lanes[%2$d][%3$d];
        const index_t block = (index_t)blockIdx.x, blockRest = block / columnsBy;
        const index_t column = threadIdx.x %% %3$d, lane = threadIdx.x / %3$d;
        const index_t channel = block %% columnsBy * %3$d + column;
        const index_t part = blockRest / elementsBy, element = blockRest %% elementsBy;
        const index_t from = part * depth;
        const index_t to = positions - from < depth ? positions : from + depth;
        index_t rest = element;
        %1$s sum = 0;
        """
                .formatted(c.type(), LANES, CHANNELS)
            + windows.takeApart("w", "size")
            + """
            if (channel < outputs) {
              const index_t input = channel / multiplierBy;
              for (index_t k = from + lane; k < to; k += %d) {
                index_t rest = k;
            """
                .formatted(LANES)
            + windows.takeApart("q", "windows").indent(4)
            + windows.each("const index_t p# = q# * stride# - pad# + w# * dilation#;\n").indent(4)
            + """
                if (%s) {
                  sum += data[rest * batchStep + %s + input] * gradient[k * outputs + channel];
                }
              }
            }
            lanes[lane][column] = sum;
            __syncthreads();
            if (lane == 0 && channel < outputs) {
              for (int i = 1; i < %d; i++) sum += lanes[i][column];
              parts[part * size + element * outputs + channel] = sum;
            }
            """
                .formatted(windows.all("p# >= 0 && p# < extent#"), windows.sum("p", "step"), LANES);
    c.context().add(kernel.body(text.indent(2)).grid(blocks * sums.count(), 1, THREADS));
    sums.finish(c.filter());
  }
}
