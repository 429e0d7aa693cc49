package io.millrace;

import io.millrace.op.Arguments;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Collects what one run fetches, runs and is fed: {@code session.runner().feed(x, images)
 * .fetch(loss).target(train).run()}. Not thread-safe; may run several times.
 */
public final class Runner {
  private final Session session;
  private final List<Object> wanted = new ArrayList<>();
  private final Feed feeds = Feed.none();

  Runner(Session session) {
    this.session = session;
  }

  /** Feeds a tensor. */
  public Runner feed(Operand tensor, Object value) {
    feeds.and(tensor, value);
    return this;
  }

  /** Feeds a tensor, by name. */
  public Runner feed(String tensor, Object value) {
    feeds.and(tensor, value);
    return this;
  }

  /** Feeds several tensors. */
  public Runner feed(Map<?, ?> values) {
    Arguments.requireForRun(values, "values")
        .forEach(
            (tensor, value) -> {
              Arguments.requireForRun(tensor, "a key of values");
              feeds.put(tensor, Arguments.requireForRun(value, "a value in values"));
            });
    return this;
  }

  /** Fetches a tensor. */
  public Runner fetch(Operand tensor) {
    wanted.add(Arguments.requireForRun(tensor, "tensor"));
    return this;
  }

  /** Fetches a tensor, by name. */
  public Runner fetch(String tensor) {
    wanted.add(session.graph().output(Arguments.requireForRun(tensor, "tensor")));
    return this;
  }

  /** Runs an operation. */
  public Runner target(Operation operation) {
    wanted.add(Arguments.requireForRun(operation, "operation"));
    return this;
  }

  /** Runs an operation, by name. */
  public Runner target(String operation) {
    wanted.add(session.graph().operation(Arguments.requireForRun(operation, "operation")));
    return this;
  }

  /** Returns the fetched tensors in the order in which they were asked for, without operations. */
  public List<Tensor> run() {
    return session.run(wanted, feeds).tensors();
  }
}
