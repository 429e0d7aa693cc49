package io.millrace;

import io.millrace.ir.Resource;
import io.millrace.spi.Device;
import io.millrace.spi.DeviceMemory;
import java.util.LinkedHashMap;
import java.util.Map;

/** The state of one session: memory for each resource, from its first use until the end. */
final class VariableStore {
  private final Device device;
  private final Map<Resource, Cell> cells = new LinkedHashMap<>();

  /** One resource's memory. */
  static final class Cell {
    private final Resource resource;
    private final DeviceMemory memory;
    private volatile boolean initialized;

    private Cell(Resource resource, DeviceMemory memory) {
      this.resource = resource;
      this.memory = memory;
      initialized = resource.startsAtZero();
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

  VariableStore(Device device) {
    this.device = device;
  }

  /** Returns the memory of a resource, allocated if this is its first use. */
  synchronized Cell cell(Resource resource) {
    Cell cell = cells.get(resource);
    if (cell == null) {
      cell = new Cell(resource, device.allocate(resource.type().bytes()));
      cells.put(resource, cell);
    }
    return cell;
  }

  synchronized void close() {
    cells.values().forEach(c -> c.memory.close());
    cells.clear();
  }
}
