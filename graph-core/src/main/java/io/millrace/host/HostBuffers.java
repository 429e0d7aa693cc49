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

/**
 * Copies between Java arrays and one memory block that holds elements of one type.
 *
 * <p>Copies of equal types allocate nothing. The block must stay open meanwhile.
 */
public final class HostBuffers {
  private final DType dtype;
  private final int perWindow;
  private final Buffer[] windows;

  public HostBuffers(HostMemory memory, TensorType type) {
    dtype = type.dtype();
    perWindow = (int) (HostMemory.WINDOW / dtype.bytes());
    windows = new Buffer[(int) (Math.max(0, type.bytes() - 1) / HostMemory.WINDOW) + 1];
    for (int i = 0; i < windows.length; i++) {
      ByteBuffer bytes = memory.window(i * HostMemory.WINDOW);
      windows[i] =
          switch (dtype) {
            case FLOAT32 -> bytes.asFloatBuffer();
            case FLOAT64 -> bytes.asDoubleBuffer();
            case INT32 -> bytes.asIntBuffer();
            case INT64 -> bytes.asLongBuffer();
            case UINT8, BOOL -> bytes;
          };
    }
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
        writeConverted(window, offset, values, done, count);
      }
      done += count;
    }
  }

  private boolean writeSame(Buffer window, int offset, Object values, int from, int count) {
    if (dtype == DType.BOOL || !JavaValues.holds(values, dtype)) {
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

  private void writeConverted(Buffer window, int offset, Object values, int from, int count) {
    for (int i = 0; i < count; i++) {
      int source = from + i;
      if (values instanceof int[] array) {
        put(window, offset + i, array[source]);
      } else if (values instanceof long[] array) {
        put(window, offset + i, array[source]);
      } else if (values instanceof byte[] array) {
        put(window, offset + i, array[source] & 0xFF);
      } else if (values instanceof boolean[] array) {
        put(window, offset + i, array[source] ? 1 : 0);
      } else if (values instanceof float[] array) {
        put(window, offset + i, (double) array[source]);
      } else if (values instanceof double[] array) {
        put(window, offset + i, array[source]);
      } else if (values instanceof IntBuffer buffer) {
        put(window, offset + i, buffer.get(buffer.position() + source));
      } else if (values instanceof LongBuffer buffer) {
        put(window, offset + i, buffer.get(buffer.position() + source));
      } else if (values instanceof ByteBuffer buffer) {
        put(window, offset + i, buffer.get(buffer.position() + source) & 0xFF);
      } else if (values instanceof FloatBuffer buffer) {
        put(window, offset + i, (double) buffer.get(buffer.position() + source));
      } else if (values instanceof DoubleBuffer buffer) {
        put(window, offset + i, buffer.get(buffer.position() + source));
      }
    }
  }

  /** Writes one element; a number or a boolean. */
  void writeScalar(Object value) {
    if (value instanceof Boolean bool) {
      put(windows[0], 0, bool ? 1 : 0);
    } else if (value instanceof Float || value instanceof Double) {
      put(windows[0], 0, ((Number) value).doubleValue());
    } else {
      put(windows[0], 0, value instanceof Byte b ? b & 0xFF : ((Number) value).longValue());
    }
  }

  private void put(Buffer window, int at, double value) {
    if (dtype == DType.FLOAT32) {
      ((FloatBuffer) window).put(at, (float) value);
    } else {
      ((DoubleBuffer) window).put(at, value);
    }
  }

  private void put(Buffer window, int at, long value) {
    switch (dtype) {
      case FLOAT32 -> ((FloatBuffer) window).put(at, (float) value);
      case FLOAT64 -> ((DoubleBuffer) window).put(at, (double) value);
      case INT32 -> {
        requireFits(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
        ((IntBuffer) window).put(at, (int) value);
      }
      case INT64 -> ((LongBuffer) window).put(at, value);
      case UINT8 -> {
        requireFits(value, 0, 255);
        ((ByteBuffer) window).put(at, (byte) value);
      }
      case BOOL -> ((ByteBuffer) window).put(at, (byte) value);
    }
  }

  private void requireFits(long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(value + " does not fit " + dtype);
    }
  }

  /** Copies elements from {@code start} on to a flat array of exactly this element type. */
  public void read(long start, Object array) {
    int length = Array.getLength(array);
    for (int done = 0; done < length; ) {
      int offset = (int) ((start + done) % perWindow);
      int count = Math.min(length - done, perWindow - offset);
      Buffer window = windows[(int) ((start + done) / perWindow)];
      switch (dtype) {
        case FLOAT32 -> ((FloatBuffer) window).get(offset, (float[]) array, done, count);
        case FLOAT64 -> ((DoubleBuffer) window).get(offset, (double[]) array, done, count);
        case INT32 -> ((IntBuffer) window).get(offset, (int[]) array, done, count);
        case INT64 -> ((LongBuffer) window).get(offset, (long[]) array, done, count);
        case UINT8 -> ((ByteBuffer) window).get(offset, (byte[]) array, done, count);
        case BOOL -> {
          for (int i = 0; i < count; i++) {
            ((boolean[]) array)[done + i] = ((ByteBuffer) window).get(offset + i) != 0;
          }
        }
      }
      done += count;
    }
  }
}
