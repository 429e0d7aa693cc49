package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.type.Shape;

/**
 * Makes the commands of convolutions that see each input channel alone: kernels whose neighbouring
 * threads have neighbouring channels, or packs of them.
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

  private static LaunchBuilder kernel(Convolving c, String name, int pack) {
    return c.windows()
        .packed(c.kernel(name), c.type(), pack)
        .index("outputs", c.outputs() / pack)
        .index("multiplier", c.outputsPerGroup());
  }

  /** Returns how many neighbouring channels a thread computes. */
  private static int pack(Convolving c) {
    int most = 16 / c.dtype().bytes();
    return c.outputsPerGroup() == 1 && c.outputs() % most == 0 ? most : 1;
  }

  private static void forward(Convolving c) {
    SlidingWindows windows = c.windows();
    int pack = pack(c);
    long size = windows.result().size() / pack;
    LaunchBuilder kernel =
        kernel(c, "depthwise", pack)
            .in("Channels", "data", c.data())
            .in("Channels", "filter", c.filter())
            .out("Channels", "result", c.result())
            .index("size", size)
            .divisor("outputsBy", c.outputs() / pack)
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
            Channels sum;
            EACH sum.v[l] = 0;
            """
            + windows.overElements(
                """
                const Channels x = data[base + %s];
                const Channels weight = filter[(%s) * outputs + channel];
                EACH sum.v[l] += x.v[l] * weight.v[l];
                """
                    .formatted(windows.sum("p", "step"), windows.number("w", "size")))
            + "result[at] = sum;\n";
    c.context().add(kernel.body(text.indent(2)).perUnit(size, THREADS));
  }

  private static void dataGradient(Convolving c) {
    SlidingWindows windows = c.windows();
    int pack = pack(c);
    long size = windows.data().size() / pack;
    LaunchBuilder kernel =
        kernel(c, "depthwise_data_gradient", pack)
            .in("Channels", "filter", c.filter())
            .in("Channels", "gradient", c.result())
            .out("Channels", "data", c.data())
            .index("size", size)
            .index("inputs", c.inputs() / pack)
            .divisor("inputsBy", c.inputs() / pack);
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
            Channels sum;
            EACH sum.v[l] = 0;
            """
            + windows.overWindows(
                """
                const index_t arrives = base + %s, weighs = (%s) * outputs + channel;
                for (index_t i = 0; i < multiplier; i++) {
                  const Channels dy = gradient[arrives + i], weight = filter[weighs + i];
                  EACH sum.v[l] += dy.v[l] * weight.v[l];
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
        kernel(c, "depthwise_filter_gradient", 1)
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
