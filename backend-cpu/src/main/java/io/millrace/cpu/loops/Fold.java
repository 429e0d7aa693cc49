package io.millrace.cpu.loops;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Reduction;
import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import java.nio.ByteBuffer;

/**
 * Combines few elements one by one: floating numbers as double, integers and booleans as long.
 *
 * @param type of the elements
 */
public record Fold(Reduction reduction, DType type) {

  /** Returns the function that combines two elements. */
  public BinaryFn function() {
    return switch (reduction) {
      case SUM -> BinaryFn.ADD;
      case PROD -> BinaryFn.MUL;
      case MAX -> BinaryFn.MAX;
      case MIN -> BinaryFn.MIN;
      case ALL -> BinaryFn.AND;
      case ANY -> BinaryFn.OR;
      case ARG_MAX, ARG_MIN -> throw new IllegalArgumentException(reduction + " is a position");
    };
  }

  /** Returns the result for no floating elements. */
  public double noDouble() {
    return switch (reduction) {
      case SUM -> 0;
      case PROD -> 1;
      case MAX, ARG_MAX -> Double.NEGATIVE_INFINITY;
      default -> Double.POSITIVE_INFINITY;
    };
  }

  /** Returns the result for no integers or booleans. */
  public long noLong() {
    return switch (reduction) {
      case SUM, ANY -> 0;
      case PROD, ALL -> 1;
      case MAX, ARG_MAX -> type.lowest();
      case MIN, ARG_MIN -> type.highest();
    };
  }

  /** Returns the combination of two floating numbers. */
  public double join(double x, double y) {
    return switch (reduction) {
      case SUM -> x + y;
      case PROD -> x * y;
      case MAX -> Math.max(x, y);
      default -> Math.min(x, y);
    };
  }

  /** Returns the combination of two integers or booleans. */
  public long join(long x, long y) {
    return switch (reduction) {
      case SUM -> x + y;
      case PROD -> x * y;
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
      case ALL -> x & y;
      default -> x | y;
    };
  }

  /** Returns the combination of floating elements, {@code stride} bytes apart. */
  public double doubles(HostMemory memory, long offset, int stride, int count) {
    ByteBuffer buffer = memory.window(offset);
    int at = (int) (offset % HostMemory.WINDOW);
    // The commonest have loops that the compiler sees through.
    if (reduction == Reduction.SUM && type == DType.FLOAT32) {
      return floatSum(buffer, at, stride, count);
    }
    if (reduction == Reduction.SUM && type == DType.FLOAT64) {
      return doubleSum(buffer, at, stride, count);
    }
    if (reduction == Reduction.MAX && type == DType.FLOAT32) {
      return floatMax(buffer, at, stride, count);
    }
    double so = noDouble();
    for (int i = 0; i < count; i++) {
      int place = at + i * stride;
      so = join(so, floating(buffer, place));
    }
    return so;
  }

  private static double floatSum(ByteBuffer buffer, int at, int stride, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += buffer.getFloat(at + i * stride);
    }
    return sum;
  }

  private static double doubleSum(ByteBuffer buffer, int at, int stride, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += buffer.getDouble(at + i * stride);
    }
    return sum;
  }

  private static double floatMax(ByteBuffer buffer, int at, int stride, int count) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, buffer.getFloat(at + i * stride));
    }
    return max;
  }

  /** Returns the combination of integers or booleans, {@code stride} bytes apart. */
  public long longs(HostMemory memory, long offset, int stride, int count) {
    ByteBuffer buffer = memory.window(offset);
    int at = (int) (offset % HostMemory.WINDOW);
    long so = noLong();
    for (int i = 0; i < count; i++) {
      so = join(so, integer(buffer, at + i * stride));
    }
    return so;
  }

  /** Returns an integer or boolean. */
  public long integer(ByteBuffer buffer, int at) {
    return Elements.bits(type, buffer, at);
  }

  /** Returns a floating number. */
  public double floating(ByteBuffer buffer, int at) {
    return Elements.getDouble(type, buffer, at);
  }

  /** Stores a floating element. */
  public void store(HostMemory memory, long offset, double value) {
    int at = (int) (offset % HostMemory.WINDOW);
    Elements.setDouble(type, memory.window(offset), at, value);
  }

  /** Stores an integer or boolean. */
  public void store(HostMemory memory, long offset, long value) {
    int at = (int) (offset % HostMemory.WINDOW);
    Elements.setBits(type, memory.window(offset), at, value);
  }

  /** Stores the result for no elements, {@code count} times. */
  public void clear(HostMemory memory, long offset, long count) {
    int bytes = type.bytes();
    for (long i = 0; i < count; i++) {
      if (type.isFloating()) {
        store(memory, offset + i * bytes, noDouble());
      } else {
        store(memory, offset + i * bytes, noLong());
      }
    }
  }

  /** Combines elements that are {@code stride} bytes apart and stores the result. */
  public void into(
      HostMemory source, long from, int stride, int count, HostMemory target, long to) {
    if (type.isFloating()) {
      store(target, to, doubles(source, from, stride, count));
    } else {
      store(target, to, longs(source, from, stride, count));
    }
  }
}
