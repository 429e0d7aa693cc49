package io.millrace.cuda.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DeviceException;
import io.millrace.cuda.EmulatedDriver;
import org.junit.jupiter.api.Test;

/** The memory of a device and of a session. */
class MemoryPoolTest {
  private final EmulatedDriver driver = new EmulatedDriver(8L << 20, true);
  private final MemoryPool pool = new MemoryPool(driver);

  @Test
  void usesFreedBlocksAgain() {
    MemoryAccount account = new MemoryAccount(pool, 0);
    CudaMemory first = account.allocate("first", 1000);
    long address = first.address();
    first.close();
    first.close();
    try (CudaMemory second = account.allocate("second", 900)) {
      assertEquals(address, second.address());
      assertEquals(900, second.bytes());
      try (CudaMemory third = account.allocate("third", 900)) {
        assertTrue(third.address() != address);
      }
    }
  }

  @Test
  void givesBackWhatNobodyUsesBeforeItFails() {
    MemoryAccount account = new MemoryAccount(pool, 0);
    account.allocate("large", 5L << 20).close();
    try (CudaMemory other = account.allocate("larger", 7L << 20)) {
      assertEquals(7L << 20, other.bytes());
    }
    pool.trim();
    assertEquals(0, driver.usedBytes());
  }

  @Test
  void doesNotWasteALargeBlockOnASmallOne() {
    MemoryAccount account = new MemoryAccount(pool, 0);
    account.allocate("large", 4L << 20).close();
    try (CudaMemory small = account.allocate("small", 100)) {
      assertEquals((4L << 20) + MemoryPool.roundUp(100), driver.usedBytes());
      assertEquals(100, small.bytes());
    }
  }

  @Test
  void tellsWhoHoldsWhat() {
    MemoryAccount account = new MemoryAccount(pool, 0);
    try (CudaMemory a = account.allocate("the plan of 'loss'", 3L << 20);
        CudaMemory b = account.allocate("the plan of 'loss'", 1L << 20);
        CudaMemory c = account.allocate("variable 'w'", 500)) {
      DeviceException failure =
          assertThrows(
              DeviceException.class, () -> account.allocate("the plan of 'train'", 4L << 20));
      String message = String.valueOf(failure.getMessage());
      assertTrue(message.startsWith("no 4,194,304 bytes for the plan of 'train'"), message);
      assertTrue(message.contains("6,291,456 bytes: the plan of 'loss', 2 times"), message);
      assertTrue(message.contains("512 bytes: variable 'w'"), message);
      assertTrue(message.contains("2,096,640 of cuda:0's 8,388,608 bytes are free"), message);
      assertEquals(a.bytes(), 3 * b.bytes());
      assertEquals(500, c.bytes());
    }
  }

  @Test
  void sessionsHaveLimitsOfTheirOwn() {
    MemoryAccount small = new MemoryAccount(pool, 1024);
    MemoryAccount other = new MemoryAccount(pool, 0);
    CudaMemory held = small.allocate("a", 512);
    assertThrows(DeviceException.class, () -> small.allocate("b", 513));
    try (CudaMemory free = other.allocate("b", 100_000)) {
      assertEquals(100_000, free.bytes());
    }
    held.close();
    try (CudaMemory now = small.allocate("b", 1024)) {
      assertEquals(1024, now.bytes());
    }
  }
}
