package io.millrace.session;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.SessionOptions;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.lowering.ValueNeededException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the plans of one session, and the ways in which it was called that lead to them.
 *
 * <p>Looking up a call takes no lock and allocates nothing. The plan unused for longest goes when
 * there are too many; a run in progress keeps its plan until it ends.
 */
final class PlanCache {
  private static final Call[] NONE = {};

  private final Graph graph;
  private final Devices devices;
  private final VariableStore state;
  private final SessionOptions options;

  private final Map<PlanKey, Entry> entries = new HashMap<>();
  private volatile Call[] calls = NONE;
  private volatile long clock;
  private boolean closed;

  /** What is known about a key: its plan, or the tensor whose value has to be found out first. */
  private static final class Entry {
    private final @Nullable ReadyPlan plan;
    private final @Nullable Output needed;
    private long lastUse;

    Entry(@Nullable ReadyPlan plan, @Nullable Output needed) {
      this.plan = plan;
      this.needed = needed;
    }

    long lastUse() {
      return plan == null ? lastUse : Math.max(lastUse, plan.lastUse());
    }
  }

  PlanCache(Graph graph, Devices devices, VariableStore state, SessionOptions options) {
    this.graph = graph;
    this.devices = devices;
    this.state = state;
    this.options = options;
  }

  /** Returns the call that this is a repetition of, or null. */
  @Nullable Call find(Object wanted, Map<?, ?> feeds) {
    Call[] known = calls;
    for (int i = 0; i < known.length; i++) {
      Call call = known[i];
      if (call.matches(wanted, feeds)) {
        ReadyPlan plan = call.plan();
        if (plan != null) {
          // Two threads may count the same number: the order of age need not be exact.
          long now = clock + 1;
          clock = now;
          plan.use(now);
        }
        return call;
      }
    }
    return null;
  }

  /** Returns a new call with its plan, and remembers it. */
  synchronized Call add(Call call) {
    requireOpen();
    Entry entry = entry(PlanKey.of(call));
    Call found = entry.plan == null ? call : call.withPlan(entry.plan);
    Call[] old = calls;
    int kept = Math.min(old.length, 2 * options.plans().kept() - 1);
    Call[] more = new Call[kept + 1];
    more[0] = found;
    System.arraycopy(old, 0, more, 1, kept);
    calls = more;
    return found;
  }

  /** Returns the plan of a key, or null if {@link #needed} must be found out first. */
  synchronized @Nullable ReadyPlan plan(PlanKey key) {
    requireOpen();
    return entry(key).plan;
  }

  /** Returns the tensor on whose value the plan of a key depends, or null if there is none. */
  synchronized @Nullable Output needed(PlanKey key) {
    requireOpen();
    return entry(key).needed;
  }

  private Entry entry(PlanKey key) {
    Entry entry = entries.get(key);
    if (entry == null) {
      entry = make(key);
      evictBeyond(options.plans().kept() - 1);
      entries.put(key, entry);
    }
    long now = clock + 1;
    clock = now;
    entry.lastUse = now;
    return entry;
  }

  private Entry make(PlanKey key) {
    Compiler.Compilation compilation;
    try {
      compilation = key.compile(graph, options.plans().passes(), devices);
    } catch (ValueNeededException e) {
      return new Entry(null, e.output());
    }
    ReadyPlan plan =
        new ReadyPlan(
            compilation,
            PartedExecutable.of(compilation.schedule(), devices),
            state,
            options.plans().parallelRuns());
    if (options.placement().log()) {
      devices.log(compilation.placement());
    }
    return new Entry(plan, null);
  }

  private void evictBeyond(int size) {
    while (entries.size() > size) {
      Map.Entry<PlanKey, Entry> oldest =
          Collections.min(
              entries.entrySet(), Comparator.comparingLong(e -> e.getValue().lastUse()));
      entries.remove(oldest.getKey());
      ReadyPlan plan = oldest.getValue().plan;
      if (plan != null) {
        calls = Arrays.stream(calls).filter(c -> c.plan() != plan).toArray(Call[]::new);
        plan.retire();
      }
    }
  }

  /** Returns the number of plans kept. */
  synchronized int size() {
    return entries.size();
  }

  private void requireOpen() {
    if (closed) {
      throw Runs.closedException();
    }
  }

  /** Frees all plans, waiting for the runs in progress. */
  void close() {
    List<ReadyPlan> plans = new ArrayList<>();
    synchronized (this) {
      closed = true;
      calls = NONE;
      for (Entry entry : entries.values()) {
        if (entry.plan != null) {
          plans.add(entry.plan);
        }
      }
      entries.clear();
    }
    plans.forEach(ReadyPlan::retire);
    plans.forEach(ReadyPlan::awaitFreed);
  }
}
