package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.ConvolutionCall;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.command.Target;
import io.millrace.ir.WindowAxis;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Makes the commands of convolutions by cuDNN.
 *
 * <p>cuDNN has the output channels of filters first, so filters are transposed on the way. It has
 * the same padding on both sides of an axis: where ours differs, data are copied into padded ones,
 * or their gradient is computed padded and then cut out.
 */
final class CudnnCommands {
  private static final int THREADS = 256;
  private static final int TILE = 32;

  private final Convolving c;
  private final StepContext context;
  private final SlidingWindows windows;

  /** Zeros that the data have at each axis's beginning and end, so that cuDNN adds as many. */
  private final List<long[]> extra = new ArrayList<>();

  private final List<Long> padding = new ArrayList<>();

  private CudnnCommands(Convolving convolving) {
    c = convolving;
    context = c.context();
    windows = c.windows();
    for (int i = 0; i < windows.count(); i++) {
      WindowAxis axis = windows.axes().get(i);
      long before = axis.padBefore();
      WindowAxis even = new WindowAxis(axis.size(), axis.stride(), axis.dilation(), before, before);
      // Windows begin where the padding before them says; that after may then not matter.
      boolean same = even.windows(windows.extent(i)) == windows.windows(i);
      long common = same ? before : Math.min(before, axis.padAfter());
      padding.add(common);
      extra.add(same ? new long[2] : new long[] {before - common, axis.padAfter() - common});
    }
  }

  /** Adds the commands and returns true, or returns false if cuDNN cannot do it. */
  static boolean add(Convolving convolving) {
    int axes = convolving.windows().count();
    if (axes > 3) {
      return false;
    }
    CudnnCommands commands = new CudnnCommands(convolving);
    Optional<ConvolutionCall.Problem> problem = commands.problem();
    Optional<Target.Algorithm> algorithm =
        problem.flatMap(convolving.context().target().convolutions()::choose);
    algorithm.ifPresent(a -> commands.add(problem.orElseThrow(), a));
    return algorithm.isPresent();
  }

  /** Returns the data's shape with the zeros that are not cuDNN's. */
  private Shape padded() {
    Shape shape = windows.data();
    for (int i = 0; i < windows.count(); i++) {
      shape = shape.with(i + 1, windows.extent(i) + extra.get(i)[0] + extra.get(i)[1]);
    }
    return shape;
  }

  private boolean isPadded() {
    return !padded().equals(windows.data());
  }

  /** Returns what cuDNN is asked; nothing if a number is too large for it. */
  private Optional<ConvolutionCall.Problem> problem() {
    Shape filter = c.filterShape();
    int axes = windows.count();
    Shape moved = Shape.of(c.outputs()).concat(filter.slice(0, axes + 1));
    LongStream sizes = Stream.of(padded(), moved, windows.result()).mapToLong(Shape::size);
    LongStream distances =
        windows.axes().stream()
            .flatMapToLong(a -> LongStream.of(a.stride(), a.dilation(), a.padBefore()));
    if (LongStream.concat(sizes, distances).anyMatch(n -> n > Integer.MAX_VALUE)) {
      return Optional.empty();
    }
    return Optional.of(
        new ConvolutionCall.Problem(
            c.kind(),
            c.dtype(),
            sizes(padded()),
            sizes(moved),
            sizes(windows.result()),
            numbers(padding.stream().mapToLong(p -> p), 0),
            numbers(windows.axes().stream().mapToLong(WindowAxis::stride), 1),
            numbers(windows.axes().stream().mapToLong(WindowAxis::dilation), 1),
            c.groups(),
            context.target().tensorFloat32(c.dtype())));
  }

  /** Returns a shape's extents; one spatial axis is the second of two. */
  private List<Integer> sizes(Shape shape) {
    List<Integer> sizes = new ArrayList<>();
    for (long dim : shape.dims()) {
      sizes.add(Math.toIntExact(dim));
    }
    if (windows.count() == 1) {
      sizes.add(1, 1);
    }
    return sizes;
  }

  private List<Integer> numbers(LongStream values, int first) {
    List<Integer> numbers = new ArrayList<>();
    values.forEach(value -> numbers.add(Math.toIntExact(value)));
    if (windows.count() == 1) {
      numbers.add(0, first);
    }
    return numbers;
  }

  private void add(ConvolutionCall.Problem problem, Target.Algorithm algorithm) {
    Address workspace = context.scratch(algorithm.workspaceBytes());
    Address filter = context.scratch(c.bytes(c.filterShape()));
    Address data = isPadded() ? context.scratch(c.bytes(padded())) : c.data();
    long depth = c.filterDepth();
    switch (c.kind()) {
      case FORWARD -> {
        transpose(c.filter(), filter, depth, c.outputs());
        pad(data);
        long bytes = c.bytes(windows.result());
        Address place = GatedCopy.place(context, c.result(), bytes);
        convolve(problem, algorithm, data, filter, place, workspace);
        GatedCopy.finish(context, place, c.result(), bytes);
      }
      case DATA_GRADIENT -> {
        transpose(c.filter(), filter, depth, c.outputs());
        if (isPadded()) {
          convolve(problem, algorithm, data, filter, c.result(), workspace);
          move(data, padded(), c.data(), windows.data(), 1);
        } else {
          long bytes = c.bytes(windows.data());
          Address place = GatedCopy.place(context, c.data(), bytes);
          convolve(problem, algorithm, place, filter, c.result(), workspace);
          GatedCopy.finish(context, place, c.data(), bytes);
        }
      }
      case FILTER_GRADIENT -> {
        pad(data);
        convolve(problem, algorithm, data, filter, c.result(), workspace);
        transpose(filter, c.filter(), c.outputs(), depth);
      }
    }
  }

  private void convolve(
      ConvolutionCall.Problem problem,
      Target.Algorithm algorithm,
      Address data,
      Address filter,
      Address result,
      Address workspace) {
    context.add(
        new ConvolutionCall(
            problem,
            algorithm.number(),
            data,
            filter,
            result,
            workspace,
            algorithm.workspaceBytes()));
  }

  /** Adds the kernel that transposes a matrix, of any type as wide. */
  private void transpose(Address from, Address to, long rows, long columns) {
    long across = (columns + TILE - 1) / TILE;
    String type = CudaTypes.unsigned(c.dtype().bytes());
    context.add(
        context
            .kernel("transpose_" + c.dtype().bytes())
            .wide(rows * columns >= 1L << 30)
            .in(type, "from", from)
            .out(type, "to", to)
            .index("rows", rows)
            .index("columns", columns)
            .divisor("across", across)
            .body(
                """
                  __shared__ %1$s tile[%2$d][%2$d + 1];
                  const index_t block = (index_t)blockIdx.x;
                  const index_t row0 = block / across * %2$d, column0 = block %% across * %2$d;
                  const int x = threadIdx.x %% %2$d, y = threadIdx.x / %2$d;
                  for (int i = y; i < %2$d; i += %3$d) {
                    if (row0 + i < rows && column0 + x < columns) {
                      tile[i][x] = from[(row0 + i) * columns + column0 + x];
                    }
                  }
                  __syncthreads();
                  for (int i = y; i < %2$d; i += %3$d) {
                    if (column0 + i < columns && row0 + x < rows) {
                      to[(column0 + i) * rows + row0 + x] = tile[x][i];
                    }
                  }
                """
                    .formatted(type, TILE, THREADS / TILE))
            .grid(across * ((rows + TILE - 1) / TILE), 1, THREADS));
  }

  /** Adds the kernel that copies the data among zeros, if they need any. */
  private void pad(Address padded) {
    if (isPadded()) {
      move(c.data(), windows.data(), padded, padded(), -1);
    }
  }

  /**
   * Adds the kernel that copies a block of a tensor; what lies beyond the tensor is 0.
   *
   * @param direction 1 if the block begins as far within as there are extra zeros, -1 if beyond
   */
  private void move(Address from, Shape source, Address to, Shape target, int direction) {
    int bytes = c.dtype().bytes();
    boolean packs = source.dim(-1) * bytes % 16 == 0;
    String type = packs ? "uint4" : bytes == 4 ? "u32" : "u64";
    long channels = packs ? source.dim(-1) * bytes / 16 : source.dim(-1);
    LaunchBuilder kernel =
        context
            .kernel("cut_" + (packs ? 16 : bytes) + "_" + windows.count())
            .wide(source.size() >= 1L << 30 || target.size() >= 1L << 30)
            .in(type, "from", from)
            .out(type, "to", to)
            .index("count", target.size() / target.dim(-1) * channels)
            .index("channels", channels)
            .divisor("channelsBy", channels);
    for (int i = 0; i < windows.count(); i++) {
      kernel
          .divisor("target" + i + "By", target.dim(i + 1))
          .index("extent" + i, source.dim(i + 1))
          .index("shift" + i, direction * extra.get(i)[0]);
    }
    String text =
        """
        const index_t at = thread();
        if (at >= count) return;
        index_t rest = at / channelsBy;
        const index_t channel = at - rest * channels;
        """
            + windows.takeApart("t", "target")
            + windows.each("const index_t p# = t# + shift#;\n")
            + "%s value = {};\nif (%s) {\n  value = from[(%s) * channels + channel];\n}\nto[at] = value;\n"
                .formatted(
                    type,
                    windows.all("p# >= 0 && p# < extent#"),
                    "rest * " + windows.product("extent") + " + " + windows.number("p", "extent"));
    context.add(
        kernel.body(text.indent(2)).perUnit(target.size() / target.dim(-1) * channels, THREADS));
  }
}
