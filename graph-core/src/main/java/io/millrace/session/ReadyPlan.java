package io.millrace.session;

import io.millrace.DeviceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.UninitializedException;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.planning.Schedule;
import io.millrace.ir.Resource;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A plan prepared for a device, with the slots in which it runs and the state that it touches. */
final class ReadyPlan {
  private final Schedule schedule;
  private final Executable executable;
  private final List<Output> feedOrder;
  private final List<DeviceMemory> resources;
  private final VariableStore state;
  private final List<VariableStore.Cell> acquired = new ArrayList<>();
  private final List<VariableStore.Cell> required;
  private final List<VariableStore.Cell> written;
  private final List<Resource> retyped;
  private final Map<String, Operation> resourceOperations;
  private final Map<String, String> resourceDevices;
  private final int limit;

  private final Deque<RunSlot> idle = new ArrayDeque<>();
  private int made;
  private boolean retired;

  /** A number that grows with each use in the session. */
  private volatile long lastUse;

  /**
   * Makes the plan, which owns the executable from now on, even if this fails.
   *
   * @throws DeviceException if the device has no memory for a variable
   */
  ReadyPlan(
      Compiler.Compilation compilation, Executable executable, VariableStore state, int limit) {
    schedule = compilation.schedule();
    resourceDevices = compilation.resourceDevices();
    this.executable = executable;
    this.limit = limit;
    feedOrder = List.copyOf(compilation.feedOrder());
    this.state = state;
    retyped = compilation.retyped();
    resourceOperations = compilation.resourceOperations();
    try {
      resources = cells(schedule.resources()).stream().map(VariableStore.Cell::memory).toList();
      required = cells(compilation.requiredInitialized());
      written = cells(compilation.written());
    } catch (RuntimeException | Error e) {
      free();
      throw e;
    }
  }

  private List<VariableStore.Cell> cells(List<Resource> wanted) {
    List<VariableStore.Cell> cells = new ArrayList<>();
    for (Resource resource : wanted) {
      VariableStore.Cell cell = acquire(resource);
      acquired.add(cell);
      cells.add(cell);
    }
    return List.copyOf(cells);
  }

  private VariableStore.Cell acquire(Resource resource) {
    String device = Objects.requireNonNull(resourceDevices.get(resource.name()), resource.name());
    return state.acquire(resource, device);
  }

  List<Output> feedOrder() {
    return feedOrder;
  }

  List<DeviceMemory> resources() {
    return resources;
  }

  /** Returns whether a run changes state, and so must be alone. */
  boolean writes() {
    return !written.isEmpty();
  }

  long lastUse() {
    return lastUse;
  }

  void use(long now) {
    lastUse = now;
  }

  /**
   * Checks that what a run reads was written before.
   *
   * @throws UninitializedException if not; it lists all such variables
   */
  void requireInitialized() {
    for (int i = 0; i < required.size(); i++) {
      if (!required.get(i).isInitialized()) {
        throw uninitialized();
      }
    }
  }

  private UninitializedException uninitialized() {
    StringBuilder text = new StringBuilder("these variables are read but have no value yet:");
    for (VariableStore.Cell cell : required) {
      if (!cell.isInitialized()) {
        Resource resource = cell.resource();
        text.append("\n  ").append(resource.name()).append(' ').append(resource.type());
        Operation operation = resourceOperations.get(resource.name());
        if (operation != null) {
          text.append(" made at ").append(operation.source());
        }
      }
    }
    return new UninitializedException(text + UninitializedException.HELP);
  }

  /** Notes that a run gave values to what it writes. */
  void markWritten() {
    for (int i = 0; i < written.size(); i++) {
      written.get(i).setInitialized();
    }
    for (int i = 0; i < retyped.size(); i++) {
      state.setPresent(retyped.get(i));
    }
  }

  /**
   * Returns a slot to run in, or null if the plan was retired.
   *
   * @param patient whether to wait for one while as many as may overlap are in use
   */
  synchronized @Nullable RunSlot acquire(boolean patient) {
    boolean interrupted = false;
    while (!retired && patient && idle.isEmpty() && made >= limit) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (retired) {
      return null;
    }
    RunSlot slot = idle.poll();
    if (slot == null) {
      slot = new RunSlot(this, schedule, executable.newExecution());
      made++;
    }
    return slot;
  }

  synchronized void release(RunSlot slot) {
    if (retired || idle.size() >= limit) {
      close(slot);
    } else {
      idle.push(slot);
    }
    notifyAll();
  }

  /** Frees everything as soon as the runs in progress have ended. */
  synchronized void retire() {
    if (retired) {
      return;
    }
    retired = true;
    if (made == 0) {
      free();
    }
    while (!idle.isEmpty()) {
      close(idle.pop());
    }
    notifyAll();
  }

  private void free() {
    executable.close();
    state.release(acquired);
  }

  private void close(RunSlot slot) {
    slot.close();
    made--;
    if (retired && made == 0) {
      free();
    }
  }

  /** Waits until a retired plan is freed. */
  synchronized void awaitFreed() {
    boolean interrupted = false;
    while (made > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
