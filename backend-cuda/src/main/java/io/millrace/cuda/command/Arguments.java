package io.millrace.cuda.command;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.ToLongFunction;

/** Lays out the arguments of launches as kernels take them. */
public final class Arguments {
  private Arguments() {}

  /** Returns the bytes of an argument. */
  public static byte[] bytes(Argument argument, ToLongFunction<Address> memory) {
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
    if (argument instanceof Argument.Items items) {
      return items(items, memory);
    }
    return longs(0);
  }

  /** Lays structures out as C++ does: what takes a multiple of 8 bytes begins at one. */
  private static byte[] items(Argument.Items items, ToLongFunction<Address> memory) {
    ByteBuffer all = ByteBuffer.allocate(items.capacity() * itemBytes(items.items().get(0)));
    for (List<Argument> item : items.items()) {
      for (Argument argument : item) {
        byte[] bytes = bytes(argument, memory);
        all.position(aligned(all.position(), alignment(bytes.length)));
        all.put(bytes);
      }
      all.position(aligned(all.position(), Long.BYTES));
    }
    return all.array();
  }

  /** Returns the bytes of a structure of these arguments, the first of which is a pointer. */
  static int itemBytes(List<Argument> item) {
    int end = 0;
    for (Argument argument : item) {
      int length = bytes(argument, address -> 0).length;
      end = aligned(end, alignment(length)) + length;
    }
    return aligned(end, Long.BYTES);
  }

  private static int alignment(int length) {
    return length % Long.BYTES == 0 ? Long.BYTES : Integer.BYTES;
  }

  private static int aligned(int position, int alignment) {
    return (position + alignment - 1) / alignment * alignment;
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
