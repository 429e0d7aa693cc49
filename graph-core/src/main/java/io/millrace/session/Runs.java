package io.millrace.session;

import io.millrace.ClosedException;
import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Results;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.lowering.Question;
import io.millrace.op.OpFamilies;
import io.millrace.spi.CapacityException;
import io.millrace.spi.StepException;
import io.millrace.type.SourceLine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Does the runs of one session: finds their plans, and has them wait for who writes the state. */
public final class Runs {
  private final Graph graph;
  private final SessionOptions options;
  private final Devices devices;
  private final SharedState shared;
  private final VariableStore state;
  private final PlanCache plans;
  private final Settings settings = new Settings();

  /** The plans of runs that set variables. */
  private final PlanCache setting;

  private final Failures failures;

  private final StateLock stateLock;

  /** How often a run is tried again before it keeps all others out. */
  private static final int PATIENCE = 4;

  private static final long NOTHING = -1;
  private static final long CHANGED = -2;

  private volatile boolean closed;

  /** The user's line that closed the session, once it is closed. */
  private volatile SourceLine closer = SourceLine.UNKNOWN;

  /** Starts on a state, of which others may make use too. */
  public Runs(Graph graph, SessionOptions options, SharedState shared) {
    this.graph = graph;
    this.options = options;
    this.shared = shared;
    devices = shared.devices();
    state = shared.store();
    stateLock = shared.lock();
    failures = new Failures(graph, state);
    plans = new PlanCache(graph, devices, state, failures, options, this::closedException);
    setting = plansOf(settings.graph());
  }

  /** Returns the name of the session's own device. */
  public String device() {
    return devices.home();
  }

  /** Runs what gives no tensor. */
  public void run(Operation target, Map<?, ?> feeds) {
    finish(begin(plans, target, feeds));
  }

  /** Returns the value of one tensor. */
  public Tensor one(Object fetch, Map<?, ?> feeds) {
    RunSlot slot = begin(plans, fetch, feeds);
    try {
      return slot.tensor(0);
    } finally {
      finish(slot);
    }
  }

  /** Returns a result for each thing wanted. */
  public Results all(List<?> wanted, Map<?, ?> feeds) {
    RunSlot slot = begin(plans, wanted, feeds);
    try {
      List<Call.Result> results = slot.call().results();
      List<Optional<Tensor>> tensors = new ArrayList<>(results.size());
      for (int i = 0; i < results.size(); i++) {
        Call.Result result = results.get(i);
        if (result.first() < i) {
          tensors.add(tensors.get(result.first()));
        } else if (result.fetch() == Call.Result.OPERATION) {
          tensors.add(Optional.empty());
        } else {
          tensors.add(Optional.of(slot.tensor(result.fetch())));
        }
      }
      return new Results(slot.call().wanted(), tensors);
    } finally {
      finish(slot);
    }
  }

  private static void finish(RunSlot slot) {
    slot.forgetFetches();
    slot.plan().release(slot);
  }

  /** Sets variables, by themselves or by name. */
  public void set(Map<?, ?> values) {
    set(values, false);
  }

  /**
   * Sets variables.
   *
   * @param alone whether the caller holds the lock
   */
  void set(Map<?, ?> values, boolean alone) {
    requireOpen();
    Settings.Run run = settings.of(graph, values);
    finish(
        alone
            ? beginAlone(setting, run.targets(), run.feeds())
            : begin(setting, run.targets(), run.feeds()));
    if (run.retypes()) {
      setting.retireOutgrown();
    }
  }

  /** Returns the values of variables, by themselves or by name, in one run. */
  public List<Tensor> get(List<?> variables) {
    requireOpen();
    if (variables.isEmpty()) {
      return List.of();
    }
    RunSlot slot = begin(setting, settings.values(graph, variables), Map.of());
    try {
      return tensors(slot, variables.size());
    } finally {
      finish(slot);
    }
  }

  private static List<Tensor> tensors(RunSlot slot, int count) {
    List<Tensor> tensors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tensors.add(slot.tensor(slot.call().results().get(i).fetch()));
    }
    return tensors;
  }

  /** Returns the values of tensors, for a caller who holds the lock. */
  List<Tensor> values(List<Output> fetches) {
    if (fetches.isEmpty()) {
      return List.of();
    }
    RunSlot slot = beginAlone(plans, fetches, Map.of());
    try {
      return tensors(slot, fetches.size());
    } finally {
      finish(slot);
    }
  }

  private RunSlot beginAlone(PlanCache plans, Object wanted, Map<?, ?> feeds) {
    RunSlot slot = null;
    while (slot == null) {
      slot = run(plans, plans.call(wanted, feeds), feeds, true);
    }
    return slot;
  }

  private PlanCache plansOf(Graph own) {
    return new PlanCache(
        own, devices, state, new Failures(own, state), options, this::closedException);
  }

  /** Runs a call and returns the slot that holds its results until {@link #finish}. */
  private RunSlot begin(PlanCache plans, Object wanted, Map<?, ?> feeds) {
    for (int tries = 0; ; tries++) {
      requireOpen();
      Call.Planned call = plans.call(wanted, feeds);
      RunSlot slot =
          tries < PATIENCE ? run(plans, call, feeds, false) : runAlone(plans, call, feeds);
      if (slot != null) {
        return slot;
      }
    }
  }

  /** Runs a call while nothing else runs, so that the state stays as its first stage found it. */
  private @Nullable RunSlot runAlone(PlanCache plans, Call.Planned call, Map<?, ?> feeds) {
    long stamp = stateLock.acquire(true);
    try {
      return run(plans, call, feeds, true);
    } finally {
      stateLock.release(stamp);
    }
  }

  /**
   * Runs the stages of a call, one after another; returns null if that has to be tried again,
   * because a plan was given up meanwhile, the state changed between two stages, or a loop took
   * more turns than the plan has rows for.
   *
   * @param alone whether the caller holds the lock; otherwise a stage that touches state takes it,
   *     and nobody waits while the next one is compiled
   */
  private @Nullable RunSlot run(
      PlanCache plans, Call.Planned call, Map<?, ?> feeds, boolean alone) {
    // Waiting for a slot with the lock held could be waiting for a run that waits for the lock.
    RunSlot next = call.plan().acquire(!alone);
    RunSlot slot = null;
    boolean done = false;
    Throwable failure = null;
    long seen = NOTHING;
    try {
      while (next != null) {
        next.follow(slot);
        slot = next;
        next = null;
        slot.bind(call.call(), feeds);
        seen = execute(slot, seen, alone);
        slot.forgetTurns();
        done = seen != CHANGED && slot.plan().isLast();
        next = done || seen == CHANGED ? null : following(plans, slot, alone);
      }
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    end(slot, done, failure);
    return done ? slot : null;
  }

  /** Returns a slot for the stage that follows the answer of one. */
  private RunSlot following(PlanCache plans, RunSlot slot, boolean alone) {
    ReadyPlan stage = slot.plan();
    ReadyPlan known = plans.known(stage, slot.answer());
    RunSlot next = known == null ? null : known.acquire(isPatient(slot, known, alone));
    while (next == null) {
      Question question = stage.question().orElseThrow();
      ReadyPlan plan = plans.after(stage, question, slot.answer());
      next = plan.acquire(isPatient(slot, plan, alone));
    }
    return next;
  }

  /**
   * Returns whether a run may wait for a slot: not if it holds one itself, as a loop's turns do.
   */
  private static boolean isPatient(RunSlot slot, ReadyPlan next, boolean alone) {
    boolean holds = false;
    for (RunSlot held = slot; held != null && !holds; held = held.before()) {
      holds = held.plan() == next;
    }
    return !alone && !holds;
  }

  /**
   * Lets go of the slots of a run, but for the one that holds its results, if nothing fails; what
   * failed first is thrown.
   */
  private static void end(@Nullable RunSlot last, boolean done, @Nullable Throwable failure) {
    Throwable first = failure;
    RunSlot slot = last;
    while (slot != null) {
      RunSlot before = slot.before();
      if (!done) {
        slot.giveBack();
      }
      slot.follow(null);
      slot.releaseFeeds();
      if (!done || slot != last) {
        first = release(slot, first);
      }
      slot = before;
    }
    if (done && last != null && first != null) {
      first = release(last, first);
    }
    Cleanup.rethrow(first);
  }

  /** Lets go of a slot without its results; returns what failed first. */
  private static @Nullable Throwable release(RunSlot slot, @Nullable Throwable failure) {
    try {
      slot.dropFetches();
      slot.plan().release(slot);
      return failure;
    } catch (RuntimeException | Error e) {
      return Cleanup.join(failure, e);
    }
  }

  /**
   * Runs one stage.
   *
   * @param seen the version of the state that earlier stages found, or {@link #NOTHING}
   * @return the version that all stages so far found, or {@link #CHANGED} if there is none
   */
  private long execute(RunSlot slot, long seen, boolean alone) {
    ReadyPlan plan = slot.plan();
    if (alone || !plan.touchesState()) {
      requireOpen();
      return compute(slot) ? seen : CHANGED;
    }
    long stamp = stateLock.acquire(plan.writes());
    try {
      requireOpen();
      if (seen != NOTHING && seen != shared.version()) {
        return CHANGED;
      }
      long found = shared.version();
      return compute(slot) ? found : CHANGED;
    } finally {
      stateLock.release(stamp);
    }
  }

  /** Returns whether a stage is done; if not, another plan will do that has rows for more turns. */
  private boolean compute(RunSlot slot) {
    ReadyPlan plan = slot.plan();
    plan.requireInitialized();
    try {
      slot.run();
    } catch (CapacityException e) {
      String loop = e.origin().toString();
      if (!plan.key().answers().containsKey(new Question.CapacityOf(loop))) {
        throw failures.ofRun(e, slot.turns());
      }
      state.grow(loop, e.needed());
      return false;
    } catch (StepException e) {
      throw failures.ofRun(e, slot.turns());
    } finally {
      if (plan.writes()) {
        shared.changed();
      }
    }
    plan.markWritten();
    return true;
  }

  /** Returns the stages of a run as text. */
  public String explain(List<?> wanted, Map<?, ?> feeds) {
    requireOpen();
    Call call = CallReader.read(graph, wanted, feeds);
    long stamp = stateLock.acquire(false);
    try {
      requireOpen();
      return explain(call, feeds);
    } finally {
      stateLock.release(stamp);
    }
  }

  private String explain(Call call, Map<?, ?> feeds) {
    PlanKey key = PlanKey.of(call);
    StringBuilder text = new StringBuilder();
    RunSlot slot = null;
    Throwable failure = null;
    try {
      Compiler.Compilation stage = plans.compile(key);
      while (stage.lowered().question().isPresent()) {
        RunSlot next = null;
        while (next == null) {
          next = plans.plan(key).acquire(false);
        }
        next.follow(slot);
        slot = next;
        slot.bind(call, feeds);
        boolean isDone = compute(slot);
        slot.forgetTurns();
        if (!isDone) {
          key = PlanKey.of(call);
          text.setLength(0);
          stage = plans.compile(key);
          continue;
        }
        Question question = stage.lowered().question().get();
        text.append("found first: ").append(question).append(" = ").append(slot.answer());
        text.append('\n');
        key = key.with(question, slot.answer());
        stage = plans.compile(key);
      }
      text.append(stage.explain((device, plan) -> devices.get(device).explain(plan)));
    } catch (RuntimeException | Error e) {
      failure = e;
    }
    end(slot, false, failure);
    return text.toString();
  }

  /** Returns the number of plans kept. */
  public int cachedPlans() {
    return plans.size() + setting.size();
  }

  private void requireOpen() {
    if (closed) {
      throw closedException();
    }
  }

  private ClosedException closedException() {
    return new ClosedException("the session was closed at " + closer);
  }

  /**
   * Waits for the runs in progress and frees the plans; a second call does nothing.
   *
   * @param afterwards what is done then, whatever fails before
   */
  public void close(Runnable afterwards) {
    long stamp = stateLock.acquireToClose();
    try {
      if (closed) {
        return;
      }
      closer = OpFamilies.caller();
      closed = true;
    } finally {
      stateLock.release(stamp);
    }
    Cleanup.all(plans::close, setting::close, () -> shared.leave(this), afterwards);
  }
}
