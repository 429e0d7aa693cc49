package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.ElementSource;
import io.millrace.cuda.loops.LoopNest;
import io.millrace.cuda.loops.LoopSource;
import io.millrace.cuda.loops.ScalarSource;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Makes the kernel of a Map some of whose operands lie side by side along another loop than the
 * innermost one.
 *
 * <p>A block computes a square of these two loops. Such operands pass through shared memory, so
 * that neighbouring threads load neighbours whichever way they lie.
 */
final class TransposedMap {
  private static final int THREADS = 256;
  private static final int SIDE = 32;
  private static final int ROWS_AT_ONCE = THREADS / SIDE;
  private static final int SECTOR_BYTES = 32;

  /** Loops that turn less often than this leave most of a square empty. */
  private static final long LEAST = 16;

  /** Shared memory has room for so many squares, of eight bytes an element. */
  private static final int MOST_SQUARES = 4;

  private final StepContext context;
  private final ScalarFunction function;
  private final LoopNest nest;
  private final int inner;
  private final int down;
  private final List<Integer> turned;
  private final List<String> results;
  private final LaunchBuilder kernel;
  private final ElementSource elements;
  private final LoopSource loops;

  private TransposedMap(
      StepContext context, ScalarFunction function, LoopNest nest, List<Integer> turned, int down) {
    this.context = context;
    this.function = function;
    this.nest = nest;
    this.down = down;
    this.turned = turned;
    inner = nest.rank() - 1;
    kernel = context.kernel(ScalarSource.name("map_turned", function)).wide(nest.isWide());
    List<Address> inputs = IntStream.range(0, nest.operands()).mapToObj(context::input).toList();
    elements = new ElementSource(function, nest, inputs, kernel);
    results =
        IntStream.range(0, function.results().size())
            .mapToObj(i -> CudaTypes.of(function.resultType(i)))
            .toList();
    for (int i = 0; i < results.size(); i++) {
      kernel.out(results.get(i), "o" + i, context.output(i));
    }
    loops =
        new LoopSource(
            nest, elements.operands().stream().filter(o -> !nest.isUniform(o)).toList(), kernel);
    kernel
        .index("width", nest.extent(inner))
        .index("height", nest.extent(down))
        .divisor("across", squares(inner))
        .divisor("along", squares(down));
    for (int loop = 0; loop < inner; loop++) {
      kernel.index("m" + loop, nest.size(loop + 1, nest.rank()));
    }
    ScalarSource.failing(function, context, kernel);
  }

  /** Returns the kernel if a Map has such operands, and enough elements. */
  static Optional<Launch> of(StepContext context, Primitive.Map map, LoopNest nest) {
    ScalarFunction function = map.function();
    int inner = nest.rank() - 1;
    int down = -1;
    List<Integer> turned = new ArrayList<>();
    for (int operand : ScalarSource.usedParameters(function)) {
      int bytes = function.parameters().get(operand).bytes();
      if (inner < 0 || Math.abs(nest.stride(operand, inner)) * bytes < SECTOR_BYTES) {
        continue;
      }
      for (int loop = 0; loop < inner; loop++) {
        if (nest.stride(operand, loop) == 1
            && nest.extent(loop) >= LEAST
            && nest.extent(inner) >= LEAST
            && (down < 0 || down == loop)
            && turned.size() < MOST_SQUARES) {
          down = loop;
          turned.add(operand);
        }
      }
    }
    return turned.isEmpty()
        ? Optional.empty()
        : Optional.of(new TransposedMap(context, function, nest, turned, down).launch());
  }

  private long squares(int loop) {
    return (nest.extent(loop) + SIDE - 1) / SIDE;
  }

  private Launch launch() {
    List<Integer> others = IntStream.range(0, inner).filter(k -> k != down).boxed().toList();
    kernel.body(elements.definition(results));
    for (int operand : elements.operands()) {
      if (nest.isUniform(operand)) {
        kernel.body(elements.load("u_" + operand, operand, "0"));
      }
    }
    kernel
        .body("  const int x = threadIdx.x % 32;\n  const int y = threadIdx.x / 32;\n")
        .body("  const index_t square = blockIdx.x;\n")
        .body("  const index_t left = square % across * 32;\n")
        .body("  const index_t line = square / across;\n")
        .body("  const index_t top = line % along * 32;\n")
        .body("  const index_t outer = line / along;\n")
        .body(loops.coordinates("outer", others, "  "));
    for (int operand : turned) {
      kernel.body(
          String.format(
              "  __shared__ %s square%d[32][33];\n",
              CudaTypes.of(function.parameters().get(operand)), operand));
    }
    kernel.body(each("y", "x"));
    for (int operand : turned) {
      kernel.body(
          String.format(
              "      square%1$d[y + k][x] = p%1$d[%2$s];\n",
              operand, loops.position(operand, 0, nest.rank())));
    }
    kernel.body("    }\n  }\n  __syncthreads();\n").body(each("x", "y")).body(compute());
    kernel.body("    }\n  }\n");
    long squares = squares(inner) * squares(down);
    for (int loop : others) {
      squares *= nest.extent(loop);
    }
    return kernel.grid(squares, 1, THREADS);
  }

  /** Returns the beginning of the loop over a thread's elements, of either use of threads. */
  private String each(String across, String along) {
    return String.format(
        """
        #pragma unroll
          for (int k = 0; k < 32; k += %d) {
            const index_t c%d = left + %s;
            const index_t c%d = top + %s;
            if (c%d < width && c%d < height) {
        """,
        ROWS_AT_ONCE,
        inner,
        across.equals("y") ? "y + k" : across,
        down,
        along.equals("y") ? "y + k" : along,
        inner,
        down);
  }

  /** Returns the statements for the element at the coordinates. */
  private String compute() {
    StringBuilder text = new StringBuilder("      const index_t i = c" + inner);
    for (int loop = 0; loop < inner; loop++) {
      text.append(String.format(" + c%d * m%d", loop, loop));
    }
    text.append(";\n");
    ElementSource.Call call =
        elements.call(1, this::loaded, o -> loops.position(o, 0, nest.rank()), loops);
    text.append(call.loads());
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      text.append(String.format("      %s r%d;\n", results.get(i), i));
      targets.add("r" + i);
    }
    text.append(call.statement("      ", targets))
        .append(elements.barrier(context, function.results().size()));
    for (int i = 0; i < results.size(); i++) {
      text.append(String.format("      o%d[i] = r%d;\n", i, i));
    }
    return text.toString();
  }

  private String loaded(int operand) {
    if (nest.isUniform(operand)) {
      return "u_" + operand;
    }
    return turned.contains(operand)
        ? ScalarSource.load(
            function.parameters().get(operand), String.format("square%d[x][y + k]", operand))
        : "";
  }
}
