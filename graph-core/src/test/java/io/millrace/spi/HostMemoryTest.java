package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ClosedException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  @Test
  void memoryIsAlignedZeroedAndPadded() {
    for (long bytes : new long[] {0, 1, 63, 64, 65, 1000, 5000, 100_000, 20_000_000}) {
      for (int repeat = 0; repeat < 2; repeat++) {
        try (HostMemory memory = HostMemory.allocate(bytes)) {
          assertEquals(0, memory.address() % 64);
          assertEquals(bytes, memory.bytes());
          ByteBuffer window = memory.window(0);
          assertTrue(window.capacity() >= bytes && window.capacity() % 64 == 0);
          for (int i = 0; i < bytes; i++) {
            assertEquals(0, window.get(i));
            window.put(i, (byte) 1);
          }
          assertSame(window, memory.window(0));
        }
      }
    }
  }

  @Test
  void sizesThatDifferHaveShelvesThatDiffer() {
    long last = 0;
    for (long bytes = 1; bytes <= 16 << 20; bytes += Math.max(1, bytes / 64)) {
      long size = HostPool.roundUp(bytes);
      assertTrue(size >= bytes && size % 64 == 0 && size <= Math.max(64, bytes + bytes / 2 + 64));
      assertEquals(size, HostPool.roundUp(size));
      if (last != 0 && size != last) {
        assertNotEquals(HostPool.shelf(last), HostPool.shelf(size));
      }
      last = size;
    }
  }

  @Test
  void blocksBeyondTwoGigabytesHaveSeveralWindows() {
    // The pages of the block are never all touched, so this costs no memory.
    try (HostMemory memory = HostMemory.uninitialized(5L << 29)) {
      long end = memory.bytes() - 1;
      memory.window(end).put((int) (end % HostMemory.WINDOW), (byte) 7);
      assertEquals(7, memory.window(end).get((int) (end % HostMemory.WINDOW)));
      assertEquals(Integer.MAX_VALUE, memory.window(0).capacity());
      memory.window(0).put(1 << 30, (byte) 9);
      assertEquals(9, memory.window(1L << 30).get(0));
      assertThrows(ArithmeticException.class, memory::view);
    }
  }

  @Test
  void forgottenMemoryIsFreed() throws InterruptedException {
    long before = HostMemory.liveBytes();
    for (int i = 0; i < 100; i++) {
      HostMemory.uninitialized(1 << 20);
    }
    for (int i = 0; i < 500 && HostMemory.liveBytes() > before; i++) {
      System.gc();
      Thread.sleep(10);
    }
    assertTrue(HostMemory.liveBytes() <= before);
    assertTrue(HostPool.pooledBytes() <= HostPool.LARGEST_POOL);
  }

  @Test
  void memoryOfOthersIsGivenBackOnceNobodyReads() {
    AtomicInteger freed = new AtomicInteger();
    try (HostMemory owner = HostMemory.allocate(256)) {
      long live = HostMemory.liveBytes();
      HostMemory memory = HostMemory.wrap(owner.address() + 64, 100, freed::incrementAndGet);
      assertEquals(owner.address() + 64, memory.address());
      assertEquals(100, memory.bytes());
      memory.window(0).put(99, (byte) 7);
      assertEquals(7, owner.window(0).get(64 + 99));
      assertEquals(128, memory.window(0).capacity());
      memory.retain();
      memory.close();
      memory.close();
      assertEquals(0, freed.get());
      memory.release();
      assertEquals(1, freed.get());
      assertEquals(live, HostMemory.liveBytes());
    }
  }

  @Test
  void memoryOfOthersMustBeAligned() {
    for (long[] bad : new long[][] {{0, 64}, {4096 + 32, 64}, {4096, 0}, {4096, -1}}) {
      assertThrows(IllegalArgumentException.class, () -> HostMemory.wrap(bad[0], bad[1], () -> {}));
    }
  }

  @Test
  void closeFreesOnceNobodyReads() {
    HostMemory memory = HostMemory.uninitialized(4096);
    long live = HostMemory.liveBytes();
    memory.retain();
    memory.close();
    memory.close();
    assertEquals(live, HostMemory.liveBytes());
    assertThrows(ClosedException.class, memory::retain);
    assertThrows(ClosedException.class, () -> memory.window(0));
    memory.release();
    assertEquals(live - 4096, HostMemory.liveBytes());
  }
}
