package io.millrace.spi;

import io.millrace.ir.Origin;
import java.util.List;

/**
 * Says that a loop needs more rows than its capacity: the same run may do with a larger one.
 * Nothing has written state.
 */
public final class CapacityException extends StepException {
  private static final long serialVersionUID = 1;

  private final long capacity;
  private final long needed;

  /**
   * Makes the exception.
   *
   * @param origin the loop's origin
   * @param capacity the rows that there are
   * @param needed the rows that are needed at least
   */
  public CapacityException(Origin origin, long capacity, long needed) {
    this(origin, capacity, needed, List.of());
  }

  private CapacityException(Origin origin, long capacity, long needed, List<Long> turns) {
    super(
        origin,
        "the loop takes more than the " + capacity + " turns that there are rows for",
        turns);
    this.capacity = capacity;
    this.needed = needed;
  }

  /** Returns the rows that there are. */
  public long capacity() {
    return capacity;
  }

  /** Returns the rows that are needed at least. */
  public long needed() {
    return needed;
  }

  @Override
  protected StepException in(List<Long> turns) {
    return new CapacityException(origin(), capacity, needed, turns);
  }
}
