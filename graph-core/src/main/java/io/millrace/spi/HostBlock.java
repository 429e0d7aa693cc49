package io.millrace.spi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** A native allocation with the buffers over it, used by one memory object after another. */
final class HostBlock {
  private static final int ALIGNMENT = 64;

  /** Below this, storing zeros from Java is faster than a native call. */
  private static final int SMALL = 1024;

  private final Runnable free;
  private final boolean pooled;
  private final long address;
  private final long bytes;
  private final AtomicInteger holds = new AtomicInteger();
  private final @Nullable ByteBuffer[] windows;
  private final @Nullable FloatBuffer[] floats;
  private final @Nullable DoubleBuffer[] doubles;

  /** A pointer to given memory that owns nothing. */
  private static final class Window extends BytePointer {
    Window(long address, long bytes) {
      super((Pointer) null);
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }

  /**
   * Allocates a block that nobody holds yet.
   *
   * @param bytes a multiple of 64
   * @return nothing if the system has no memory
   */
  static Optional<HostBlock> allocate(long bytes) {
    Pointer found = Pointer.malloc(bytes + ALIGNMENT);
    return found == null || found.isNull()
        ? Optional.empty()
        : Optional.of(new HostBlock(bytes, found));
  }

  private HostBlock(long bytes, Pointer found) {
    free = () -> Pointer.free(found);
    pooled = true;
    this.bytes = bytes;
    address = (found.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    windows = new ByteBuffer[windows(bytes)];
    floats = new FloatBuffer[windows.length];
    doubles = new DoubleBuffer[windows.length];
  }

  /**
   * Takes memory that someone else allocated, held once.
   *
   * @param free runs when nobody holds it any longer
   * @throws IllegalArgumentException if it is not aligned to 64 bytes or empty
   */
  HostBlock(long address, long bytes, Runnable free) {
    if (address == 0 || address % ALIGNMENT != 0 || bytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              "%d bytes at address 0x%x are not memory aligned to %d bytes",
              bytes, address, ALIGNMENT));
    }
    this.free = free;
    pooled = false;
    this.bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    this.address = address;
    windows = new ByteBuffer[windows(this.bytes)];
    floats = new FloatBuffer[windows.length];
    doubles = new DoubleBuffer[windows.length];
    open();
  }

  private static int windows(long bytes) {
    return (int) ((bytes - 1) / HostMemory.WINDOW) + 1;
  }

  long address() {
    return address;
  }

  long bytes() {
    return bytes;
  }

  /** Begins the use by a memory object, which holds the block once. */
  void open() {
    // Nobody else has the block yet: whoever is handed its memory object sees this.
    holds.lazySet(1);
  }

  /** Holds the block once more; returns false if nobody holds it any longer. */
  boolean retain() {
    int now = holds.get();
    while (now > 0) {
      if (holds.compareAndSet(now, now + 1)) {
        return true;
      }
      now = holds.get();
    }
    return false;
  }

  /** Gives up one hold; the last one gives the block back. */
  void release() {
    if (holds.decrementAndGet() == 0) {
      if (pooled) {
        HostPool.giveBack(this);
      } else {
        free();
      }
    }
  }

  /** Returns the buffer that begins at a multiple of the window size, always the same one. */
  ByteBuffer window(int index) {
    ByteBuffer window = windows[index];
    return window != null ? window : makeWindow(index);
  }

  private synchronized ByteBuffer makeWindow(int index) {
    ByteBuffer window = windows[index];
    if (window == null) {
      window = newWindow(index);
      windows[index] = window;
    }
    return window;
  }

  /** Returns the floats of the window with this index, always the same buffer. */
  FloatBuffer floats(int index) {
    FloatBuffer buffer = floats[index];
    return buffer != null ? buffer : makeFloats(index);
  }

  private synchronized FloatBuffer makeFloats(int index) {
    FloatBuffer buffer = floats[index];
    if (buffer == null) {
      buffer = window(index).asFloatBuffer();
      floats[index] = buffer;
    }
    return buffer;
  }

  /** Returns the doubles of the window with this index, always the same buffer. */
  DoubleBuffer doubles(int index) {
    DoubleBuffer buffer = doubles[index];
    return buffer != null ? buffer : makeDoubles(index);
  }

  private synchronized DoubleBuffer makeDoubles(int index) {
    DoubleBuffer buffer = doubles[index];
    if (buffer == null) {
      buffer = window(index).asDoubleBuffer();
      doubles[index] = buffer;
    }
    return buffer;
  }

  /** Returns a buffer of its own that begins at a multiple of the window size. */
  ByteBuffer newWindow(int index) {
    long start = index * HostMemory.WINDOW;
    return new Window(address + start, Math.min(Integer.MAX_VALUE, bytes - start))
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  void zero() {
    if (bytes <= SMALL) {
      ByteBuffer window = window(0);
      for (int i = 0; i < bytes; i += Long.BYTES) {
        window.putLong(i, 0);
      }
    } else {
      Pointer.memset(new Window(address, bytes), 0, bytes);
    }
  }

  void free() {
    free.run();
  }
}
