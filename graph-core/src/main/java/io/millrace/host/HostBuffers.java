package io.millrace.host;

import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import io.millrace.type.TensorType;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;

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
   * @throws IllegalArgumentException if an integer does not fit the element type
   */
  void write(long start, Object values) {
    int length = JavaValues.length(values);
    for (int done = 0; done < length; ) {
      int offset = (int) ((start + done) % perWindow);
      int count = Math.min(length - done, perWindow - offset);
      Buffer window = windows[(int) ((start + done) / perWindow)];
      if (!writeSame(window, offset, values, done, count)) {
        ByteBuffer bytes = memory.window((start + done) * dtype.bytes());
        writeConverted(bytes, offset, values, done, count);
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

  private void writeConverted(ByteBuffer bytes, int offset, Object values, int from, int count) {
    for (int i = 0; i < count; i++) {
      int source = from + i;
      if (values instanceof int[] array) {
        put(bytes, offset + i, array[source]);
      } else if (values instanceof long[] array) {
        put(bytes, offset + i, array[source]);
      } else if (values instanceof byte[] array) {
        put(bytes, offset + i, array[source] & 0xFF);
      } else if (values instanceof boolean[] array) {
        put(bytes, offset + i, array[source] ? 1 : 0);
      } else if (values instanceof float[] array) {
        put(bytes, offset + i, (double) array[source]);
      } else if (values instanceof double[] array) {
        put(bytes, offset + i, array[source]);
      } else if (values instanceof IntBuffer buffer) {
        put(bytes, offset + i, buffer.get(buffer.position() + source));
      } else if (values instanceof LongBuffer buffer) {
        put(bytes, offset + i, buffer.get(buffer.position() + source));
      } else if (values instanceof ByteBuffer buffer) {
        put(bytes, offset + i, buffer.get(buffer.position() + source) & 0xFF);
      } else if (values instanceof FloatBuffer buffer) {
        put(bytes, offset + i, (double) buffer.get(buffer.position() + source));
      } else if (values instanceof DoubleBuffer buffer) {
        put(bytes, offset + i, buffer.get(buffer.position() + source));
      }
    }
  }

  /** Writes one element; a number or a boolean. */
  void writeScalar(Object value) {
    if (value instanceof Boolean bool) {
      put(memory.window(0), 0, bool ? 1 : 0);
    } else if (value instanceof Float || value instanceof Double) {
      put(memory.window(0), 0, ((Number) value).doubleValue());
    } else {
      put(memory.window(0), 0, value instanceof Byte b ? b & 0xFF : ((Number) value).longValue());
    }
  }

  private void put(ByteBuffer bytes, int at, double value) {
    Elements.setDouble(dtype, bytes, at * dtype.bytes(), value);
  }

  private void put(ByteBuffer bytes, int at, long value) {
    if (!dtype.fits(value)) {
      throw new IllegalArgumentException(value + " does not fit " + dtype);
    }
    Elements.setLong(dtype, bytes, at * dtype.bytes(), value);
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
