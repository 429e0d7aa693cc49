package io.millrace.spi;

import io.millrace.ClosedException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A block of memory outside the Java heap, aligned to 64 bytes, zeroed, and padded so that a
 * multiple of 64 bytes may be touched.
 *
 * <p>Freed by {@link #close} or, if forgotten, after the garbage collector finds it unreachable.
 */
public final class HostMemory implements DeviceMemory {
  /** Windows begin at multiples of this, and reach further, so that every tensor piece fits one. */
  public static final long WINDOW = 1L << 30;

  private static final int ALIGNMENT = 64;
  private static final Cleaner CLEANER = Cleaner.create();
  private static final AtomicLong LIVE = new AtomicLong();

  private final long address;
  private final long bytes;
  private final ByteBuffer[] windows;
  private final Cleaner.Cleanable cleanable;
  private volatile boolean closed;

  /** Frees a block; must not refer to the memory object. */
  private record Release(Pointer block, long bytes) implements Runnable {
    @Override
    public void run() {
      Pointer.free(block);
      LIVE.addAndGet(-bytes);
    }
  }

  /** A pointer to given memory that owns nothing. */
  private static final class Window extends BytePointer {
    Window(long address, long bytes) {
      super((Pointer) null);
      this.address = address;
      this.limit = bytes;
      this.capacity = bytes;
    }
  }

  private HostMemory(long bytes) {
    long padded = Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    Pointer block = Pointer.malloc(padded + ALIGNMENT);
    if (block == null || block.isNull()) {
      throw new OutOfMemoryError("no " + padded + " bytes of native memory");
    }
    LIVE.addAndGet(padded);
    this.bytes = bytes;
    address = (block.address() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    Pointer.memset(new Window(address, padded), 0, padded);
    windows = new ByteBuffer[(int) ((padded - 1) / WINDOW) + 1];
    for (int i = 0; i < windows.length; i++) {
      long size = Math.min(Integer.MAX_VALUE, padded - i * WINDOW);
      windows[i] =
          new Window(address + i * WINDOW, size).asByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    cleanable = CLEANER.register(this, new Release(block, padded));
  }

  /**
   * Returns zeroed memory.
   *
   * @throws OutOfMemoryError if the system has none
   */
  public static HostMemory allocate(long bytes) {
    return new HostMemory(bytes);
  }

  /** Returns the bytes of all memory blocks that are not freed yet. */
  public static long liveBytes() {
    return LIVE.get();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** Returns the address of the first byte, for native calls. */
  public long address() {
    requireOpen();
    return address;
  }

  /**
   * Returns the little-endian buffer for a byte offset: use it at {@code (int) (offset % WINDOW)}.
   *
   * <p>Always the same object for one window; use absolute accessors only.
   */
  public ByteBuffer window(long offset) {
    requireOpen();
    return windows[(int) (offset / WINDOW)];
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedException("this memory was freed: its tensor or session was closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    cleanable.clean();
  }
}
