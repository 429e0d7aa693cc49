package io.millrace.spi;

import io.millrace.ClosedException;
import io.millrace.DeviceException;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A block of memory outside the Java heap, aligned to 64 bytes and padded so that a multiple of 64
 * bytes may be touched.
 *
 * <p>Freed by {@link #close} or, if forgotten, after the garbage collector finds it unreachable.
 * Whoever reads or writes it while another thread might close it holds a {@link #retain} meanwhile.
 */
public final class HostMemory implements DeviceMemory {
  /** Windows begin at multiples of this, and reach further, so that every tensor piece fits one. */
  public static final long WINDOW = 1L << 30;

  private static final Cleaner CLEANER = Cleaner.create();

  private static final String CLOSED = "this memory was freed: its tensor or session was closed";

  private final long bytes;
  private final HostBlock block;
  private final Cleaner.Cleanable cleanable;

  /** What a use of the memory is told once it is closed; null before. */
  private volatile @Nullable String closing;

  private HostMemory(long bytes, HostBlock block, Runnable closing) {
    this.bytes = bytes;
    this.block = block;
    cleanable = CLEANER.register(this, closing);
  }

  /** Gives up one hold on a block; must not refer to the memory object. */
  private record Owner(HostBlock block) implements Runnable {
    @Override
    public void run() {
      block.release();
    }
  }

  /**
   * Returns zeroed memory.
   *
   * @throws DeviceException if the system has none
   */
  public static HostMemory allocate(long bytes) {
    HostMemory memory = uninitialized(bytes);
    memory.zero();
    return memory;
  }

  void zero() {
    block.zero();
  }

  /**
   * Returns memory that holds anything, for those who write all of it before they read.
   *
   * @throws DeviceException if the system has none
   */
  public static HostMemory uninitialized(long bytes) {
    HostMemory memory = take(bytes, null);
    if (memory == null) {
      throw new DeviceException(
          String.format(Locale.ROOT, "no %,d bytes of memory: %s", bytes, HostPool.describe()));
    }
    return memory;
  }

  /**
   * Returns memory that holds anything, or null if the system has none.
   *
   * @param closed runs when it is closed, or forgotten, if it is not null
   */
  static @Nullable HostMemory take(long bytes, @Nullable Runnable closed) {
    HostBlock block = HostPool.take(bytes);
    if (block == null) {
      return null;
    }
    return new HostMemory(
        bytes, block, closed == null ? new Owner(block) : new Closing(block, closed));
  }

  /** Gives up one hold on a block and says so. */
  private record Closing(HostBlock block, Runnable closed) implements Runnable {
    @Override
    public void run() {
      block.release();
      closed.run();
    }
  }

  /**
   * Returns memory that someone else allocated, such as a device's driver; it does not count among
   * {@link #liveBytes}.
   *
   * @param address where it begins, a multiple of 64
   * @param bytes how many there are, at least 1; up to the next multiple of 64 may be touched
   * @param free gives it back; runs once, when nobody holds it any longer, in whatever thread
   * @throws IllegalArgumentException if the address or the number of bytes is not as it must be
   */
  public static HostMemory wrap(long address, long bytes, Runnable free) {
    HostBlock block = new HostBlock(address, bytes, free);
    return new HostMemory(bytes, block, new Owner(block));
  }

  /** Returns the bytes of all memory blocks that are not freed yet. */
  public static long liveBytes() {
    return HostPool.liveBytes();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** Returns the address of the first byte, for native calls. */
  public long address() {
    requireOpen();
    return block.address();
  }

  /**
   * Returns the little-endian buffer for a byte offset: use it at {@code (int) (offset % WINDOW)}.
   *
   * <p>Always the same object for one window; use absolute accessors only, and only while this
   * memory is reachable.
   */
  public ByteBuffer window(long offset) {
    requireOpen();
    return block.window((int) (offset / WINDOW));
  }

  /**
   * Returns the floats for a byte offset: use them at {@code (int) (offset % WINDOW / 4)}.
   *
   * <p>For copies to and from arrays; otherwise as {@link #window}.
   */
  public FloatBuffer floats(long offset) {
    requireOpen();
    return block.floats((int) (offset / WINDOW));
  }

  /**
   * Returns the doubles for a byte offset: use them at {@code (int) (offset % WINDOW / 8)}.
   *
   * <p>For copies to and from arrays; otherwise as {@link #window}.
   */
  public DoubleBuffer doubles(long offset) {
    requireOpen();
    return block.doubles((int) (offset / WINDOW));
  }

  /**
   * Returns a read-only buffer over the first {@code bytes()} bytes that keeps them alive, even
   * beyond {@link #close}.
   *
   * @throws ArithmeticException if they are 2^31 or more
   */
  public ByteBuffer view() {
    int length = Math.toIntExact(bytes);
    retain();
    // Slices refer to the buffer that they were made from, so the last of them keeps it reachable.
    ByteBuffer whole = block.newWindow(0);
    CLEANER.register(whole, new Owner(block));
    ByteBuffer view = whole.asReadOnlyBuffer().order(whole.order());
    return view.limit(length);
  }

  /**
   * Keeps the memory from being freed until {@link #release}, whoever closes it.
   *
   * @throws ClosedException if it is closed
   */
  public void retain() {
    requireOpen();
    if (!block.retain()) {
      requireOpen(); // It was closed since, and the line may be known.
      throw new ClosedException(CLOSED);
    }
  }

  /** Ends one {@link #retain}. */
  public void release() {
    block.release();
  }

  /**
   * Returns whether the other holds the same bytes.
   *
   * @throws ClosedException if one of them is closed
   */
  public boolean contentEquals(HostMemory other) {
    retain();
    try {
      other.retain();
      try {
        return bytes == other.bytes && sameBytes(other);
      } finally {
        other.release();
      }
    } finally {
      release();
    }
  }

  private boolean sameBytes(HostMemory other) {
    for (long at = 0; at < bytes; at += WINDOW) {
      int length = (int) Math.min(WINDOW, bytes - at);
      if (!window(at).slice(0, length).equals(other.window(at).slice(0, length))) {
        return false;
      }
    }
    return true;
  }

  private void requireOpen() {
    String told = closing;
    if (told != null) {
      throw new ClosedException(told);
    }
  }

  @Override
  public void close() {
    close(CLOSED);
  }

  /**
   * Frees the memory as {@link #close()} does.
   *
   * @param told what a later use is told
   */
  public void close(String told) {
    if (closing == null) {
      closing = told;
    }
    cleanable.clean();
  }
}
