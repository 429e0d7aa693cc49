package io.millrace.cuda.command;

import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Writes a kernel together with the arguments of its launch, so that parameters and arguments
 * cannot differ.
 *
 * <p>Every kernel begins by returning if the run failed before, where that matters. Integers that
 * count elements have the type {@code index_t}: 32 bits, or 64 where the launch is {@link #wide}.
 */
public final class LaunchBuilder {
  private static final int LARGEST_GRID = Integer.MAX_VALUE;

  private final String name;
  private final Optional<Address> gate;
  private final List<String> parameters = new ArrayList<>();
  private final List<Argument> arguments = new ArrayList<>();
  private final List<Pointer> pointers = new ArrayList<>();
  private final StringBuilder declarations = new StringBuilder();
  private final StringBuilder body = new StringBuilder();
  private boolean wide;
  private boolean joinable;
  private int resident = 1;

  private record Pointer(
      int position, String type, String name, Address address, boolean written) {}

  /**
   * Begins a kernel.
   *
   * @param name of the function, an identifier
   * @param gate where to find out whether an earlier step failed and this kernel must do nothing
   */
  public LaunchBuilder(String name, Optional<Address> gate) {
    this.name = name;
    this.gate = gate;
  }

  /** Lets counts and positions have 64 bits; called before any parameter of that type is added. */
  public LaunchBuilder wide(boolean on) {
    wide = on;
    return this;
  }

  /**
   * Says that the kernel does its work with any number of blocks along x and none along y, so that
   * several of its launches may become one.
   */
  public LaunchBuilder joinable() {
    joinable = true;
    return this;
  }

  /** Adds a pointer to elements that are read; {@code type} is that of C++. */
  public LaunchBuilder in(String type, String parameter, Address address) {
    pointers.add(new Pointer(parameters.size(), type, parameter, address, false));
    return add("", new Argument.Pointer(address));
  }

  /** Adds a pointer to elements that are written, and maybe read. */
  public LaunchBuilder out(String type, String parameter, Address address) {
    pointers.add(new Pointer(parameters.size(), type, parameter, address, true));
    return add("", new Argument.Pointer(address));
  }

  /** Adds a number of elements, or a position, of type {@code index_t}. */
  public LaunchBuilder index(String parameter, long value) {
    return add(
        "index_t " + parameter,
        wide ? new Argument.LongWord(value) : new Argument.Word(Math.toIntExact(value)));
  }

  /** Adds a positive {@code Divisor}, by which an {@code index_t} may be divided. */
  public LaunchBuilder divisor(String parameter, long value) {
    return add(
        "Divisor " + parameter,
        wide ? new Argument.LongWord(value) : new Argument.Divisor(Math.toIntExact(value)));
  }

  /** Adds an {@code int}. */
  public LaunchBuilder int32(String parameter, int value) {
    return add("int " + parameter, new Argument.Word(value));
  }

  /** Adds a {@code long long}. */
  public LaunchBuilder int64(String parameter, long value) {
    return add("long long " + parameter, new Argument.LongWord(value));
  }

  /** Adds a {@code float} or a {@code double}, given by its bits. */
  public LaunchBuilder number(String parameter, DType type, long bits) {
    return add(
        CudaTypes.register(type) + " " + parameter,
        type == DType.FLOAT32 ? new Argument.Word((int) bits) : new Argument.LongWord(bits));
  }

  /**
   * Adds {@code unsigned* status} and {@code unsigned code}: {@code fail(status, code)} says that
   * the step fails.
   */
  public LaunchBuilder failing(Address status, int code) {
    add("unsigned* status", new Argument.Pointer(status));
    return add("unsigned code", new Argument.Word(code));
  }

  private LaunchBuilder add(String parameter, Argument argument) {
    parameters.add(parameter);
    arguments.add(argument);
    return this;
  }

  /**
   * Lets a thread have so few registers that so many blocks can run on a multiprocessor at once.
   */
  public LaunchBuilder resident(int blocks) {
    resident = blocks;
    return this;
  }

  /** Adds text before the kernel: functions, types, macros. */
  public LaunchBuilder declare(String text) {
    declarations.append(text);
    return this;
  }

  /** Adds text to the kernel's body. */
  public LaunchBuilder body(String text) {
    body.append(text);
    return this;
  }

  /**
   * Returns the launch of as many threads as there are units of work, one a unit.
   *
   * @param units the body must do nothing for threads from here on
   */
  public Launch perUnit(long units, int threads) {
    return grid((units + threads - 1) / threads, 1, threads);
  }

  /** Returns the launch with this grid. */
  public Launch grid(long blocksX, long blocksY, int threads) {
    if (blocksX > LARGEST_GRID || blocksY > 65_535) {
      throw new IllegalArgumentException(
          name + " would need " + blocksX + " x " + blocksY + " blocks");
    }
    KernelText text = text(threads);
    return new Launch(
        text.single(),
        (int) Math.max(1, blocksX),
        (int) Math.max(1, blocksY),
        threads,
        allArguments(),
        joinable ? Optional.of(text) : Optional.empty());
  }

  private List<Argument> allArguments() {
    List<Argument> all = new ArrayList<>();
    all.add(gate.<Argument>map(Argument.Pointer::new).orElse(new Argument.Null()));
    all.addAll(arguments);
    return all;
  }

  private KernelText text(int threads) {
    Set<Address> written = new HashSet<>();
    pointers.stream().filter(Pointer::written).forEach(p -> written.add(p.address()));
    List<String> all = new ArrayList<>(parameters);
    for (Pointer pointer : pointers) {
      // What is written in place of an operand may be read again: nothing may be promised then.
      boolean alone = !pointer.written() && !written.contains(pointer.address());
      all.set(
          pointer.position(),
          (pointer.written() ? "" : "const ")
              + pointer.type()
              + "* "
              + (alone ? "__restrict__ " : "")
              + pointer.name());
    }
    all.add(0, "const unsigned* gate");
    return new KernelText(
        name,
        wide,
        declarations.toString(),
        threads + (resident == 1 ? "" : ", " + resident),
        all,
        "  if (closed(gate)) return;\n" + body);
  }
}
