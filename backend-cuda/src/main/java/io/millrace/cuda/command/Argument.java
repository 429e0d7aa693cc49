package io.millrace.cuda.command;

import java.util.List;

/** One argument of a kernel's launch. */
public sealed interface Argument {
  /** A pointer into the device's memory. */
  record Pointer(Address address) implements Argument {
    @Override
    public String toString() {
      return address.toString();
    }
  }

  /** The null pointer. */
  record Null() implements Argument {
    @Override
    public String toString() {
      return "null";
    }
  }

  /** A 32-bit integer, or the bits of a float. */
  record Word(int value) implements Argument {
    @Override
    public String toString() {
      return Integer.toString(value);
    }
  }

  /** A 64-bit integer, or the bits of a double. */
  record LongWord(long value) implements Argument {
    @Override
    public String toString() {
      return Long.toString(value);
    }
  }

  /**
   * A divisor of numbers below 2^31 in the form of a multiplier and a shift.
   *
   * <p>Source: Granlund and Montgomery, "Division by invariant integers using multiplication", PLDI
   * 1994.
   */
  record Divisor(int divisor) implements Argument {
    /** Returns the bits by which to shift: the least power of two that is not below. */
    public int shift() {
      return 32 - Integer.numberOfLeadingZeros(divisor - 1);
    }

    /** Returns the multiplier less 2^32. */
    public int multiplier() {
      long excess = (1L << shift()) - divisor;
      return (int) ((excess << 32) / divisor + 1);
    }

    @Override
    public String toString() {
      return Integer.toString(divisor);
    }
  }

  /**
   * An array of structures, each of which holds the arguments of one piece of work.
   *
   * @param capacity elements of the array; those beyond the items hold zeros
   */
  record Items(List<List<Argument>> items, int capacity) implements Argument {
    public Items {
      items = items.stream().map(List::copyOf).toList();
    }

    @Override
    public String toString() {
      return items.toString();
    }
  }
}
