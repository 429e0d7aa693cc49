package io.millrace.conformance;

import io.millrace.type.Literal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run of a session: what to feed, what to execute, and what TensorFlow answered.
 *
 * @param when which run of the case this is, for messages; empty if there is only one
 * @param feeds values by name of the tensor
 * @param targets names of operations to execute
 * @param fetches names of tensors to fetch
 * @param expected what each fetch must give; empty if the run must fail
 * @param error how the run failed in TensorFlow, if it did
 */
record RecordedStep(
    String when,
    Map<String, Literal> feeds,
    List<String> targets,
    List<String> fetches,
    List<Expectation> expected,
    Optional<String> error) {

  RecordedStep {
    feeds = Map.copyOf(feeds);
    targets = List.copyOf(targets);
    fetches = List.copyOf(fetches);
    expected = List.copyOf(expected);
  }
}
