package io.millrace.session;

import io.millrace.GraphException;
import io.millrace.compiler.lowering.Reservation;
import io.millrace.ir.Resource;
import io.millrace.spi.DeviceMemory;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a state holds: memory for each resource, as long as it holds a value or a plan uses it, and
 * a {@link Counter} for each operation that draws random numbers.
 *
 * <p>A variable whose shape changes is one resource after another, under one name; those that it
 * was before hold no value any more.
 */
final class VariableStore {
  /** Where counters of operations without seeds start, far from where they would overflow. */
  private static final long UNSEEDED = 1L << 62;

  private final Devices devices;
  private final Map<Resource, Cell> cells = new LinkedHashMap<>();

  /** The cells of each variable, by its name. */
  private final Map<String, List<Cell>> byName = new TreeMap<>();

  private final Map<String, Counter> counters = new ConcurrentHashMap<>();

  /** How many turns loops have rows for whose number of turns only data know, by name. */
  private final Map<String, Long> capacities = new ConcurrentHashMap<>();

  /** The first guess. */
  private static final long FEW_TURNS = 32;

  /** What variables whose shapes may change are now, by name. */
  private final Map<String, Resource> present = new HashMap<>();

  /** One resource's memory. */
  static final class Cell {
    private final Resource resource;
    private final DeviceMemory memory;
    private final Home home;
    private volatile boolean initialized;
    private int plans;

    private Cell(Resource resource, DeviceMemory memory, Home home) {
      this.resource = resource;
      this.memory = memory;
      this.home = home;
    }

    Home home() {
      return home;
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

  /**
   * Where a variable is, as the operation that holds it says.
   *
   * @param made where the operation was made
   * @param device the name of its device
   * @param fixed whether its type never changes
   */
  record Home(String made, String device, boolean fixed) {}

  VariableStore(Devices devices) {
    this.devices = devices;
  }

  /** Returns where resources are. */
  Devices devices() {
    return devices;
  }

  /** Returns how many turns a loop has rows for. */
  Literal capacity(String loop) {
    return Literal.scalar(DType.INT64, capacities.getOrDefault(loop, FEW_TURNS));
  }

  /** Gives a loop rows for more turns, so many at least. */
  void grow(String loop, long turns) {
    capacities.merge(loop, Math.max(2 * FEW_TURNS, 2 * Long.highestOneBit(turns - 1)), Math::max);
  }

  /**
   * Returns the memory of a resource for a plan, allocated if this is its first use.
   *
   * @throws GraphException if there is a variable of its name that it cannot be
   */
  synchronized Cell acquire(Resource resource, Home home) {
    for (Cell other : cells(resource.name())) {
      requireSame(other, resource, home);
    }
    Cell cell = cells.get(resource);
    if (cell == null) {
      String holder = "variable '" + resource.name() + "'" + home.made;
      cell = new Cell(resource, allocate(holder, resource, home.device), home);
      cells.put(resource, cell);
      byName.computeIfAbsent(resource.name(), name -> new ArrayList<>()).add(cell);
    }
    cell.plans++;
    return cell;
  }

  private List<Cell> cells(String name) {
    return byName.getOrDefault(name, List.of());
  }

  /** Requires a variable to be the one that a cell is of: graphs can differ in what they say. */
  private static void requireSame(Cell known, Resource resource, Home home) {
    boolean held = known.initialized || known.plans > 0;
    if (held && !known.home.device.equals(home.device)) {
      throw other(known, resource, home, "is on " + home.device, "on " + known.home.device);
    }
    boolean fits =
        known.resource.type().dtype() == resource.type().dtype()
            && (known.resource.equals(resource)
                || !(known.home.fixed || home.fixed)
                || !(known.initialized || (known.home.fixed && home.fixed)));
    if (held && !fits) {
      throw other(
          known,
          resource,
          home,
          "is " + resource.type(),
          (known.initialized ? "" : "made for ") + known.resource.type());
    }
  }

  private static GraphException other(
      Cell known, Resource resource, Home home, String here, String there) {
    return new GraphException(
        ("the variable '%s'%s %s, but in the session's state it is %s%s: variables of one name are "
                + "one, whichever graph they are of")
            .formatted(resource.name(), home.made, here, there, known.home.made));
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
      List<Cell> left = cells(cell.resource.name());
      left.remove(cell);
      if (left.isEmpty()) {
        byName.remove(cell.resource.name());
      }
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
    return held(name)
        .map(cell -> cell.resource)
        .or(() -> Optional.ofNullable(resource))
        .map(r -> Literal.ofLongs(r.type().shape().dims()))
        .orElseGet(() -> Literal.ofLongs(0));
  }

  /** Returns whether a variable whose shape may change has one. */
  synchronized boolean hasShape(String name) {
    return present.containsKey(name);
  }

  /** Returns 1 if a variable has a value, and 0 if not. */
  synchronized Literal presence(String name) {
    return Literal.ofLongs(held(name).isPresent() ? 1 : 0);
  }

  /** Returns what a variable holds, if it has a value. */
  synchronized Optional<Cell> held(String name) {
    return cells(name).stream().filter(Cell::isInitialized).findFirst();
  }

  /** Returns the names of the variables that have values, in order. */
  synchronized List<String> names() {
    return byName.keySet().stream().filter(name -> held(name).isPresent()).toList();
  }

  /** Takes the values of all variables but these. */
  synchronized void keep(Set<String> names) {
    List<Cell> gone =
        cells.values().stream().filter(c -> !names.contains(c.resource.name())).toList();
    gone.forEach(cell -> cell.initialized = false);
    present.keySet().retainAll(names);
    Cleanup.each(gone, this::freeIfUnused);
  }

  /** Returns what was taken from each counter, by its name. */
  NavigableMap<String, Long> counts() {
    NavigableMap<String, Long> counts = new TreeMap<>();
    counters.forEach((name, counter) -> counts.put(name, counter.taken()));
    return counts;
  }

  /** Sets what was taken from a counter. */
  void count(String name, long taken) {
    counters.computeIfAbsent(name, n -> new Counter(taken)).set(taken);
  }

  /** Sets what was taken from these counters, and all others to where they started. */
  void count(Map<String, Long> counts) {
    counters.values().forEach(Counter::restart);
    counts.forEach(this::count);
  }

  synchronized void close() {
    Cleanup.all(
        () -> Cleanup.each(cells.values(), c -> c.memory.close()), cells::clear, byName::clear);
  }
}
