package io.millrace.session;

import io.millrace.ClosedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.compiler.lowering.ValueNeededException;
import io.millrace.op.Op;
import io.millrace.spi.StepException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.StampedLock;

/** Does the runs of one session: finds their plans, keeps their state, and orders who may write. */
public final class Runs implements AutoCloseable {
  private final Graph graph;
  private final SessionOptions options;
  private final Devices devices;
  private final VariableStore state;
  private final PlanCache plans;
  private final Failures failures;

  /** Held shared by a run that only reads state, exclusively by one that writes it. */
  private final StampedLock stateLock = new StampedLock();

  private volatile boolean closed;

  /** Starts without state, on devices that belong to this from now on. */
  public Runs(Graph graph, SessionOptions options, Devices devices) {
    this.graph = graph;
    this.options = options;
    this.devices = devices;
    state = new VariableStore(devices);
    plans = new PlanCache(graph, devices, state, options);
    failures = new Failures(graph, state);
  }

  /** Returns the name of the session's own device. */
  public String device() {
    return devices.home();
  }

  /** Runs what gives no tensor. */
  public void run(Operation target, Map<?, ?> feeds) {
    finish(begin(target, feeds));
  }

  /** Returns the value of one tensor. */
  public Tensor one(Object fetch, Map<?, ?> feeds) {
    RunSlot slot = begin(fetch, feeds);
    try {
      return slot.tensor(0);
    } finally {
      finish(slot);
    }
  }

  /** Returns a tensor for each thing wanted that is one. */
  public List<Tensor> all(List<?> wanted, Map<?, ?> feeds) {
    RunSlot slot = begin(wanted, feeds);
    try {
      List<Integer> results = slot.call().results();
      Tensor[] tensors = new Tensor[results.size()];
      for (int i = 0; i < tensors.length; i++) {
        int first = results.indexOf(results.get(i));
        tensors[i] = first < i ? tensors[first] : slot.tensor(results.get(i));
      }
      return List.of(tensors);
    } finally {
      finish(slot);
    }
  }

  private static void finish(RunSlot slot) {
    slot.forgetFetches();
    slot.plan().release(slot);
  }

  /** Runs a call and returns the slot that holds its results until {@link #finish}. */
  private RunSlot begin(Object wanted, Map<?, ?> feeds) {
    requireOpen();
    RunSlot slot = null;
    while (slot == null) {
      Call call = plans.find(wanted, feeds);
      if (call == null) {
        call = plans.add(CallReader.read(graph, wanted, feeds));
      }
      ReadyPlan plan = call.plan();
      slot = plan == null ? runAlone(call, feeds) : plan.acquire(true);
      if (slot != null && plan != null) {
        runLocked(slot, call, feeds);
      }
    }
    return slot;
  }

  private void runLocked(RunSlot slot, Call call, Map<?, ?> feeds) {
    boolean done = false;
    try {
      slot.bind(call, feeds, Map.of());
      boolean writes = slot.plan().writes();
      long stamp = writes ? stateLock.writeLock() : stateLock.readLock();
      try {
        requireOpen();
        execute(slot);
      } finally {
        stateLock.unlock(stamp);
      }
      done = true;
    } finally {
      end(slot, done);
    }
  }

  private static void end(RunSlot slot, boolean done) {
    slot.releaseFeeds();
    if (!done) {
      slot.dropFetches();
      slot.plan().release(slot);
    }
  }

  /**
   * Runs a call whose plan depends on values that only a run can tell. Nothing else runs meanwhile,
   * so that the values found still hold when they are used.
   */
  private RunSlot runAlone(Call call, Map<?, ?> feeds) {
    Map<Output, Tensor> found = new HashMap<>();
    long stamp = stateLock.writeLock();
    try {
      requireOpen();
      return runFinding(PlanKey.of(call), call, feeds, found);
    } finally {
      stateLock.unlock(stamp);
      found.values().forEach(Tensor::close);
    }
  }

  private RunSlot runFinding(PlanKey first, Call call, Map<?, ?> feeds, Map<Output, Tensor> found) {
    PlanKey key = first;
    while (true) {
      Output needed;
      try {
        needed = plans.needed(key);
      } catch (GraphException e) {
        throw failures.ofCompiling(key, e);
      }
      if (needed != null) {
        key = find(key, needed, call, feeds, found);
        continue;
      }
      ReadyPlan plan = plans.plan(key);
      // Waiting for a slot here could be waiting for a run that waits for the lock.
      RunSlot slot = plan == null ? null : plan.acquire(false);
      if (slot != null) {
        boolean done = false;
        try {
          slot.bind(call, feeds, found);
          execute(slot);
          done = true;
        } finally {
          end(slot, done);
        }
        return slot;
      }
    }
  }

  /** Runs what a key needs first, and returns the key that has it. */
  private PlanKey find(
      PlanKey key, Output needed, Call call, Map<?, ?> feeds, Map<Output, Tensor> found) {
    Operation maker = needed.operation();
    if (needed.isSizes() && maker.op().sizes() == Op.SHAPE_OF_STATE) {
      return key.withKnown(needed, state.shape(maker.name()));
    }
    if (needed.isSizes() && maker.op().sizes() == Op.PRESENCE_OF_STATE) {
      return key.withKnown(needed, state.presence(maker.input(0).operation().name()));
    }
    PlanKey finding = key.finding(needed);
    RunSlot slot = runFinding(finding, call, feeds, found);
    try (Tensor value = slot.tensor(0)) {
      PlanKey next = key.withKnown(needed, value.toLiteral());
      for (int i = 1; i < finding.fetches().size(); i++) {
        Output output = finding.fetches().get(i);
        Tensor tensor = slot.tensor(i);
        next = next.withFound(output, tensor.shape());
        Tensor before = found.put(output, tensor);
        if (before != null) {
          before.close();
        }
      }
      return next;
    } finally {
      finish(slot);
    }
  }

  private void execute(RunSlot slot) {
    ReadyPlan plan = slot.plan();
    plan.requireInitialized();
    slot.allocateFetches();
    try {
      slot.execution().run(slot.feeds(), plan.resources(), slot.fetches());
    } catch (StepException e) {
      throw failures.ofRun(e);
    }
    plan.markWritten();
  }

  /** Returns the stages of a run as text. */
  public String explain(List<?> wanted, Map<?, ?> feeds) {
    requireOpen();
    Call call = CallReader.read(graph, wanted, feeds);
    Map<Output, Tensor> found = new HashMap<>();
    long stamp = stateLock.writeLock();
    try {
      requireOpen();
      return explain(PlanKey.of(call), call, feeds, found);
    } finally {
      stateLock.unlock(stamp);
      found.values().forEach(Tensor::close);
    }
  }

  private String explain(PlanKey first, Call call, Map<?, ?> feeds, Map<Output, Tensor> found) {
    PlanKey key = first;
    StringBuilder text = new StringBuilder();
    while (true) {
      Output needed;
      try {
        return text
            + key.compile(graph, options.plans().passes(), devices)
                .explain((device, plan) -> devices.get(device).explain(plan));
      } catch (ValueNeededException e) {
        needed = e.output();
      } catch (GraphException e) {
        throw failures.ofCompiling(key, e);
      }
      key = find(key, needed, call, feeds, found);
      text.append("found first: ").append(needed).append(" = ").append(key.known().get(needed));
      text.append('\n');
    }
  }

  /** Returns the number of plans kept. */
  public int cachedPlans() {
    return plans.size();
  }

  private void requireOpen() {
    if (closed) {
      throw closedException();
    }
  }

  static ClosedException closedException() {
    return new ClosedException("the session was closed");
  }

  /** Waits for the runs in progress and frees everything; a second call does nothing. */
  @Override
  public void close() {
    long stamp = stateLock.writeLock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      stateLock.unlock(stamp);
    }
    plans.close();
    state.close();
    devices.close();
  }
}
