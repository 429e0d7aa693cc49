package io.millrace.session;

import io.millrace.ClosedException;
import io.millrace.DeviceException;
import io.millrace.FeedException;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.compiler.planning.Schedule;
import io.millrace.host.JavaValues;
import io.millrace.spi.ArenaPool;
import io.millrace.spi.DeviceMemory;
import io.millrace.spi.Execution;
import io.millrace.spi.HostAccount;
import io.millrace.spi.HostMemory;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A place for one run of a plan at a time: the device's execution, memory into which Java values
 * are copied, and the lists that are passed to the device. Used again and again without allocating.
 */
final class RunSlot {
  private final ReadyPlan owner;
  private final Schedule schedule;
  private final Execution execution;
  private final HostAccount account;
  private final ArenaPool<HostMemory> pool;
  private final @Nullable Staging[] staging;
  private final List<HostMemory> feeds;
  private final List<HostMemory> retained;
  private final List<HostMemory> fetches;
  private final List<DeviceMemory> resources;
  private final List<DeviceMemory> handed;
  private final Answers answers;
  private final Optional<Tensor> computed;
  private @Nullable Call call;

  /** What of the call the plan is fed, in its order. */
  private List<FeedSlot> bound = List.of();

  /** The slot of the stage before, and what this one answered. */
  private @Nullable RunSlot before;

  private @Nullable Literal answer;

  /** If this asks whether a loop goes on, how many turns it has taken. */
  private long turns;

  /** What earlier turns of a loop took from counters. */
  private final List<Taken> adopted = new ArrayList<>();

  /** Random numbers that were taken. */
  private record Taken(Counter counter, long start, long blocks) {}

  /** What was taken from each counter, of the first so many. */
  private final long[] starts;

  private int reserved;

  /**
   * Makes the slot.
   *
   * @param handed memory for what its stage hands on, which the slot owns from now on
   */
  RunSlot(
      ReadyPlan owner,
      Schedule schedule,
      VariableStore state,
      Execution execution,
      List<DeviceMemory> handed) {
    this.owner = owner;
    this.schedule = schedule;
    this.execution = execution;
    this.handed = handed;
    account = state.devices().account();
    pool = state.devices().staging();
    answers = new Answers(state, this);
    computed =
        !owner.isLast() && !schedule.parts().isEmpty()
            ? Optional.of(
                new Tensor(
                    schedule.fetches().get(0),
                    account.allocate("an answer", schedule.fetches().get(0).bytes())))
            : Optional.empty();
    resources = new ArrayList<>(owner.resources().size());
    starts = new long[owner.counters().size()];
    staging = new Staging[schedule.feeds().size()];
    feeds = new ArrayList<>(schedule.feeds().size());
    retained = new ArrayList<>(schedule.feeds().size());
    fetches = new ArrayList<>(schedule.fetches().size());
  }

  ReadyPlan plan() {
    return owner;
  }

  /** Returns the call that was bound last. */
  Call call() {
    return Objects.requireNonNull(call);
  }

  /** Makes this the next stage of a run; the first comes after null. */
  void follow(@Nullable RunSlot newBefore) {
    reserved = 0;
    adopted.clear();
    before = newBefore;
  }

  /** Lets go of the stages of earlier turns of a loop once this has done what they did. */
  void forgetTurns() {
    turns = before != null && asksAs(before) ? before.turns + 1 : 0;
    while (before != null && before.owner.number() >= owner.number()) {
      RunSlot done = before;
      turns = asksAs(done) ? done.turns + 1 : turns;
      before = done.before;
      adopt(done);
      done.before = null;
      done.releaseFeeds();
      done.owner.release(done);
    }
  }

  /** Returns whether this and an earlier stage ask of the same loop whether it goes on. */
  private boolean asksAs(RunSlot earlier) {
    return owner.loop().isPresent() && owner.loop().equals(earlier.owner.loop());
  }

  /** Returns the turns that loops are in, by the loop's name. */
  Map<String, Long> turns() {
    Map<String, Long> all = new HashMap<>();
    for (RunSlot slot = before; slot != null; slot = slot.before) {
      long done = slot.turns;
      slot.owner.loop().ifPresent(name -> all.putIfAbsent(name, done));
    }
    return all;
  }

  @Nullable RunSlot before() {
    return before;
  }

  /** Puts the values that the plan needs into its feeds; the same call again looks nothing up. */
  void bind(Call newCall, Map<?, ?> values) {
    if (!newCall.equals(call)) {
      call = newCall;
      bound =
          owner.feeds().stream().map(o -> Objects.requireNonNull(newCall.fed().get(o))).toList();
    }
    for (int i = 0; i < bound.size(); i++) {
      bind(bound.get(i), values);
    }
    if (resources.size() < owner.resources().size() || owner.takes()) {
      resources.clear();
      for (int i = 0; i < owner.resources().size(); i++) {
        resources.add(memory(owner.resources().get(i)));
      }
    }
  }

  private DeviceMemory memory(ReadyPlan.Source source) {
    if (source.fixed().isPresent()) {
      return source.fixed().get();
    }
    RunSlot slot = source.stage() < 0 ? this : Objects.requireNonNull(before);
    while (source.stage() >= 0 && slot.owner.number() > source.stage()) {
      slot = Objects.requireNonNull(slot.before);
    }
    return slot.handed.get(source.index());
  }

  /** Puts a value into the next feed of the plan: a tensor as it is, anything else as a copy. */
  private void bind(FeedSlot slot, Map<?, ?> values) {
    Object value = values.get(slot.key());
    if (value instanceof Tensor tensor) {
      if (!tensor.type().equals(slot.type())) {
        throw changed(slot);
      }
      bind(tensor, slot);
      return;
    }
    int position = feeds.size();
    if (value == null) {
      throw changed(slot);
    }
    Staging copy = staging(position, slot.type());
    HostMemory memory = copy.begin();
    try {
      JavaValues.copy(value, copy.buffers());
    } catch (IllegalArgumentException e) {
      throw new FeedException(FeedSlot.refused(slot.output(), e.getMessage()));
    }
    feeds.add(memory);
  }

  private Staging staging(int position, TensorType type) {
    Staging copy = staging[position];
    if (copy == null) {
      String holder =
          position < owner.feeds().size()
              ? fedFor(owner.feeds().get(position))
              : "random numbers' counters";
      copy = new Staging(type, execution.staging(position), pool, holder);
      staging[position] = copy;
    }
    return copy;
  }

  private static String fedFor(Output placeholder) {
    return "what is fed for " + placeholder + " made at " + placeholder.operation().source();
  }

  private void bind(Tensor tensor, FeedSlot slot) {
    try {
      tensor.memory().retain();
    } catch (ClosedException e) {
      throw new ClosedException(FeedSlot.refused(slot.output(), e.getMessage()));
    }
    retained.add(tensor.memory());
    feeds.add(tensor.memory());
  }

  private static FeedException changed(FeedSlot slot) {
    return new FeedException("the feed of " + slot.output() + " changed while it was read");
  }

  /** Takes the random numbers of a run and feeds where they begin. */
  private void reserve() {
    for (int i = 0; i < starts.length; i++) {
      starts[i] = owner.counters().get(i).take(owner.reservations().get(i).blocks());
      reserved++;
      int position = owner.feeds().size() + i;
      HostMemory memory = staging(position, schedule.feeds().get(position)).begin();
      memory.window(0).putLong(0, starts[i]);
      feeds.add(memory);
    }
  }

  /** Gives back the random numbers of a run that failed. */
  void giveBack() {
    while (reserved > 0) {
      reserved--;
      long blocks = owner.reservations().get(reserved).blocks();
      owner.counters().get(reserved).giveBack(starts[reserved], blocks);
    }
    for (int i = adopted.size() - 1; i >= 0; i--) {
      Taken taken = adopted.get(i);
      taken.counter().giveBack(taken.start(), taken.blocks());
    }
    adopted.clear();
  }

  private void adopt(RunSlot earlier) {
    List<Taken> all = new ArrayList<>(earlier.adopted);
    for (int i = 0; i < earlier.reserved; i++) {
      long blocks = earlier.owner.reservations().get(i).blocks();
      all.add(new Taken(earlier.owner.counters().get(i), earlier.starts[i], blocks));
    }
    adopted.addAll(0, all);
  }

  /** Runs the plan, with new memory for what it fetches. */
  void run() {
    if (starts.length > 0) {
      reserve();
    }
    if (!owner.isLast()) {
      if (computed.isPresent()) {
        fetches.add(computed.get().memory());
      }
      execution.run(feeds, resources, fetches);
      fetches.clear();
      answer = owner.question().orElseThrow().accept(answers);
      return;
    }
    List<TensorType> types = schedule.fetches();
    for (int i = 0; i < types.size(); i++) {
      fetches.add(memory(i, types.get(i).bytes()));
    }
    execution.run(feeds, resources, fetches);
  }

  private HostMemory memory(int fetch, long bytes) {
    try {
      return account.given("a fetched tensor", bytes);
    } catch (DeviceException e) {
      Output output = call().fetches().get(fetch);
      throw new DeviceException(
          e.getMessage() + "\n  in " + output + "\n  at " + output.operation().source());
    }
  }

  /** Returns the only tensor that a stage computes, or is fed. */
  Literal computed() {
    return computed
        .orElseGet(() -> new Tensor(schedule.fetches().get(0), feeds.get(0)))
        .toLiteral();
  }

  /** Returns the answer to what the stage asks. */
  Literal answer() {
    return Objects.requireNonNull(answer);
  }

  /** Returns a fetched tensor. */
  Tensor tensor(int position) {
    return new Tensor(schedule.fetches().get(position), fetches.get(position));
  }

  /** Lets go of what was fed. */
  void releaseFeeds() {
    for (int i = 0; i < retained.size(); i++) {
      retained.get(i).release();
    }
    retained.clear();
    feeds.clear();
    for (Staging copy : staging) {
      if (copy != null) {
        copy.end();
      }
    }
  }

  /** Frees what was to be fetched, after a run that failed. */
  void dropFetches() {
    for (int i = 0; i < fetches.size() && computed.isEmpty(); i++) {
      fetches.get(i).close();
    }
    fetches.clear();
  }

  /** Forgets the fetched memory, which now belongs to tensors. */
  void forgetFetches() {
    fetches.clear();
  }

  void close() {
    Cleanup.all(
        this::closeStaging,
        execution::close,
        () -> computed.ifPresent(Tensor::close),
        () -> Cleanup.each(handed, DeviceMemory::close));
  }

  private void closeStaging() {
    for (Staging copy : staging) {
      if (copy != null) {
        copy.close();
      }
    }
  }
}
