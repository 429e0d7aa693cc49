package io.millrace.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.ToLongFunction;

/** Lays out the arguments of launches as kernels take them. */
final class Arguments {
  private Arguments() {}

  /** Returns the bytes of an argument. */
  static byte[] bytes(Argument argument, ToLongFunction<Address> memory) {
    if (argument instanceof Argument.Pointer pointer) {
      return longs(memory.applyAsLong(pointer.address()));
    }
    if (argument instanceof Argument.Word word) {
      return ints(word.value());
    }
    if (argument instanceof Argument.LongWord wide) {
      return longs(wide.value());
    }
    if (argument instanceof Argument.Divisor divisor) {
      return ints(divisor.divisor(), divisor.multiplier(), divisor.shift());
    }
    return longs(0);
  }

  private static byte[] longs(long value) {
    return ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
  }

  private static byte[] ints(int... values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(Integer.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      buffer.putInt(value);
    }
    return buffer.array();
  }
}
