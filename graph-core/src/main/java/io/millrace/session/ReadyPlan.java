package io.millrace.session;

import io.millrace.DeviceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.UninitializedException;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.lowering.Lowered;
import io.millrace.compiler.lowering.Question;
import io.millrace.compiler.lowering.Reservation;
import io.millrace.compiler.planning.Schedule;
import io.millrace.ir.Resource;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Executable;
import io.millrace.spi.Execution;
import io.millrace.type.Literal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A plan, of a run or of one stage of it, prepared for its devices: with the slots in which it runs
 * and the state that it touches.
 */
final class ReadyPlan {
  /** Measured with a small convolutional network that is trained. */
  private static final long PLAN_BYTES = 16 << 10;

  private static final long STEP_BYTES = 4 << 10;

  private final PlanKey key;
  private final Lowered lowered;
  private final Schedule schedule;
  private final Executable executable;
  private final List<Counter> counters;
  private final List<Source> resources;
  private final VariableStore state;
  private final List<VariableStore.Cell> acquired = new ArrayList<>();
  private final List<VariableStore.Cell> required;
  private final List<VariableStore.Cell> written;
  private final List<Resource> retyped;
  private final Map<String, Operation> resourceOperations;
  private final boolean last;
  private final Optional<String> loop;
  private final boolean takes;
  private final boolean touchesState;
  private final int limit;
  private final long heapBytes;

  /** Is told when this is freed. */
  private final Consumer<ReadyPlan> freed;

  /** The plans of the stages that follow this one, by its answer. */
  private final Map<Literal, ReadyPlan> next = new ConcurrentHashMap<>();

  /** The stages that this is next to; used under the lock of the cache. */
  private final List<Followed> followed = new ArrayList<>();

  private record Followed(ReadyPlan stage, Literal answer) {}

  private final Deque<RunSlot> idle = new ArrayDeque<>();
  private int made;
  private int waiting;
  private boolean retired;

  /** A number that grows with each use in the session; roughly, as it is written without a lock. */
  private long lastUse;

  /**
   * Where a resource's memory is: the session's, or among what a slot hands on, its own or that of
   * an earlier stage.
   *
   * @param stage the number of that stage; negative for the slot's own
   */
  record Source(Optional<DeviceMemory> fixed, int stage, int index) {}

  /**
   * Makes the plan, which owns the executable from now on, even if this fails.
   *
   * @param freed is told when the plan is freed, whatever fails then
   * @throws DeviceException if the device has no memory for a variable
   */
  ReadyPlan(
      PlanKey key,
      Compiler.Compilation compilation,
      Executable executable,
      VariableStore state,
      int limit,
      Consumer<ReadyPlan> freed) {
    this.key = key;
    lowered = compilation.lowered();
    schedule = compilation.schedule();
    long steps = schedule.parts().stream().mapToLong(p -> p.plan().allSteps().count()).sum();
    heapBytes = PLAN_BYTES + STEP_BYTES * steps;
    this.executable = executable;
    this.limit = limit;
    this.freed = freed;
    this.state = state;
    last = lowered.question().isEmpty();
    loop =
        lowered
            .question()
            .flatMap(
                q -> q instanceof Question.Another a ? Optional.of(a.name()) : Optional.empty());
    takes = !lowered.taken().isEmpty();
    counters = lowered.reservations().stream().map(r -> state.counter(r)).toList();
    retyped = compilation.retyped();
    resourceOperations = compilation.resourceOperations();
    try {
      resources = schedule.resources().stream().map(this::source).toList();
      required = cells(lowered.required());
      written = cells(compilation.written());
    } catch (RuntimeException | Error e) {
      Cleanup.after(e, this::free);
      throw e;
    }
    touchesState =
        !acquired.isEmpty() || lowered.question().filter(Question::isOfState).isPresent();
  }

  private Source source(Resource resource) {
    int own = lowered.handed().indexOf(resource);
    if (own >= 0) {
      return new Source(Optional.empty(), -1, own);
    }
    for (Lowered.Handed taken : lowered.taken()) {
      if (taken.resource().equals(resource)) {
        return new Source(Optional.empty(), taken.stage(), taken.index());
      }
    }
    return new Source(Optional.of(cells(List.of(resource)).get(0).memory()), 0, 0);
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
    Operation owner = resourceOperations.get(resource.name());
    String made = owner == null ? "" : " made at " + owner.source();
    boolean fixed =
        owner != null
            && !owner.outputs().isEmpty()
            && owner.output(0).type().target().shape().isFullyDefined();
    return state.acquire(resource, new VariableStore.Home(made, deviceOf(resource), fixed));
  }

  private String deviceOf(Resource resource) {
    return Objects.requireNonNull(lowered.resourceDevices().get(resource.name()), resource.name());
  }

  PlanKey key() {
    return key;
  }

  /** Returns about how much of the Java heap it takes. */
  long heapBytes() {
    return heapBytes;
  }

  /**
   * Returns whether it keeps memory that a variable no longer is in, more than a plan takes itself.
   */
  boolean isOutgrown() {
    long bytes = 0;
    for (VariableStore.Cell cell : acquired) {
      if (!cell.home().fixed() && !cell.isInitialized()) {
        bytes += cell.resource().type().bytes();
      }
    }
    return bytes > PLAN_BYTES;
  }

  /** Returns whether no stage follows. */
  boolean isLast() {
    return last;
  }

  /** Returns what has to be answered before the next stage; nothing if this is the last. */
  Optional<Question> question() {
    return lowered.question();
  }

  /** Returns the name of the loop of which it is asked whether it goes on. */
  Optional<String> loop() {
    return loop;
  }

  /** Returns the stage's number among those of a run. */
  int number() {
    return lowered.number();
  }

  List<Output> feeds() {
    return lowered.feeds();
  }

  /** Returns what is taken from each of {@link #counters}. */
  List<Reservation> reservations() {
    return lowered.reservations();
  }

  List<Counter> counters() {
    return counters;
  }

  List<Source> resources() {
    return resources;
  }

  /** Returns whether it reads what earlier stages hand on. */
  boolean takes() {
    return takes;
  }

  /** Returns whether a run reads or writes the session's state. */
  boolean touchesState() {
    return touchesState;
  }

  /** Returns the plan of the stage that follows for this answer, if it is known. */
  @Nullable ReadyPlan next(Literal answer) {
    return next.get(answer);
  }

  /** Makes this the plan that follows a stage for an answer. */
  void follow(ReadyPlan stage, Literal answer) {
    if (stage.next.put(answer, this) == null) {
      followed.add(new Followed(stage, answer));
    }
  }

  /** Lets this follow no stage, and none follow this. */
  void detach() {
    followed.forEach(f -> f.stage().next.remove(f.answer(), this));
    followed.clear();
    next.values().forEach(n -> n.followed.removeIf(f -> f.stage() == this));
    next.clear();
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
   * @throws io.millrace.ExecutionException if the thread is interrupted while it waits
   */
  synchronized @Nullable RunSlot acquire(boolean patient) {
    RunSlot slot = idle.poll();
    return slot == null ? await(patient) : slot;
  }

  private @Nullable RunSlot await(boolean patient) {
    if (patient && !isFree()) {
      waiting++;
      try {
        Monitors.awaitForRun(this, this::isFree, "for one of " + limit + " such runs to end");
      } finally {
        waiting--;
      }
    }
    if (retired) {
      return null;
    }
    RunSlot slot = idle.poll();
    if (slot == null) {
      slot = newSlot();
      made++;
    }
    return slot;
  }

  /** Returns whether nobody has to wait for a slot. */
  private boolean isFree() {
    return retired || !idle.isEmpty() || made < limit;
  }

  private RunSlot newSlot() {
    List<DeviceMemory> handed = new ArrayList<>();
    List<Runnable> undo = new ArrayList<>();
    try {
      for (Resource resource : lowered.handed()) {
        DeviceMemory memory = state.allocate(resource, deviceOf(resource));
        undo.add(memory::close);
        handed.add(memory);
      }
      Execution execution = executable.newExecution();
      undo.add(execution::close);
      return new RunSlot(this, schedule, state, execution, handed);
    } catch (RuntimeException | Error e) {
      Cleanup.after(e, () -> Cleanup.each(undo, Runnable::run));
      throw e;
    }
  }

  synchronized void release(RunSlot slot) {
    if (waiting > 0) {
      notifyAll();
    }
    if (retired || idle.size() >= limit) {
      close(slot);
    } else {
      idle.push(slot);
    }
  }

  /** Frees everything as soon as the runs in progress have ended. */
  synchronized void retire() {
    if (retired) {
      return;
    }
    retired = true;
    notifyAll();
    if (made == 0) {
      free();
    }
    List<RunSlot> unused = List.copyOf(idle);
    idle.clear();
    Cleanup.each(unused, this::close);
  }

  private void free() {
    Cleanup.all(
        executable::close,
        () -> state.release(acquired),
        state.devices().staging()::trim,
        () -> freed.accept(this));
  }

  private void close(RunSlot slot) {
    Cleanup.all(slot::close, this::forgetSlot);
  }

  private void forgetSlot() {
    made--;
    if (retired && made == 0) {
      free();
    }
  }

  /** Waits until a retired plan is freed. */
  synchronized void awaitFreed() {
    waiting++;
    try {
      Monitors.await(this, () -> made == 0);
    } finally {
      waiting--;
    }
  }
}
