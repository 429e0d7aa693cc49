package io.millrace.session;

import io.millrace.ClosedException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.SessionOptions;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.lowering.Question;
import io.millrace.type.Literal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the plans of one session, and the ways in which it was called that lead to them.
 *
 * <p>Looking up a call takes no lock and allocates nothing. Each plan is compiled by the first who
 * wants it, outside of any lock; others who want the same one wait for it. The plan unused for
 * longest goes when there are too many; a run in progress keeps its plan until it ends.
 */
final class PlanCache {
  private static final System.Logger LOG = System.getLogger("io.millrace");

  /** Whatever memory they take, so many plans are kept. */
  private static final int LEAST_KEPT = 16;

  /** What all plans may take of the Java heap. */
  private static final long MOST_HEAP = Runtime.getRuntime().maxMemory() / 8;

  private final Graph graph;
  private final Devices devices;
  private final VariableStore state;
  private final Failures failures;
  private final SessionOptions options;
  private final Supplier<ClosedException> afterClosing;

  /** Of each plan, or that of someone who is compiling it. */
  private final Map<PlanKey, CompletableFuture<ReadyPlan>> plans = new HashMap<>();

  /** Plans that were given up and are not freed yet, because runs in progress use them. */
  private final Set<ReadyPlan> leaving = ConcurrentHashMap.newKeySet();

  private volatile Calls calls = Calls.none();

  /** Counts uses, roughly: threads may overwrite each other's, which costs a run nothing. */
  private long clock;

  private int compiling;
  private boolean warned;
  private boolean closed;

  /**
   * Starts without plans.
   *
   * @param afterClosing makes what is thrown where one is asked for after closing
   */
  PlanCache(
      Graph graph,
      Devices devices,
      VariableStore state,
      Failures failures,
      SessionOptions options,
      Supplier<ClosedException> afterClosing) {
    this.afterClosing = afterClosing;
    this.graph = graph;
    this.devices = devices;
    this.state = state;
    this.failures = failures;
    this.options = options;
  }

  /** Returns what is asked as a call, with its plan or that of its first stage. */
  Call.Planned call(Object wanted, Map<?, ?> feeds) {
    Call.Planned known = calls.find(wanted, feeds);
    if (known != null) {
      use(known.plan());
      return known;
    }
    Call call = CallReader.read(graph, wanted, feeds);
    Call.Planned planned = new Call.Planned(call, call.hash(feeds), plan(PlanKey.of(call)));
    remember(planned);
    return planned;
  }

  private synchronized void remember(Call.Planned planned) {
    if (isKept(planned.plan())) {
      // Those that are in use are soon known again.
      Calls old = calls.size() < 2 * options.plans().kept() ? calls : Calls.none();
      calls = old.with(planned);
    }
  }

  private boolean isKept(ReadyPlan plan) {
    CompletableFuture<ReadyPlan> known = plans.get(plan.key());
    return known != null && known.getNow(null) == plan;
  }

  /**
   * Returns the plan of the stage that follows one for this answer, or null if it is not known yet;
   * allocates nothing.
   */
  @Nullable ReadyPlan known(ReadyPlan stage, Literal answer) {
    ReadyPlan next = stage.next(answer);
    if (next != null) {
      use(next);
    }
    return next;
  }

  /** Returns the plan of the stage that follows one for this answer. */
  ReadyPlan after(ReadyPlan stage, Question question, Literal answer) {
    ReadyPlan next = plan(stage.key().with(question, answer));
    synchronized (this) {
      if (isKept(next)) {
        next.follow(stage, answer);
      }
    }
    return next;
  }

  /** Two threads may count the same number: the order of age need not be exact. */
  private void use(ReadyPlan plan) {
    long now = clock + 1;
    clock = now;
    plan.use(now);
  }

  /**
   * Returns the plan of a key.
   *
   * @throws GraphException if it cannot be compiled; whoever waits for it is told the same, and the
   *     next who wants it compiles again
   */
  ReadyPlan plan(PlanKey key) {
    CompletableFuture<ReadyPlan> own = new CompletableFuture<>();
    CompletableFuture<ReadyPlan> known;
    synchronized (this) {
      requireOpen();
      known = plans.putIfAbsent(key, own);
      compiling += known == null ? 1 : 0;
    }
    if (known == null) {
      fill(own, key);
    }
    try {
      ReadyPlan plan = (known == null ? own : known).join();
      use(plan);
      return plan;
    } catch (CompletionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private void fill(CompletableFuture<ReadyPlan> own, PlanKey key) {
    List<ReadyPlan> evicted = List.of();
    try {
      ReadyPlan plan = make(key);
      use(plan);
      evicted = keep(own, plan);
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        plans.remove(key);
      }
      own.completeExceptionally(e);
    } finally {
      synchronized (this) {
        compiling--;
        notifyAll();
      }
    }
    Cleanup.each(evicted, ReadyPlan::retire);
  }

  /** Keeps a plan and returns those that went for it, to be retired. */
  private synchronized List<ReadyPlan> keep(CompletableFuture<ReadyPlan> own, ReadyPlan plan) {
    if (closed) {
      plan.retire();
      throw afterClosing.get();
    }
    own.complete(plan);
    List<ReadyPlan> evicted = new ArrayList<>();
    while (plans.size() > options.plans().kept() || isHeavy()) {
      Optional<ReadyPlan> oldest =
          made().stream().filter(p -> p != plan).min(Comparator.comparingLong(ReadyPlan::lastUse));
      if (oldest.isEmpty()) {
        break;
      }
      evict(oldest.get());
      evicted.add(oldest.get());
    }
    if (!evicted.isEmpty() && !warned) {
      warned = true;
      LOG.log(System.Logger.Level.WARNING, "{0}", warning(plan.key()));
    }
    return evicted;
  }

  private boolean isHeavy() {
    return plans.size() > LEAST_KEPT
        && made().stream().mapToLong(ReadyPlan::heapBytes).sum() > MOST_HEAP;
  }

  private String warning(PlanKey last) {
    return "more plans were compiled than this session keeps, "
        + plans.size()
        + " now: what was not run for longest is compiled again when it is run next. Plans differ"
        + " in what is fetched and in the shapes of what is fed, so feed few different shapes, or"
        + " raise SessionOptions.planCacheSize or the Java heap. The last plan "
        + last;
  }

  private ReadyPlan make(PlanKey key) {
    Compiler.Compilation compilation = compile(key);
    ReadyPlan plan =
        new ReadyPlan(
            key,
            compilation,
            PartedExecutable.of(compilation.schedule(), devices),
            state,
            options.plans().parallelRuns(),
            leaving::remove);
    if (options.placement().log() && compilation.lowered().question().isEmpty()) {
      devices.log(compilation.placement());
    }
    return plan;
  }

  /** Compiles a run without keeping its plan. */
  Compiler.Compilation compile(PlanKey key) {
    try {
      return key.compile(graph, options.plans().passes(), devices);
    } catch (GraphException e) {
      throw failures.ofCompiling(key, e);
    }
  }

  /** Returns the plans that are compiled. */
  private List<ReadyPlan> made() {
    List<ReadyPlan> made = new ArrayList<>();
    for (CompletableFuture<ReadyPlan> each : plans.values()) {
      ReadyPlan plan = each.getNow(null);
      if (plan != null) {
        made.add(plan);
      }
    }
    return made;
  }

  private void evict(ReadyPlan plan) {
    plans.remove(plan.key());
    calls = calls.where(p -> p != plan);
    plan.detach();
    leaving.add(plan);
  }

  /** Gives up the plans that keep memory which variables have left behind. */
  void retireOutgrown() {
    List<ReadyPlan> outgrown;
    synchronized (this) {
      outgrown = made().stream().filter(ReadyPlan::isOutgrown).toList();
      outgrown.forEach(this::evict);
    }
    Cleanup.each(outgrown, ReadyPlan::retire);
  }

  /** Returns the number of plans kept. */
  synchronized int size() {
    return plans.size();
  }

  private void requireOpen() {
    if (closed) {
      throw afterClosing.get();
    }
  }

  /** Frees all plans, waiting for the runs in progress and for what is being compiled. */
  void close() {
    List<ReadyPlan> left;
    synchronized (this) {
      closed = true;
      calls = Calls.none();
      Monitors.await(this, () -> compiling == 0);
      left = made();
      left.addAll(leaving);
      plans.clear();
    }
    Cleanup.all(
        () -> Cleanup.each(left, ReadyPlan::retire), () -> left.forEach(ReadyPlan::awaitFreed));
  }
}
