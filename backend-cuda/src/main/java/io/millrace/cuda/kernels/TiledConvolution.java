package io.millrace.cuda.kernels;

import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import java.math.BigInteger;

/**
 * Makes the commands of any convolution as products of matrices that are found in the tensors while
 * they are multiplied, by {@link TiledProduct}.
 *
 * <p>Rows of the left operand are positions (for the gradient of the filters, elements of a filter)
 * and the depth is elements of a filter (positions). An element of the data, or of the gradient
 * that arrives, lies where the place of its row and the distance of its depth say together: {@code
 * place}i and {@code d}i of axis i.
 *
 * <p>The gradient of the data comes in phases: the elements of one phase lie a stride apart, so
 * that the same elements of filters reach all of them, {@code hop}i elements apart, and no other is
 * multiplied.
 */
final class TiledConvolution {
  /** Blocks that sum the gradient of the filters for each multiprocessor. */
  private static final int BLOCKS_PER_MULTIPROCESSOR = 3;

  /** How deep a part of a sum is at least. */
  private static final int LEAST = 8 * TiledProduct.DEPTH;

  private final Convolving c;
  private final SlidingWindows windows;

  private TiledConvolution(Convolving convolving) {
    c = convolving;
    windows = c.windows();
  }

  /** Adds the commands. */
  static void add(Convolving convolving) {
    TiledConvolution tiled = new TiledConvolution(convolving);
    switch (convolving.kind()) {
      case FORWARD -> tiled.forward();
      case DATA_GRADIENT -> tiled.dataGradient();
      case FILTER_GRADIENT -> tiled.filterGradient();
    }
  }

  private LaunchBuilder kernel(String name, TiledProduct.Tile tile, long rows, long columns) {
    return windows
        .parameters(c.kernel(name), 1)
        .index("inputs", c.inputsPerGroup())
        .index("outputs", c.outputsPerGroup())
        .index("allInputs", c.inputs())
        .index("allOutputs", c.outputs())
        .index("rows", rows)
        .index("cols", columns)
        .divisor("across", tile.across(columns))
        .divisor("down", tile.down(rows))
        .divisor("groups", c.groups());
  }

  private TiledProduct.Tile tile(long rows, long columns, long products) {
    return TiledProduct.Tile.of(
        c.dtype().bytes(), rows, columns, products, c.context().target().multiprocessors());
  }

  private void add(LaunchBuilder kernel, TiledProduct text, long rows, long columns, long times) {
    c.context()
        .add(
            kernel
                .resident(2)
                .declare(text.declarations())
                .body(text.body())
                .grid(
                    Math.multiplyExact(
                        text.tile().down(rows) * text.tile().across(columns), c.groups() * times),
                    1,
                    TiledProduct.THREADS));
  }

  /** Returns the text that finds the block's tile; {@code turn} is a phase or a part of a sum. */
  private static String tileOf(String depth) {
    return """
      index_t block = (index_t)blockIdx.x, blockRest = block / across;
      const index_t col0 = block % across * COLS, row0 = blockRest % down * ROWS;
      blockRest = blockRest / down;
      const index_t group = blockRest % groups, turn = blockRest / groups;
    """
        + depth;
  }

  /** Returns the text in which one thread for each row notes what is known of it. */
  private String rows(String valid, String prepare, String base, String target) {
    return windows.each("  __shared__ index_t place#[ROWS];\n")
        + """
          __shared__ index_t base[ROWS], target[ROWS];
          if (threadIdx.x < ROWS) {
            const index_t row = row0 + threadIdx.x;
            index_t rest = row;
        """
        + prepare.indent(4)
        + "    const bool valid = row < rows%s;\n".formatted(valid)
        // The place of what is not there is so far away that no distance leads back.
        + windows.each(
            "    place#[threadIdx.x] = valid ? at# : -((index_t)1 << (8 * sizeof(index_t) - 2));\n")
        + """
            base[threadIdx.x] = %s + %s;
            target[threadIdx.x] = valid ? %s : -1;
          }
          __syncthreads();
        """
            .formatted(base, windows.sum("at", kindStep()), target);
  }

  private String kindStep() {
    return c.kind() == Primitive.Convolve.Kind.DATA_GRADIENT ? "walk" : "step";
  }

  /** Returns the text that loads an element of the tensor that windows slide over. */
  private String element(String tensor, String extents) {
    return """
    if (%s) {
      value = %s[base[r] + here];
    }
    """
        .formatted(windows.all("place#[r] + d# >= 0 && place#[r] + d# < " + extents + "#"), tensor);
  }

  /** Returns the text that finds an element's distance along each axis and its place. */
  private String here(String start, String distance, String step) {
    return windows.each("const index_t d# = " + distance + ";\n")
        + "const index_t here = "
        + start
        + " + "
        + windows.sum("d", step)
        + ";\n";
  }

  /** Returns the text that loads an element of the tensor whose rows are a position's outputs. */
  private static String output(String tensor) {
    return "if (col0 + c < cols) value = %s[k * allOutputs + group * outputs + col0 + c];\n"
        .formatted(tensor);
  }

  /** Adds the parameters of a product whose columns are outputs. */
  private LaunchBuilder withOutputs(LaunchBuilder kernel, TiledProduct.Tile tile) {
    kernel
        .divisor("inputsBy", c.inputsPerGroup())
        .int32("aligned", aligned(c.outputs(), c.outputsPerGroup(), tile));
    windows.divisors(kernel, "windows");
    return windows.divisors(kernel, "size");
  }

  private String target(String tensor) {
    return "target[r] < 0 ? 0 : " + tensor + " + target[r]";
  }

  private int aligned(long all, long perGroup, TiledProduct.Tile tile) {
    return all % tile.pack() == 0 && perGroup % tile.pack() == 0 ? 1 : 0;
  }

  private void forward() {
    long rows = windows.positions();
    long columns = c.outputsPerGroup();
    TiledProduct.Tile tile = tile(rows, columns, c.groups());
    TiledProduct text =
        new TiledProduct(
            c.type(),
            c.type(),
            tile,
            true,
            false,
            tileOf("  const index_t from = 0, to = depth;\n")
                + rows(
                    "",
                    windows.takeApart("q", "windows")
                        + windows.each("const index_t at# = q# * stride# - pad#;\n"),
                    "rest * batchStep + group * inputs",
                    "row * allOutputs + group * outputs"),
            """
            index_t rest = k / inputsBy;
            const index_t channel = k - rest * inputs;
            """
                + windows.takeApart("w", "size")
                + here("channel", "w# * dilation#", "step"),
            element("data", "extent"),
            "",
            output("filter"),
            target("result"));
    LaunchBuilder kernel =
        kernel("convolve_" + tile, tile, rows, columns)
            .in(c.type(), "data", c.data())
            .in(c.type(), "filter", c.filter())
            .out(c.type(), "result", c.result())
            .index("depth", c.filterDepth());
    add(withOutputs(kernel, tile), text, rows, columns, 1);
  }

  private void dataGradient() {
    long phases = 1;
    long rows = windows.batch();
    for (int i = 0; i < windows.count(); i++) {
      phases = Math.multiplyExact(phases, windows.phases(i));
      rows *= cells(i);
    }
    long columns = c.inputsPerGroup();
    TiledProduct.Tile tile = tile(rows, columns, c.groups() * phases);
    String depth =
        """
        index_t rest = k / outputsBy;
        const index_t channel = k - rest * outputs;
        """
            + each(
                windows.count(),
                """
                const index_t j# = rest % count#;
                rest = rest / count#;
                """);
    TiledProduct text =
        new TiledProduct(
            c.type(),
            c.type(),
            tile,
            true,
            true,
            tileOf(phases())
                + rows(
                    " && " + windows.all("p# < extent#"),
                    windows.takeApart("a", "cells")
                        + windows.each(
                            """
                            const index_t at# = a# + first#, p# = a# * stride# + phase#;
                            """),
                    "rest * batchWalk + group * outputs",
                    "rest * batchStep + group * inputs + " + windows.sum("p", "step")),
            depth + here("channel", "-j# * reach#", "walk"),
            element("gradient", "windows"),
            depth
                + windows.each("const index_t w# = least# + j# * hop#;\n")
                + """
                const index_t here =
                    (%s) * inputs * allOutputs + group * outputs + channel;
                """
                    .formatted(windows.number("w", "size")),
            "if (col0 + c < cols) value = filter[here + (col0 + c) * allOutputs];\n",
            target("data"));
    LaunchBuilder kernel =
        kernel("convolve_data_gradient_" + tile, tile, rows, columns)
            .in(c.type(), "filter", c.filter())
            .in(c.type(), "gradient", c.result())
            .out(c.type(), "data", c.data())
            .divisor("outputsBy", c.outputsPerGroup())
            .int32("aligned", aligned(c.inputs(), c.inputsPerGroup(), tile));
    for (int i = 0; i < windows.count(); i++) {
      WindowAxis axis = windows.axes().get(i);
      long common =
          BigInteger.valueOf(axis.stride()).gcd(BigInteger.valueOf(axis.dilation())).longValue();
      kernel
          .divisor("cells" + i + "By", cells(i))
          .index("hop" + i, axis.stride() / common)
          .index("reach" + i, axis.dilation() / common);
    }
    windows.divisors(kernel, "phases");
    add(kernel, text, rows, columns, phases);
  }

  /** Returns how many elements of an axis are in one phase at most. */
  private long cells(int axis) {
    long stride = windows.axes().get(axis).stride();
    return (windows.extent(axis) + stride - 1) / stride;
  }

  /** Returns the text that finds which elements of filters reach the block's phase. */
  private String phases() {
    String text =
        "index_t rest = turn;\n"
            + windows.takeApart("phase", "phases")
            + "index_t to = outputs;\n"
            + windows.each(
                """
                index_t least# = 0;
                while (least# < hop# && least# < size#
                    && (phase# + pad# - least# * dilation#) % stride# != 0) {
                  least#++;
                }
                const index_t count# =
                    least# < hop# && least# < size# ? (size# - least# - 1) / hop# + 1 : 0;
                const index_t first# = (phase# + pad# - least# * dilation#) / stride#;
                to *= count#;
                """)
            + "const index_t from = 0;\n";
    return text.indent(2);
  }

  private void filterGradient() {
    long rows = c.filterDepth();
    long columns = c.outputsPerGroup();
    long positions = windows.positions();
    TiledProduct.Tile tile =
        tile(rows, columns, Math.multiplyExact(c.groups(), (positions + LEAST - 1) / LEAST));
    long blocks = tile.down(rows) * tile.across(columns) * c.groups();
    long wanted = (long) BLOCKS_PER_MULTIPROCESSOR * c.context().target().multiprocessors();
    PartialSums sums =
        PartialSums.divide(
            c.context(),
            c.dtype(),
            c.filterShape().size(),
            positions,
            LEAST,
            (wanted + blocks - 1) / blocks,
            c.filter());
    TiledProduct text =
        new TiledProduct(
            c.type(),
            c.type(),
            tile,
            false,
            false,
            tileOf(
                    """
                      const index_t from = turn * depth;
                      const index_t to = positions - from < depth ? positions : from + depth;
                    """)
                + rows(
                    "",
                    """
                    rest = row / inputsBy;
                    const index_t channel = row - rest * inputs;
                    """
                        + windows.takeApart("w", "size")
                        + windows.each("const index_t at# = w# * dilation# - pad#;\n"),
                    "channel + group * inputs",
                    "turn * size + row * allOutputs + group * outputs"),
            "index_t rest = k;\n"
                + windows.takeApart("q", "windows")
                + here("rest * batchStep", "q# * stride#", "step"),
            element("data", "extent"),
            "",
            output("gradient"),
            target("parts"));
    LaunchBuilder kernel =
        kernel("convolve_filter_gradient_" + tile, tile, rows, columns)
            .in(c.type(), "data", c.data())
            .in(c.type(), "gradient", c.result())
            .out(c.type(), "parts", sums.to())
            .index("positions", positions)
            .index("depth", sums.depth())
            .index("size", c.filterShape().size());
    add(withOutputs(kernel, tile), text, rows, columns, sums.count());
    sums.finish(c.filter());
  }

  /** Returns text for each axis, the last first. */
  private static String each(int axes, String text) {
    StringBuilder all = new StringBuilder();
    for (int i = axes - 1; i >= 0; i--) {
      all.append(text.replace("#", Integer.toString(i)));
    }
    return all.toString();
  }
}
