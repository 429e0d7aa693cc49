package io.millrace.spi;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps freed blocks of common sizes for the next tensor, because a native allocation and the
 * buffer over it cost more than a small run.
 *
 * <p>Sizes are rounded up to one of four steps between powers of two. At most {@link #LARGEST_POOL}
 * bytes wait here; larger blocks go back to the system at once.
 */
final class HostPool {
  static final long LARGEST_POOL = 64L << 20;

  private static final int SMALLEST = 64;
  private static final int STEPS_LOG2 = 2;
  private static final long LARGEST_BLOCK = 16L << 20;
  private static final int DEPTH = 256;

  /** What the machine, or the container that this process is in, has: memory and swap space. */
  private static final OperatingSystemMXBean SYSTEM =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private static final long QUARTER = Math.min(physicalBytes(), totalBytes()) / 4;

  /** Forgotten tensors of this many bytes are worth a garbage collection. */
  private static final long LEAST_PRESSURE = Math.min(Math.max(1L << 30, QUARTER), 2 * QUARTER);

  private static final AtomicLong LIVE = new AtomicLong();

  /**
   * The bytes of all blocks, in use or not; a block that goes from one to the other leaves them.
   */
  private static final AtomicLong ALL = new AtomicLong();

  private static final AtomicLong PRESSURE = new AtomicLong(LEAST_PRESSURE);
  private static final Shelf[] SHELVES = shelves();

  /** The free blocks of one size. */
  private static final class Shelf {
    private final @Nullable HostBlock[] blocks = new HostBlock[DEPTH];
    private int count;

    synchronized @Nullable HostBlock take() {
      if (count == 0) {
        return null;
      }
      HostBlock block = blocks[--count];
      blocks[count] = null;
      return block;
    }

    synchronized boolean put(HostBlock block) {
      if (count == DEPTH) {
        return false;
      }
      blocks[count++] = block;
      return true;
    }
  }

  private HostPool() {}

  /** Asks JavaCPP's native library first of all, so that one that is missing is missed here. */
  private static long physicalBytes() {
    try {
      return Pointer.totalPhysicalBytes();
    } catch (UnsatisfiedLinkError e) {
      UnsatisfiedLinkError explained =
          new UnsatisfiedLinkError(
              ("JavaCPP's native library for %s is not there: its artifact, "
                      + "org.bytedeco:javacpp with that classifier, must be on the class path; on "
                      + "the module path, start Java with --add-modules ALL-MODULE-PATH, as no "
                      + "module requires native ones by name")
                  .formatted(Loader.getPlatform()));
      explained.initCause(e);
      throw explained;
    }
  }

  private static long totalBytes() {
    return SYSTEM.getTotalMemorySize() + SYSTEM.getTotalSwapSpaceSize();
  }

  private static Shelf[] shelves() {
    Shelf[] shelves = new Shelf[shelf(LARGEST_BLOCK) + 1];
    for (int i = 0; i < shelves.length; i++) {
      shelves[i] = new Shelf();
    }
    return shelves;
  }

  /** Returns the bytes of the blocks in use. */
  static long liveBytes() {
    return LIVE.get();
  }

  /** Returns the bytes of the blocks that wait to be used again. */
  static long pooledBytes() {
    return ALL.get() - LIVE.get();
  }

  /**
   * Returns a block of at least this many bytes, held once; it holds anything. Null if there is no
   * memory left.
   */
  static @Nullable HostBlock take(long bytes) {
    long size = roundUp(Math.max(bytes, SMALLEST));
    if (LIVE.addAndGet(size) > PRESSURE.get()) {
      collectGarbage(PRESSURE.get());
    }
    HostBlock block = size <= LARGEST_BLOCK ? SHELVES[shelf(size)].take() : null;
    if (block == null) {
      ALL.addAndGet(size);
      block = allocate(size).orElse(null);
    }
    if (block == null) {
      ALL.addAndGet(-size);
      LIVE.addAndGet(-size);
    } else {
      block.open();
    }
    return block;
  }

  /** Allocates a block; where there is no memory, forgotten tensors and spare blocks go first. */
  private static Optional<HostBlock> allocate(long size) {
    Optional<HostBlock> block = hasRoom() ? HostBlock.allocate(size) : Optional.empty();
    if (block.isEmpty() && size < totalBytes()) {
      trim();
      collectGarbage(LIVE.get() - size);
      trim();
      block = hasRoom() ? HostBlock.allocate(size) : Optional.empty();
    }
    return block;
  }

  /** Returns whether all that is in use, with the Java heap, is no more than the system has. */
  private static boolean hasRoom() {
    long used = ALL.get();
    return used <= QUARTER || used + Runtime.getRuntime().totalMemory() <= totalBytes();
  }

  /** Returns how full the memory is. */
  static String describe() {
    return String.format(
        Locale.ROOT,
        "of %,d bytes that this process may have, tensors hold %,d and the Java heap %,d",
        totalBytes(),
        LIVE.get(),
        Runtime.getRuntime().totalMemory());
  }

  /** Frees the blocks that wait to be used again. */
  private static void trim() {
    for (Shelf shelf : SHELVES) {
      for (HostBlock block = shelf.take(); block != null; block = shelf.take()) {
        ALL.addAndGet(-block.bytes());
        block.free();
      }
    }
  }

  static void giveBack(HostBlock block) {
    long size = block.bytes();
    long live = LIVE.addAndGet(-size);
    if (size > LARGEST_BLOCK
        || ALL.get() - live > LARGEST_POOL
        || !SHELVES[shelf(size)].put(block)) {
      ALL.addAndGet(-size);
      block.free();
    }
  }

  /** Rounds up to a size that has a shelf, or to a multiple of 64 if it is too large for one. */
  static long roundUp(long bytes) {
    if (bytes > LARGEST_BLOCK) {
      return Math.addExact(bytes, SMALLEST - 1) / SMALLEST * SMALLEST;
    }
    long step = Math.max(SMALLEST, Long.highestOneBit(Math.max(1, bytes - 1)) >> STEPS_LOG2);
    return (bytes + step - 1) / step * step;
  }

  /** Returns the position of a rounded size's shelf; different sizes have different ones. */
  static int shelf(long size) {
    int log2 = 63 - Long.numberOfLeadingZeros(size);
    int quarter = (int) (size >> (log2 - STEPS_LOG2)) & ((1 << STEPS_LOG2) - 1);
    return ((log2 - 6) << STEPS_LOG2) + quarter;
  }

  /**
   * Gives the collector a chance to find forgotten tensors before native memory runs out.
   *
   * @param most how many bytes may be in use for nothing to be done
   */
  private static synchronized void collectGarbage(long most) {
    if (LIVE.get() <= most) {
      return;
    }
    System.gc();
    try {
      // The cleaner's thread frees what the collector found.
      for (int i = 0; i < 20 && LIVE.get() > most / 2; i++) {
        Thread.sleep(1L << Math.min(i, 4));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    PRESSURE.set(Math.max(LEAST_PRESSURE, 2 * LIVE.get()));
  }
}
