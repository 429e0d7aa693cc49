package io.millrace.session;

import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.Backends;
import io.millrace.ClosedException;
import io.millrace.SessionOptions;
import io.millrace.ir.Resource;
import io.millrace.spi.HostMemory;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VariableStoreTest {
  private static final VariableStore.Home HOME = new VariableStore.Home("", "reference:0", false);
  private static final Resource TWO = resource(2);
  private static final Resource THREE = resource(3);

  private final VariableStore store =
      new VariableStore(
          Devices.open(SessionOptions.defaults().device("reference"), Backends.find()));

  private static Resource resource(long size) {
    return new Resource("v", TensorType.of(DType.FLOAT32, size));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static void assertFreed(VariableStore.Cell cell) {
    HostMemory memory = (HostMemory) cell.memory();
    assertThrows(ClosedException.class, memory::retain);
  }

  @Test
  void keepsAValueThatNoPlanUses() {
    VariableStore.Cell cell = store.acquire(TWO, HOME);
    cell.setInitialized();
    store.release(List.of(cell));
    assertSame(cell, store.acquire(TWO, HOME));
  }

  @Test
  void freesWhatNeverGotAValueAfterItsLastPlan() {
    VariableStore.Cell cell = store.acquire(TWO, HOME);
    assertSame(cell, store.acquire(TWO, HOME));
    store.release(List.of(cell));
    assertSame(cell, store.acquire(TWO, HOME));
    store.release(List.of(cell, cell));
    assertFreed(cell);
    assertNotSame(cell, store.acquire(TWO, HOME));
  }

  @Test
  void freesWhatAVariableWasBefore() {
    VariableStore.Cell before = store.acquire(TWO, HOME);
    before.setInitialized();
    store.setPresent(TWO);
    store.release(List.of(before));
    VariableStore.Cell after = store.acquire(THREE, HOME);
    after.setInitialized();
    store.setPresent(THREE);
    assertFreed(before);
    assertSame(after, store.acquire(THREE, HOME));
  }
}
