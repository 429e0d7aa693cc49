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
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Makes the commands of Map: one kernel over all elements.
 *
 * <p>A thread computes as many consecutive elements at once as make 16 bytes of the widest type,
 * and loads and stores them as vectors where they lie side by side.
 */
public final class MapCommands {
  private static final int THREADS = 256;
  private static final int BLOCKS_PER_MULTIPROCESSOR = 16;
  private static final int VECTOR_BYTES = 16;

  /** More than this many bytes of operands and results would not stay in registers. */
  private static final int REGISTER_BYTES = 384;

  private final StepContext context;
  private final long size;
  private final ScalarFunction function;
  private final LoopNest nest;
  private final List<String> results;
  private final LaunchBuilder kernel;
  private final ElementSource elements;
  private final LoopSource loops;

  /** How many elements a thread takes at once. */
  private final int width;

  private final Form form;

  /** What is the same for the elements that a thread takes at once. */
  private enum Form {
    /** Where they are is of no matter: operands are dense, or one element. */
    FLAT,
    /** They are of one row, and side by side in every operand, or one element. */
    ROWS,
    /** Nothing: each finds its own operands, but for those that are dense. */
    SINGLE
  }

  private MapCommands(StepContext context, Primitive.Map map, LoopNest nest) {
    this.context = context;
    this.nest = nest;
    function = map.function();
    size = map.domain().size();
    results =
        IntStream.range(0, function.results().size())
            .mapToObj(i -> CudaTypes.of(function.resultType(i)))
            .toList();
    String name = ScalarSource.name(function.operations() == 0 ? "copy" : "map", function);
    kernel = context.kernel(name).wide(nest.isWide());
    List<Address> inputs = IntStream.range(0, nest.operands()).mapToObj(context::input).toList();
    elements = new ElementSource(function, nest, inputs, kernel);
    List<Integer> strided =
        elements.operands().stream().filter(o -> !nest.isUniform(o) && !nest.isDense(o)).toList();
    width = width();
    form =
        strided.isEmpty() && !elements.usesCoordinates()
            ? Form.FLAT
            : elements.areSideBySide(width) ? Form.ROWS : Form.SINGLE;
    for (int i = 0; i < results.size(); i++) {
      kernel.out(results.get(i), "o" + i, context.output(i));
    }
    kernel.index("n", size);
    loops = new LoopSource(nest, strided, kernel);
    ScalarSource.failing(function, context, kernel);
  }

  public static void add(StepContext context, Primitive.Map primitive) {
    if (primitive.domain().size() == 0) {
      return;
    }
    LoopNest nest =
        new LoopNest(
            primitive.domain(),
            primitive.domain().rank(),
            primitive.views(),
            ScalarSource.indexedAxes(primitive.function()));
    context.add(
        TransposedMap.of(context, primitive, nest)
            .orElseGet(() -> new MapCommands(context, primitive, nest).launch()));
  }

  private int width() {
    List<Integer> bytes = new ArrayList<>(elements.elementBytes());
    IntStream.range(0, results.size()).forEach(i -> bytes.add(function.resultType(i).bytes()));
    int count = VECTOR_BYTES / Collections.max(bytes);
    boolean fits = bytes.stream().mapToInt(b -> b * count).sum() <= REGISTER_BYTES;
    boolean aligned =
        elements.operands().stream().allMatch(o -> !isDense(o) || elements.isAligned(o, count));
    return fits && aligned ? count : 1;
  }

  private boolean isDense(int operand) {
    return nest.isDense(operand) && !nest.isUniform(operand);
  }

  private Launch launch() {
    kernel.body(elements.definition(results));
    for (int operand : elements.operands()) {
      if (nest.isUniform(operand)) {
        kernel.body(elements.load(loaded(operand), operand, "0"));
      }
    }
    kernel
        .body(String.format("  const index_t whole = n / %d;\n", width))
        // One turn is the rule: more text would only take longer to compile.
        .body("#pragma unroll 1\n")
        .body("  for (index_t w = thread(); w < whole; w += threads()) {\n")
        .body(String.format("    const index_t i = w * %d;\n", width))
        .body(turn(width))
        .body("  }\n");
    if (form != Form.ROWS && width > 1) {
      kernel
          .body(String.format("  const index_t i = whole * %d + thread();\n", width))
          .body("  if (i < n) {\n")
          .body(turn(1))
          .body("  }\n");
    }
    long blocks = ((size + width - 1) / width + THREADS - 1) / THREADS;
    long most = (long) context.target().multiprocessors() * BLOCKS_PER_MULTIPROCESSOR;
    return kernel.joinable().grid(Math.min(blocks, most), 1, THREADS);
  }

  private String loaded(int operand) {
    return nest.isUniform(operand) ? "u_" + operand : "";
  }

  /** Returns an operand's value where the packs of dense operands are loaded, or nothing. */
  private String loadedOrDense(int operand) {
    return isDense(operand) ? elements.ofPack(operand) : loaded(operand);
  }

  private String position(int operand) {
    return isDense(operand) ? "i" : loops.position(operand, 0, nest.rank());
  }

  /** Returns the statements for so many elements from i on. */
  private String turn(int count) {
    StringBuilder text = new StringBuilder();
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      text.append(String.format("    %s r%d;\n", pack(results.get(i), count), i));
      targets.add("r" + i + (count == 1 ? "" : ".v[e]"));
    }
    if (form == Form.SINGLE && count > 1) {
      elements.operands().stream()
          .filter(this::isDense)
          .forEach(o -> text.append(elements.loadPack(o, count, "i")));
      text.append(each(count))
          .append("      const index_t j = i + e;\n")
          .append(loops.coordinates("j", 0, nest.rank(), "      "));
      ElementSource.Call call = elements.call(1, this::loadedOrDense, this::position, loops);
      text.append(call.loads()).append(call.statement("      ", targets)).append("    }\n");
    } else {
      if (form != Form.FLAT) {
        text.append(loops.coordinates("i", 0, nest.rank(), "    "));
      }
      ElementSource.Call call = elements.call(count, this::loaded, this::position, loops);
      text.append(call.loads());
      text.append(count > 1 ? each(count) : "    {\n")
          .append(call.statement("      ", targets))
          .append("    }\n");
    }
    text.append(elements.barrier(context, results.size()));
    for (int i = 0; i < results.size(); i++) {
      text.append(
          String.format(
              "    *reinterpret_cast<%s*>(o%d + i) = r%d;\n", pack(results.get(i), count), i, i));
    }
    return text.toString();
  }

  private static String each(int count) {
    return String.format("#pragma unroll\n    for (int e = 0; e < %d; e++) {\n", count);
  }

  private static String pack(String type, int count) {
    return count == 1 ? type : ElementSource.pack(type, count);
  }
}
