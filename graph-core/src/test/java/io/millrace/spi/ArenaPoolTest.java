package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DeviceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much memory leases hold, whose it is, and what happens when there is no more. */
class ArenaPoolTest {
  /** Blocks larger than this are leased, smaller ones kept. */
  private static final long TINY = 1 << 16;

  private long limit = Long.MAX_VALUE;
  private long held;
  private int blocks;

  /** A block that counts among what is held until it is closed, once. */
  private final class Block implements DeviceMemory {
    private final long bytes;

    Block(long bytes) {
      this.bytes = bytes;
      held += bytes;
      blocks++;
    }

    @Override
    public long bytes() {
      return bytes;
    }

    @Override
    public void close() {
      held -= bytes;
      blocks--;
    }
  }

  private final ArenaPool<Block> pool =
      new ArenaPool<>(
          (what, bytes) -> {
            if (held + bytes > limit) {
              throw new DeviceException("no memory for " + what);
            }
            return new Block(bytes);
          });

  @Test
  void plansOneAfterAnotherHoldTheLargestArena() {
    Random random = new Random(1);
    long largest = 0;
    for (int i = 0; i < 500; i++) {
      long bytes = TINY + 1 + random.nextInt(10_000);
      largest = Math.max(largest, bytes);
      ArenaPool<Block>.Lease lease = pool.lease("plan", bytes);
      lease.begin();
      lease.end();
      assertEquals(largest, held);
    }
    pool.trim();
    assertEquals(0, held);
  }

  @Test
  void overlappingRunsHoldABlockEachAndNeverTheSame() {
    Random random = new Random(2);
    List<ArenaPool<Block>.Lease> leases =
        IntStream.range(0, 40).mapToObj(i -> pool.lease("plan", 2 * TINY + 100L * i)).toList();
    List<ArenaPool<Block>.Lease> running = new ArrayList<>();
    List<Block> taken = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      ArenaPool<Block>.Lease lease = leases.get(random.nextInt(leases.size()));
      if (running.size() == 3) {
        int ends = random.nextInt(3);
        running.remove(ends).end();
        taken.remove(ends);
      } else if (!running.contains(lease)) {
        Block block = lease.begin();
        assertFalse(taken.contains(block));
        assertTrue(block.bytes() >= 2 * TINY + 100L * leases.indexOf(lease));
        running.add(lease);
        taken.add(block);
      }
      assertTrue(blocks <= 3 && held <= 3 * (2 * TINY + 3900), () -> blocks + " of " + held);
    }
  }

  @Test
  void anExecutionGetsItsBlockAgain() {
    ArenaPool<Block>.Lease first = pool.lease("first", 10 * TINY);
    ArenaPool<Block>.Lease second = pool.lease("second", 10 * TINY);
    Block one = first.begin();
    Block two = second.begin();
    assertNotSame(one, two);
    first.end();
    second.end();
    for (int i = 0; i < 3; i++) {
      assertSame(two, second.begin());
      assertSame(one, first.begin());
      second.end();
      first.end();
    }
  }

  @Test
  void freeBlocksMakeRoom() {
    limit = 100 * TINY;
    ArenaPool<Block>.Lease small = pool.lease("small", 30 * TINY);
    ArenaPool<Block>.Lease other = pool.lease("other", 40 * TINY);
    small.begin();
    other.begin();
    small.end();
    other.end();
    assertEquals(70 * TINY, held);
    // The larger is given up in any case, the smaller as there is no room beside it.
    ArenaPool<Block>.Lease large = pool.lease("large", 90 * TINY);
    large.begin();
    assertEquals(90 * TINY, held);
    assertThrows(DeviceException.class, small::begin);
    large.end();
    Block variable =
        pool.allocate(() -> new Block(limit < held + 50 * TINY ? refuse() : 50 * TINY));
    assertEquals(50 * TINY, held);
    DeviceException none = assertThrows(DeviceException.class, large::begin);
    assertEquals("no memory for large", none.getMessage());
    variable.close();
    large.begin();
    assertEquals(90 * TINY, held);
  }

  @Test
  void aSmallRunLeavesTheLargeBlockToOthersWhileThereIsMemory() {
    long million = 1 << 20;
    ArenaPool<Block>.Lease large = pool.lease("large", 100 * million);
    ArenaPool<Block>.Lease small = pool.lease("small", 2 * TINY);
    Block block = large.begin();
    large.end();
    Block other = small.begin();
    assertNotSame(block, other);
    assertSame(block, large.begin());
    large.end();
    small.end();
    pool.trim();
    limit = 100 * million;
    block = large.begin();
    large.end();
    assertSame(block, small.begin());
  }

  @Test
  void whatWasBegunTwiceEndsTwice() {
    ArenaPool<Block>.Lease lease = pool.lease("plan", 10 * TINY);
    Block block = lease.begin();
    assertSame(block, lease.begin());
    lease.end();
    assertNotSame(block, pool.lease("other", 10 * TINY).begin());
    lease.end();
    assertSame(block, pool.lease("third", 10 * TINY).begin());
  }

  @Test
  void whatIsTinyStaysItsOwnUntilItIsClosed() {
    ArenaPool<Block>.Lease first = pool.lease("first", TINY);
    ArenaPool<Block>.Lease second = pool.lease("second", TINY);
    Block own = first.begin();
    first.end();
    assertNotSame(own, second.begin());
    second.end();
    pool.trim();
    assertEquals(2 * TINY, held);
    assertSame(own, first.begin());
    first.end();
    first.close();
    first.close();
    second.close();
    assertEquals(0, held);
  }

  private static long refuse() {
    throw new DeviceException("full");
  }
}
