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
   */
  record Planned(Call call, ReadyPlan plan) {}

  /** Returns whether this is that call; {@code asked} is one thing or a list of things. */
  boolean matches(Object asked, Map<?, ?> feeds) {
    if (feeds.size() != slots.size() || !sameWanted(asked)) {
      return false;
    }
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
