package io.millrace.session;

import io.millrace.Operation;
import io.millrace.Output;
import java.util.List;
import java.util.Map;

/**
 * One way in which a session is called.
 *
 * @param wanted the fetches and targets as the caller gave them
 * @param slots what was fed
 * @param fed the same by tensor
 * @param fetches the distinct tensors to compute
 * @param targets the operations to run
 * @param results for each thing wanted, which of {@code fetches} it is
 */
record Call(
    List<Object> wanted,
    List<FeedSlot> slots,
    Map<Output, FeedSlot> fed,
    List<Output> fetches,
    List<Operation> targets,
    List<Result> results) {

  /**
   * What stands at one position of the answer.
   *
   * @param fetch the tensor's position among the fetches, or {@link #OPERATION}
   * @param first where in the answer the same tensor is first
   */
  record Result(int fetch, int first) {
    /** In the place of a fetch: an operation, which gives no tensor. */
    static final int OPERATION = -1;
  }

  /**
   * A call remembered with its plan, or that of its first stage, so that the next such call finds
   * it without allocating.
   *
   * @param hash that of the shapes of what was fed
   */
  record Planned(Call call, int hash, ReadyPlan plan) {}

  /** A call equals itself only: to compare what is wanted and fed would cost more than a run. */
  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  /** Returns whether this and another one differ in nothing but the shapes of what is fed. */
  boolean isOfKind(Call other) {
    return wanted.equals(other.wanted) && keys().equals(other.keys());
  }

  private List<Object> keys() {
    return slots.stream().map(FeedSlot::key).toList();
  }

  /**
   * Returns whether the same is wanted and as much fed; {@code asked} is one thing or a list of
   * things.
   */
  boolean mayBeOfKind(Object asked, Map<?, ?> feeds) {
    return feeds.size() == slots.size() && sameWanted(asked);
  }

  /** Returns a number that is the same for values of the same shapes, fed to what this is. */
  int hash(Map<?, ?> feeds) {
    int hash = 0;
    for (int i = 0; i < slots.size(); i++) {
      hash = 31 * hash + slots.get(i).hash(feeds);
    }
    return hash ^ (hash >>> 16);
  }

  /** Returns whether the values are of these types. */
  boolean isFed(Map<?, ?> feeds) {
    for (int i = 0; i < slots.size(); i++) {
      if (!slots.get(i).matches(feeds)) {
        return false;
      }
    }
    return true;
  }

  private boolean sameWanted(Object asked) {
    if (!(asked instanceof List<?> list)) {
      return wanted.size() == 1 && wanted.get(0).equals(asked);
    }
    if (list.size() != wanted.size()) {
      return false;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (!wanted.get(i).equals(list.get(i))) {
        return false;
      }
    }
    return true;
  }
}
