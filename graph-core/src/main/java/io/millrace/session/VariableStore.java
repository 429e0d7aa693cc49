package io.millrace.session;

import io.millrace.compiler.lowering.Reservation;
import io.millrace.ir.Resource;
import io.millrace.spi.DeviceMemory;
import io.millrace.type.Literal;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The state of one session: memory for each resource, as long as it holds a value or a plan uses
 * it, and a {@link Counter} for each operation that draws random numbers.
 *
 * <p>A variable whose shape changes is one resource after another, under one name; those that it
 * was before hold no value any more.
 */
final class VariableStore {
  /** Where counters of operations without seeds start, far from where they would overflow. */
  private static final long UNSEEDED = 1L << 62;

  private final Devices devices;
  private final Map<Resource, Cell> cells = new LinkedHashMap<>();
  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  /** What variables whose shapes may change are now, by name. */
  private final Map<String, Resource> present = new HashMap<>();

  /** One resource's memory. */
  static final class Cell {
    private final Resource resource;
    private final DeviceMemory memory;
    private volatile boolean initialized;
    private int plans;

    private Cell(Resource resource, DeviceMemory memory) {
      this.resource = resource;
      this.memory = memory;
    }

    Resource resource() {
      return resource;
    }

    DeviceMemory memory() {
      return memory;
    }

    boolean isInitialized() {
      return initialized;
    }

    void setInitialized() {
      initialized = true;
    }
  }

  VariableStore(Devices devices) {
    this.devices = devices;
  }

  /** Returns where resources are. */
  Devices devices() {
    return devices;
  }

  /**
   * Returns the memory of a resource for a plan, allocated if this is its first use.
   *
   * @param made where its operation was made
   * @param device the name of its device, always the same
   */
  synchronized Cell acquire(Resource resource, String made, String device) {
    Cell cell = cells.get(resource);
    if (cell == null) {
      String holder = "variable '" + resource.name() + "'" + made;
      cell = new Cell(resource, allocate(holder, resource, device));
      cells.put(resource, cell);
    }
    cell.plans++;
    return cell;
  }

  /**
   * Returns what counts the random numbers of an operation, always the same. Without seeds it
   * starts anywhere, so that no two operations, sessions or programs draw the same.
   */
  Counter counter(Reservation reservation) {
    return counters.computeIfAbsent(
        reservation.counter(),
        name ->
            new Counter(reservation.seeded() ? 0 : ThreadLocalRandom.current().nextLong(UNSEEDED)));
  }

  /** Returns memory for what stages of a run hand on, which is no state. */
  DeviceMemory allocate(Resource handed, String device) {
    return allocate(handed.name(), handed, device);
  }

  private DeviceMemory allocate(String what, Resource resource, String device) {
    return devices.get(device).allocate(what, resource.type().bytes());
  }

  /** Takes back what a plan acquired. */
  synchronized void release(List<Cell> acquired) {
    acquired.forEach(cell -> cell.plans--);
    Cleanup.each(acquired, this::freeIfUnused);
  }

  private void freeIfUnused(Cell cell) {
    if (!cell.initialized && cell.plans == 0 && cells.remove(cell.resource, cell)) {
      cell.memory.close();
    }
  }

  /** Notes that a variable is this resource now, whatever it was before. */
  synchronized void setPresent(Resource resource) {
    Resource before = present.put(resource.name(), resource);
    Cell old = before == null || before.equals(resource) ? null : cells.get(before);
    if (old != null) {
      old.initialized = false;
      freeIfUnused(old);
    }
  }

  /**
   * Returns the shape of a variable whose shape may change: that of no elements before the first.
   */
  synchronized Literal shape(String name) {
    Resource resource = present.get(name);
    return resource == null ? Literal.ofLongs(0) : Literal.ofLongs(resource.type().shape().dims());
  }

  /** Returns whether a variable whose shape may change has one. */
  synchronized boolean hasShape(String name) {
    return present.containsKey(name);
  }

  /** Returns 1 if a variable has a value, and 0 if not. */
  synchronized Literal presence(String name) {
    boolean present =
        cells.values().stream().anyMatch(c -> c.resource.name().equals(name) && c.isInitialized());
    return Literal.ofLongs(present ? 1 : 0);
  }

  synchronized void close() {
    Cleanup.all(() -> Cleanup.each(cells.values(), c -> c.memory.close()), cells::clear);
  }
}
