package io.millrace.cuda.command;

/**
 * A kernel in CUDA C++.
 *
 * <p>It depends on types, functions and the number of axes, never on extents and addresses, which
 * are arguments: so plans of all shapes share it.
 *
 * @param name of the function
 * @param wide whether counts and positions have 64 bits, not 32
 * @param text the whole source but for the {@link Prelude}, which goes before it
 */
public record KernelSource(String name, boolean wide, String text) {
  /** Returns the source as it is compiled. */
  public String whole() {
    return (wide ? "#define WIDE\n" : "") + Prelude.TEXT + text;
  }
}
