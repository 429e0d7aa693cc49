package io.millrace.session;

import io.millrace.FeedException;
import io.millrace.Output;
import io.millrace.Tensor;
import io.millrace.compiler.planning.Schedule;
import io.millrace.host.HostBuffers;
import io.millrace.host.JavaValues;
import io.millrace.spi.Execution;
import io.millrace.spi.HostMemory;
import io.millrace.type.TensorType;
import java.util.ArrayList;
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
  private final @Nullable Staging[] staging;
  private final List<HostMemory> feeds;
  private final List<HostMemory> retained;
  private final List<HostMemory> fetches;
  private @Nullable Call call;

  /**
   * Memory for Java values that are fed.
   *
   * @param own whether it is the slot's own, not the execution's
   */
  private record Staging(HostMemory memory, HostBuffers buffers, boolean own) {
    static Staging of(TensorType type, Optional<HostMemory> given) {
      HostMemory memory = given.orElseGet(() -> HostMemory.uninitialized(type.bytes()));
      return new Staging(memory, new HostBuffers(memory, type), given.isEmpty());
    }
  }

  RunSlot(ReadyPlan owner, Schedule schedule, Execution execution) {
    this.owner = owner;
    this.schedule = schedule;
    this.execution = execution;
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

  Execution execution() {
    return execution;
  }

  List<HostMemory> feeds() {
    return feeds;
  }

  List<HostMemory> fetches() {
    return fetches;
  }

  /**
   * Puts the values that the plan needs into its feeds.
   *
   * @param found what earlier parts of the run computed
   */
  void bind(Call newCall, Map<?, ?> values, Map<Output, Tensor> found) {
    call = newCall;
    List<Output> order = owner.feedOrder();
    List<FeedSlot> slots = newCall.slots();
    for (int i = 0; i < order.size(); i++) {
      Tensor tensor = found.get(order.get(i));
      if (tensor != null) {
        bind(tensor);
      }
      for (int j = 0; j < slots.size() && tensor == null; j++) {
        if (slots.get(j).output() == order.get(i)) {
          bind(slots.get(j), values);
        }
      }
    }
  }

  /** Puts a value into the next feed of the plan: a tensor as it is, anything else as a copy. */
  private void bind(FeedSlot slot, Map<?, ?> values) {
    Object value = values.get(slot.key());
    if (value instanceof Tensor tensor) {
      if (!tensor.type().equals(slot.type())) {
        throw changed(slot);
      }
      bind(tensor);
      return;
    }
    int position = feeds.size();
    if (value == null) {
      throw changed(slot);
    }
    Staging copy = staging[position];
    if (copy == null) {
      copy = Staging.of(slot.type(), execution.staging(position));
      staging[position] = copy;
    }
    try {
      JavaValues.copy(value, copy.buffers());
    } catch (IllegalArgumentException e) {
      throw new FeedException(
          "cannot feed "
              + slot.output()
              + ": "
              + e.getMessage()
              + "\n  at "
              + slot.output().operation().source());
    }
    feeds.add(copy.memory());
  }

  private void bind(Tensor tensor) {
    tensor.memory().retain();
    retained.add(tensor.memory());
    feeds.add(tensor.memory());
  }

  private static FeedException changed(FeedSlot slot) {
    return new FeedException("the feed of " + slot.output() + " changed while it was read");
  }

  /** Makes memory for what the plan fetches. */
  void allocateFetches() {
    List<TensorType> types = schedule.fetches();
    for (int i = 0; i < types.size(); i++) {
      fetches.add(HostMemory.uninitialized(types.get(i).bytes()));
    }
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
  }

  /** Frees what was to be fetched, after a run that failed. */
  void dropFetches() {
    for (int i = 0; i < fetches.size(); i++) {
      fetches.get(i).close();
    }
    fetches.clear();
  }

  /** Forgets the fetched memory, which now belongs to tensors. */
  void forgetFetches() {
    fetches.clear();
  }

  void close() {
    for (Staging copy : staging) {
      if (copy != null && copy.own()) {
        copy.memory().close();
      }
    }
    execution.close();
  }
}
