package io.millrace.host;

import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Copies between Java arrays and one memory block that holds elements of one type.
 *
 * <p>Copies of equal types allocate nothing. The block must stay open meanwhile.
 */
public final class HostBuffers {
  private final HostMemory memory;
  private final DType dtype;
  private final int perWindow;
  private final Buffer[] windows;

  public HostBuffers(HostMemory memory, TensorType type) {
    this.memory = memory;
    dtype = type.dtype();
    perWindow = (int) (HostMemory.WINDOW / dtype.bytes());
    windows = new Buffer[(int) (Math.max(0, type.bytes() - 1) / HostMemory.WINDOW) + 1];
    for (int i = 0; i < windows.length; i++) {
      windows[i] = window(dtype.javaClass(), memory.window(i * HostMemory.WINDOW));
    }
  }

  /** Returns the buffer that takes and gives whole arrays of a Java type. */
  private static Buffer window(Class<?> java, ByteBuffer bytes) {
    return java == float.class
        ? bytes.asFloatBuffer()
        : java == double.class
            ? bytes.asDoubleBuffer()
            : java == int.class
                ? bytes.asIntBuffer()
                : java == long.class ? bytes.asLongBuffer() : bytes;
  }

  /**
   * Copies a flat array or buffer to the elements from {@code start} on, converting.
   *
   * @throws UnfitException if a number does not fit the element type
   */
  void write(long start, Object values) {
    int length = JavaValues.length(values);
    for (int done = 0; done < length; ) {
      int offset = (int) ((start + done) % perWindow);
      int count = Math.min(length - done, perWindow - offset);
      Buffer window = windows[(int) ((start + done) / perWindow)];
      if (!writeSame(window, offset, values, done, count)) {
        ByteBuffer bytes = memory.window((start + done) * dtype.bytes());
        int fitting = Numbers.write(dtype, bytes, offset, values, done, count);
        if (fitting < count) {
          throw unfit(start + done + fitting, text(values, done + fitting));
        }
      }
      done += count;
    }
  }

  private boolean writeSame(Buffer window, int offset, Object values, int from, int count) {
    if (!JavaValues.holds(values, dtype)) {
      return false;
    }
    if (values instanceof float[] array) {
      ((FloatBuffer) window).put(offset, array, from, count);
    } else if (values instanceof double[] array) {
      ((DoubleBuffer) window).put(offset, array, from, count);
    } else if (values instanceof int[] array) {
      ((IntBuffer) window).put(offset, array, from, count);
    } else if (values instanceof long[] array) {
      ((LongBuffer) window).put(offset, array, from, count);
    } else if (values instanceof byte[] array) {
      ((ByteBuffer) window).put(offset, array, from, count);
    } else if (values instanceof FloatBuffer buffer) {
      ((FloatBuffer) window).put(offset, buffer, buffer.position() + from, count);
    } else if (values instanceof DoubleBuffer buffer) {
      ((DoubleBuffer) window).put(offset, buffer, buffer.position() + from, count);
    } else if (values instanceof IntBuffer buffer) {
      ((IntBuffer) window).put(offset, buffer, buffer.position() + from, count);
    } else if (values instanceof LongBuffer buffer) {
      ((LongBuffer) window).put(offset, buffer, buffer.position() + from, count);
    } else if (values instanceof ByteBuffer buffer) {
      ((ByteBuffer) window).put(offset, buffer, buffer.position() + from, count);
    } else {
      return false;
    }
    return true;
  }

  /** Writes one element; a number or a boolean. */
  void writeElement(long element, Object value) {
    ByteBuffer bytes = memory.window(element * dtype.bytes());
    if (!Numbers.write(dtype, bytes, (int) (element % perWindow), value)) {
      throw unfit(element, value.toString());
    }
  }

  private UnfitException unfit(long element, String value) {
    return new UnfitException(Numbers.refusal(dtype, value), element);
  }

  private static String text(Object values, int index) {
    Object value =
        values instanceof FloatBuffer buffer
            ? buffer.get(buffer.position() + index)
            : values instanceof DoubleBuffer buffer
                ? buffer.get(buffer.position() + index)
                : values instanceof IntBuffer buffer
                    ? buffer.get(buffer.position() + index)
                    : values instanceof LongBuffer buffer
                        ? buffer.get(buffer.position() + index)
                        : values instanceof ShortBuffer buffer
                            ? buffer.get(buffer.position() + index)
                            : values instanceof ByteBuffer buffer
                                ? buffer.get(buffer.position() + index)
                                : Array.get(values, index);
    return String.valueOf(value instanceof Byte number ? number & 0xFF : value);
  }

  /** Copies elements from {@code start} on to a flat array of exactly this element type. */
  public void read(long start, Object array) {
    int length = Array.getLength(array);
    for (int done = 0; done < length; ) {
      int offset = (int) ((start + done) % perWindow);
      int count = Math.min(length - done, perWindow - offset);
      Buffer window = windows[(int) ((start + done) / perWindow)];
      if (array instanceof float[] floats) {
        ((FloatBuffer) window).get(offset, floats, done, count);
      } else if (array instanceof double[] doubles) {
        ((DoubleBuffer) window).get(offset, doubles, done, count);
      } else if (array instanceof int[] ints) {
        ((IntBuffer) window).get(offset, ints, done, count);
      } else if (array instanceof long[] longs) {
        ((LongBuffer) window).get(offset, longs, done, count);
      } else if (array instanceof byte[] bytes) {
        ((ByteBuffer) window).get(offset, bytes, done, count);
      } else if (array instanceof boolean[] booleans) {
        for (int i = 0; i < count; i++) {
          booleans[done + i] = ((ByteBuffer) window).get(offset + i) != 0;
        }
      }
      done += count;
    }
  }
}
