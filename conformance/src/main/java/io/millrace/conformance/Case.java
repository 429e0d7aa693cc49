package io.millrace.conformance;

import java.io.IOException;
import java.util.List;

/**
 * Something recorded with TensorFlow: a graph, and runs of one session with their results.
 *
 * @param name the group, the operation and the variant, such as {@code math/Add__row}
 * @param files where the graph is, a binary GraphDef
 * @param gradients what to differentiate; fetched with the first step
 * @param steps the runs
 */
record Case(
    String name, CaseFiles files, List<ExpectedGradients> gradients, List<RecordedStep> steps) {

  Case {
    gradients = List.copyOf(gradients);
    steps = List.copyOf(steps);
  }

  /**
   * Returns the graph, a binary GraphDef.
   *
   * @throws IOException if it cannot be read
   */
  byte[] graph() throws IOException {
    return files.bytes("graph.pb");
  }

  /** Returns whether all that was recorded is a failure, be it that of building the graph. */
  boolean mayNotBuild() {
    return steps.size() == 1 && steps.get(0).error().isPresent();
  }
}
