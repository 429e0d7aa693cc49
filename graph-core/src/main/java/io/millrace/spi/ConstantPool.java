package io.millrace.spi;

import io.millrace.type.Literal;
import java.util.HashMap;
import java.util.Map;

/**
 * The constants of all plans of a device, each there once however many plans read it. Thread-safe.
 *
 * @param <M> the device's memory
 */
public final class ConstantPool<M extends DeviceMemory> {
  private final Source<M> source;
  private final Map<Literal, Shared<M>> constants = new HashMap<>();

  /**
   * Puts constants into memory.
   *
   * @param <M> the device's memory
   */
  public interface Source<M> {
    /**
     * Returns memory that holds a constant.
     *
     * @param holder whose constant it is, for the message when there is no memory
     */
    M copy(String holder, Literal literal);
  }

  private static final class Shared<M> {
    private final M memory;
    private int plans;

    Shared(M memory) {
      this.memory = memory;
    }
  }

  /** Makes a pool without constants. */
  public ConstantPool(Source<M> source) {
    this.source = source;
  }

  /** Returns the memory of a constant for one plan more. */
  public synchronized M acquire(String holder, Literal literal) {
    Shared<M> shared = constants.get(literal);
    if (shared == null) {
      shared = new Shared<>(source.copy(holder, literal));
      constants.put(literal, shared);
    }
    shared.plans++;
    return shared.memory;
  }

  /** Notes that one plan fewer reads a constant; the last one frees it. */
  public synchronized void release(Literal literal) {
    Shared<M> shared = constants.get(literal);
    if (shared != null && --shared.plans == 0) {
      constants.remove(literal);
      shared.memory.close();
    }
  }
}
