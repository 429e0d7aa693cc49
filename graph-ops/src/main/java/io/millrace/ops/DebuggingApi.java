package io.millrace.ops;

import io.millrace.ops.flow.CheckOps;

/** The view {@code tf.debugging}: letting runs fail where something is not as it must be. */
public final class DebuggingApi extends Facade implements CheckOps {
  private static final String CHECKS_LABELS = "millrace/checks_labels";

  DebuggingApi(Ops ops) {
    super(ops);
  }

  /**
   * Lets cross entropies that are added to the graph from now on fail a run whose labels are no
   * distributions (or, element by element, no probabilities): so logits given in their place are
   * found. It costs one more pass over the labels.
   */
  public void enableCheckLabels() {
    graph().addToCollection(CHECKS_LABELS, true);
  }

  /** Returns whether cross entropies check their labels. */
  public boolean checksLabels() {
    return !graph().collection(CHECKS_LABELS).isEmpty();
  }
}
