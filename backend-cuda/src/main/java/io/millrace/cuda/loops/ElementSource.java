package io.millrace.cuda.loops;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.ScalarFunction;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * Writes how a scalar function's operands are loaded and the function is called, in CUDA C++.
 *
 * <p>The function becomes the lambda {@code element} of the operands' values, coordinates and
 * references to results. Operand k is the pointer {@code pk}.
 */
public final class ElementSource {
  private final ScalarFunction function;
  private final LoopNest nest;
  private final List<Address> addresses;
  private final List<Integer> operands;
  private final Set<Integer> axes;

  /**
   * Adds pointers to the operands, and the function's numbers, to a kernel.
   *
   * @param inputs where the operands' tensors are
   */
  public ElementSource(
      ScalarFunction function, LoopNest nest, List<Address> inputs, LaunchBuilder kernel) {
    this.function = function;
    this.nest = nest;
    operands = List.copyOf(ScalarSource.usedParameters(function));
    axes = ScalarSource.indexedAxes(function);
    addresses = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      addresses.add(inputs.get(i).plus(nest.offset(i) * type(i).bytes()));
    }
    for (int operand : operands) {
      kernel.in(CudaTypes.of(type(operand)), "p" + operand, address(operand));
    }
    ScalarSource.addNumbers(function, kernel);
  }

  private DType type(int operand) {
    return function.parameters().get(operand);
  }

  /** Returns the operands that the function uses. */
  public List<Integer> operands() {
    return operands;
  }

  /** Returns an operand's first element. */
  Address address(int operand) {
    return addresses.get(operand);
  }

  /** Returns whether the function asks where it is. */
  public boolean usesCoordinates() {
    return !axes.isEmpty();
  }

  /** Returns the bytes of one element of each operand that is not the same throughout. */
  public List<Integer> elementBytes() {
    return operands.stream().filter(o -> !nest.isUniform(o)).map(o -> type(o).bytes()).toList();
  }

  /**
   * Returns whether so many elements that follow each other in the innermost loop always lie side
   * by side in every operand, aligned as a vector, or are one.
   */
  public boolean areSideBySide(int elements) {
    int inner = nest.rank() - 1;
    return inner >= 0
        && nest.extent(inner) % elements == 0
        && operands.stream().allMatch(o -> isSideBySide(o, elements, inner));
  }

  private boolean isSideBySide(int operand, int elements, int inner) {
    if (nest.stride(operand, inner) == 0) {
      return true;
    }
    boolean steps = true;
    for (int loop = 0; loop < inner; loop++) {
      steps &= nest.stride(operand, loop) % elements == 0;
    }
    return steps && nest.stride(operand, inner) == 1 && isAligned(operand, elements);
  }

  /** Returns whether an operand's first element is aligned to a vector of so many. */
  public boolean isAligned(int operand, int elements) {
    return address(operand).offset() % ((long) elements * type(operand).bytes()) == 0;
  }

  /**
   * Returns the lambda's definition.
   *
   * @param results the C++ types of the results
   */
  public String definition(List<String> results) {
    List<String> parameters = new ArrayList<>();
    for (int operand : operands) {
      parameters.add("const " + CudaTypes.register(type(operand)) + " a" + operand);
    }
    for (int axis : axes) {
      parameters.add("const long long x" + axis);
    }
    ScalarSource source = new ScalarSource(function, "    ");
    StringBuilder stores = new StringBuilder();
    for (int i = 0; i < results.size(); i++) {
      parameters.add(results.get(i) + "& r" + i);
      stores.append(String.format("    r%d = %s;\n", i, source.result(i)));
    }
    return "  auto element = [&]("
        + String.join(", ", parameters)
        + ") {\n"
        + source.statements()
        + stores
        + "  };\n";
  }

  /** Returns the statement that loads an operand at a position into a variable. */
  public String load(String variable, int operand, String position) {
    String element = String.format("p%d[%s]", operand, position);
    return String.format(
        "  const %s %s = %s;\n",
        CudaTypes.register(type(operand)), variable, ScalarSource.load(type(operand), element));
  }

  /** Returns the statement that loads so many elements of an operand at once. */
  public String loadPack(int operand, int elements, String position) {
    String pack = pack(CudaTypes.of(type(operand)), elements);
    return String.format(
        "    const %s b%d = *reinterpret_cast<const %s*>(p%d + (%s));\n",
        pack, operand, pack, operand, position);
  }

  /** Returns the value of element {@code e} of what {@link #loadPack} loaded. */
  public String ofPack(int operand) {
    return ScalarSource.load(type(operand), "b" + operand + ".v[e]");
  }

  /**
   * Loads and a call.
   *
   * @param loads statements
   * @param arguments of the lambda, but for the results
   */
  public record Call(String loads, String arguments) {
    /** Returns the statement that calls the lambda. */
    public String statement(String indentation, List<String> results) {
      List<String> all = new ArrayList<>(arguments.isEmpty() ? List.of() : List.of(arguments));
      all.addAll(results);
      return indentation + "element(" + String.join(", ", all) + ");\n";
    }
  }

  /**
   * Returns how the function is called for so many elements along the innermost loop; the call is
   * of element {@code e}.
   *
   * @param loaded the variable of an operand that is loaded already; empty if it is not
   * @param position where the element of an operand is
   */
  public Call call(
      int elements, IntFunction<String> loaded, IntFunction<String> position, LoopSource loops) {
    StringBuilder loads = new StringBuilder();
    List<String> arguments = new ArrayList<>();
    for (int operand : operands) {
      String ready = loaded.apply(operand);
      if (!ready.isEmpty()) {
        arguments.add(ready);
      } else if (elements == 1 || nest.stride(operand, nest.rank() - 1) == 0) {
        loads.append("    ").append(load("b" + operand, operand, position.apply(operand)));
        arguments.add("b" + operand);
      } else {
        loads.append("  ").append(loadPack(operand, elements, position.apply(operand)));
        arguments.add(ofPack(operand));
      }
    }
    for (int axis : axes) {
      arguments.add(loops.coordinate(axis, elements == 1 ? "" : "e"));
    }
    return new Call(loads.toString(), String.join(", ", arguments));
  }

  /** Returns the type of so many elements at once. */
  public static String pack(String type, int elements) {
    return "Pack<" + type + ", " + elements + ">";
  }

  /**
   * Returns what keeps loads before stores where a result of a Map has the place of an operand of
   * another type: the compiler takes such places for different ones.
   */
  public String barrier(StepContext context, int results) {
    for (int operand : operands) {
      for (int i = 0; i < results; i++) {
        if (context.output(i).equals(address(operand)) && function.resultType(i) != type(operand)) {
          return "    asm volatile(\"\" ::: \"memory\");\n";
        }
      }
    }
    return "";
  }
}
