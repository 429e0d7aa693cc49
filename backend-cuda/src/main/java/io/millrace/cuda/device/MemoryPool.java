package io.millrace.cuda.device;

import io.millrace.cuda.driver.Driver;
import io.millrace.spi.Holdings;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The memory of one device, shared by the sessions of the process.
 *
 * <p>Freed blocks are kept for the next that need their size, because the driver's own allocation
 * waits for the device; they go back to the driver when it has no memory left. Thread-safe.
 */
public final class MemoryPool {
  private static final long SMALL = 512;
  private static final long LARGE = 2L << 20;

  private final Driver driver;
  private final TreeMap<Long, Deque<Block>> spare = new TreeMap<>();
  private final Holdings holdings = new Holdings();
  private long spareBytes;

  /**
   * Memory that the driver gave.
   *
   * @param bytes its rounded size
   */
  record Block(long address, long bytes) {}

  public MemoryPool(Driver driver) {
    this.driver = driver;
  }

  /** Returns a block of at least so many bytes; none if the device has no memory left. */
  synchronized Optional<Block> take(String what, long bytes) {
    long size = roundUp(bytes);
    Map.Entry<Long, Deque<Block>> found = spare.ceilingEntry(size);
    Block block;
    if (found != null && found.getKey() <= size + size / 4) {
      block = found.getValue().pop();
      if (found.getValue().isEmpty()) {
        spare.remove(found.getKey());
      }
      spareBytes -= block.bytes();
    } else {
      long address = driver.allocate(size);
      if (address == 0 && spareBytes > 0) {
        trim();
        address = driver.allocate(size);
      }
      if (address == 0) {
        return Optional.empty();
      }
      block = new Block(address, size);
    }
    holdings.add(what, block.bytes());
    return Optional.of(block);
  }

  /** Takes back a block from who had it. */
  synchronized void giveBack(Block block, String what) {
    holdings.remove(what, block.bytes());
    spare.computeIfAbsent(block.bytes(), size -> new ArrayDeque<>()).push(block);
    spareBytes += block.bytes();
  }

  /** Gives all blocks that nobody uses back to the driver. */
  public synchronized void trim() {
    spare.values().forEach(blocks -> blocks.forEach(b -> driver.free(b.address())));
    spare.clear();
    spareBytes = 0;
  }

  /** Returns how much memory is free, and a line for each of those who hold most. */
  synchronized String describe() {
    Driver.MemoryState state = driver.memory();
    return String.format(
            Locale.ROOT,
            "%,d of %s's %,d bytes are free",
            state.free() + spareBytes,
            driver.name(),
            state.total())
        + holdings.describe("; this process holds");
  }

  /** Rounds up so that blocks can be used again: to two megabytes, small ones to 512 bytes. */
  static long roundUp(long bytes) {
    long step = bytes < LARGE / 2 ? SMALL : LARGE;
    return Math.addExact(Math.max(bytes, 1), step - 1) / step * step;
  }
}
