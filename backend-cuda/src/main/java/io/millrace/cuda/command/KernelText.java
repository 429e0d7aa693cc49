package io.millrace.cuda.command;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The parts of a kernel in CUDA C++, of which one is made that does one piece of work, or one that
 * does several.
 *
 * @param name of the function
 * @param wide whether counts and positions have 64 bits, not 32
 * @param declarations what goes before the kernel
 * @param bounds the kernel's launch bounds
 * @param parameters the declarations of the parameters
 */
record KernelText(
    String name,
    boolean wide,
    String declarations,
    String bounds,
    List<String> parameters,
    String body) {

  KernelText {
    parameters = List.copyOf(parameters);
  }

  /** Returns the kernel. */
  KernelSource single() {
    return new KernelSource(
        name,
        wide,
        declarations
            + "extern \"C\" __global__ void __launch_bounds__("
            + bounds
            + ")\n"
            + name
            + "(\n    "
            + String.join(",\n    ", parameters)
            + ") {\n"
            + body
            + "}\n");
  }

  /**
   * Returns a kernel that does as many pieces of work as its grid has rows, at most so many; its
   * one parameter holds the arguments of each.
   */
  KernelSource batch(int capacity) {
    String batch = name + "_batch" + capacity;
    String fields = parameters.stream().map(p -> "  " + p + ";\n").collect(Collectors.joining());
    String given =
        parameters.stream()
            .map(p -> "item." + p.substring(p.lastIndexOf(' ') + 1))
            .collect(Collectors.joining(", "));
    return new KernelSource(
        batch,
        wide,
        declarations
            + "__device__ inline void one(\n    "
            + String.join(",\n    ", parameters)
            + ") {\n"
            + body
            + "}\nstruct Item {\n"
            + fields
            + "};\nstruct Items {\n  Item of["
            + capacity
            + "];\n};\nextern \"C\" __global__ void __launch_bounds__("
            + bounds
            + ")\n"
            + batch
            + "(const __grid_constant__ Items all) {\n"
            + "  const Item& item = all.of[blockIdx.y];\n  one("
            + given
            + ");\n}\n");
  }
}
