package io.millrace.cuda;

import io.millrace.DType;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Makes the commands of Map: one kernel over all elements.
 *
 * <p>A thread takes as many consecutive elements at once as make 16 bytes of the widest type, if
 * all operands are walked so that they lie side by side.
 */
final class MapCommands {
  private static final int THREADS = 256;
  private static final int BLOCKS_PER_MULTIPROCESSOR = 16;
  private static final int VECTOR_BYTES = 16;

  /** More than this many bytes of operands and results would not stay in registers. */
  private static final int REGISTER_BYTES = 384;

  private final StepContext context;
  private final Primitive.Map map;
  private final ScalarFunction function;
  private final Set<Integer> axes;
  private final LoopNest nest;
  private final List<Integer> operands;
  private final boolean flat;
  private final int width;
  private final LaunchBuilder kernel;
  private final LoopSource loops;

  private MapCommands(StepContext context, Primitive.Map map) {
    this.context = context;
    this.map = map;
    function = map.function();
    axes = ScalarSource.indexedAxes(function);
    nest = new LoopNest(map.domain(), map.domain().rank(), map.views(), axes);
    operands = List.copyOf(ScalarSource.usedParameters(function));
    flat = axes.isEmpty() && operands.stream().allMatch(o -> nest.isUniform(o) || nest.isDense(o));
    width = width();
    String name = ScalarSource.name(function.operations() == 0 ? "copy" : "map", function);
    kernel = context.kernel(name).wide(nest.isWide());
    for (int operand : operands) {
      kernel.in(memory(operand), "p" + operand, address(operand));
    }
    for (int i = 0; i < function.results().size(); i++) {
      kernel.out(CudaTypes.of(function.resultType(i)), "o" + i, context.output(i));
    }
    kernel.index("n", map.domain().size());
    loops = new LoopSource(nest, flat ? List.of() : strided(), kernel);
    ScalarSource.failing(function, context, kernel);
  }

  static void add(StepContext context, Primitive.Map primitive) {
    if (primitive.domain().size() > 0) {
      context.add(new MapCommands(context, primitive).launch());
    }
  }

  private DType type(int operand) {
    return function.parameters().get(operand);
  }

  private String memory(int operand) {
    return CudaTypes.of(type(operand));
  }

  private Address address(int operand) {
    return context.input(operand).plus(nest.offset(operand) * type(operand).bytes());
  }

  private List<Integer> strided() {
    return operands.stream().filter(o -> !nest.isUniform(o) && !nest.isDense(o)).toList();
  }

  /** Returns how many elements a thread takes at once. */
  private int width() {
    int widest = 1;
    int bytes = 0;
    List<DType> types = new ArrayList<>();
    operands.stream().filter(o -> !nest.isUniform(o)).forEach(o -> types.add(type(o)));
    for (int i = 0; i < function.results().size(); i++) {
      types.add(function.resultType(i));
    }
    for (DType type : types) {
      widest = Math.max(widest, type.bytes());
      bytes += type.bytes();
    }
    int elements = VECTOR_BYTES / widest;
    boolean fits = bytes * elements <= REGISTER_BYTES;
    return fits && operands.stream().allMatch(o -> isSideBySide(o, elements)) && rowsFit(elements)
        ? elements
        : 1;
  }

  private boolean rowsFit(int elements) {
    return flat || (nest.rank() > 0 && nest.extent(nest.rank() - 1) % elements == 0);
  }

  /** Returns whether every so many elements of an operand are one vector, or all the same. */
  private boolean isSideBySide(int operand, int elements) {
    if (nest.isUniform(operand)) {
      return true;
    }
    int inner = nest.rank() - 1;
    if (nest.stride(operand, inner) == 0) {
      return true;
    }
    if (nest.stride(operand, inner) != 1) {
      return false;
    }
    for (int loop = 0; loop < inner && !flat; loop++) {
      if (nest.stride(operand, loop) % elements != 0) {
        return false;
      }
    }
    return address(operand).offset() % ((long) elements * type(operand).bytes()) == 0;
  }

  private Launch launch() {
    kernel.body(element());
    for (int operand : operands) {
      if (nest.isUniform(operand)) {
        kernel.body(
            String.format(
                "  const %s u%d = %s;\n",
                ScalarSource.type(type(operand)), operand, load(operand, "0")));
      }
    }
    if (width == 1) {
      kernel
          .body("  for (index_t i = thread(); i < n; i += threads()) {\n")
          .body(single())
          .body("  }\n");
    } else {
      kernel
          .body(String.format("  const index_t whole = n / %d;\n", width))
          .body("  for (index_t w = thread(); w < whole; w += threads()) {\n")
          .body(String.format("    const index_t i = w * %d;\n", width))
          .body(vector())
          .body("  }\n");
      if (flat) {
        kernel
            .body(String.format("  const index_t i = whole * %d + thread();\n", width))
            .body("  if (i < n) {\n")
            .body(single())
            .body("  }\n");
      }
    }
    long units = (map.domain().size() + width - 1) / width;
    long blocks = (units + THREADS - 1) / THREADS;
    long most = (long) context.target().multiprocessors() * BLOCKS_PER_MULTIPROCESSOR;
    return kernel.grid(Math.min(blocks, most), 1, THREADS);
  }

  /** Returns the definition of the function of one element. */
  private String element() {
    List<String> parameters = new ArrayList<>();
    for (int operand : operands) {
      parameters.add("const " + ScalarSource.type(type(operand)) + " a" + operand);
    }
    for (int axis : axes) {
      parameters.add("const long long x" + axis);
    }
    ScalarSource source = new ScalarSource(function, "    ");
    StringBuilder stores = new StringBuilder();
    for (int i = 0; i < function.results().size(); i++) {
      parameters.add(CudaTypes.of(function.resultType(i)) + "& r" + i);
      stores.append(String.format("    r%d = %s;\n", i, source.result(i)));
    }
    return "  auto element = [&]("
        + String.join(", ", parameters)
        + ") {\n"
        + source.statements()
        + stores
        + "  };\n";
  }

  private String load(int operand, String position) {
    return ScalarSource.load(type(operand), "p" + operand + "[" + position + "]");
  }

  private String position(int operand) {
    return nest.isDense(operand) ? "i" : loops.position(operand, 0, nest.rank());
  }

  /** Returns the statements for the coordinates of element i. */
  private String coordinates() {
    return flat ? "" : loops.coordinates("i", 0, nest.rank(), "    ");
  }

  /** Returns the statements for element i. */
  private String single() {
    StringBuilder text = new StringBuilder(coordinates());
    List<String> arguments = new ArrayList<>();
    for (int operand : operands) {
      arguments.add(nest.isUniform(operand) ? "u" + operand : load(operand, position(operand)));
    }
    for (int axis : axes) {
      arguments.add(loops.coordinate(axis, ""));
    }
    for (int i = 0; i < function.results().size(); i++) {
      text.append(String.format("    %s r%d;\n", CudaTypes.of(function.resultType(i)), i));
      arguments.add("r" + i);
    }
    text.append("    element(").append(String.join(", ", arguments)).append(");\n");
    text.append(barrier());
    for (int i = 0; i < function.results().size(); i++) {
      text.append(String.format("    o%d[i] = r%d;\n", i, i));
    }
    return text.toString();
  }

  /** Returns the statements for the elements from i on that are taken at once. */
  private String vector() {
    StringBuilder text = new StringBuilder(coordinates());
    List<String> arguments = new ArrayList<>();
    for (int operand : operands) {
      if (nest.isUniform(operand)) {
        arguments.add("u" + operand);
      } else if (nest.stride(operand, nest.rank() - 1) == 0) {
        text.append(
            String.format(
                "    const %s b%d = %s;\n",
                ScalarSource.type(type(operand)), operand, load(operand, position(operand))));
        arguments.add("b" + operand);
      } else {
        String pack = pack(memory(operand));
        text.append(
            String.format(
                "    const %s b%d = *reinterpret_cast<const %s*>(p%d + (%s));\n",
                pack, operand, pack, operand, position(operand)));
        arguments.add(ScalarSource.load(type(operand), "b" + operand + ".v[e]"));
      }
    }
    for (int axis : axes) {
      arguments.add(loops.coordinate(axis, "e"));
    }
    List<String> packs = new ArrayList<>();
    for (int i = 0; i < function.results().size(); i++) {
      packs.add(pack(CudaTypes.of(function.resultType(i))));
      text.append(String.format("    %s r%d;\n", packs.get(i), i));
      arguments.add("r" + i + ".v[e]");
    }
    text.append(
        String.format(
            "#pragma unroll\n    for (int e = 0; e < %d; e++) {\n      element(%s);\n    }\n",
            width, String.join(", ", arguments)));
    text.append(barrier());
    for (int i = 0; i < packs.size(); i++) {
      text.append(
          String.format("    *reinterpret_cast<%s*>(o%d + i) = r%d;\n", packs.get(i), i, i));
    }
    return text.toString();
  }

  private String pack(String type) {
    return "Pack<" + type + ", " + width + ">";
  }

  /**
   * Returns what keeps loads before stores where a result has the place of an operand of another
   * type: the compiler takes such places for different ones.
   */
  private String barrier() {
    for (int operand : operands) {
      for (int i = 0; i < function.results().size(); i++) {
        if (context.output(i).equals(address(operand))
            && !CudaTypes.of(function.resultType(i)).equals(memory(operand))) {
          return "    asm volatile(\"\" ::: \"memory\");\n";
        }
      }
    }
    return "";
  }
}
