package io.millrace;

/** Names the standard collections of a graph, as TensorFlow's {@code GraphKeys} does. */
public final class GraphKeys {
  /** Every variable. */
  public static final String GLOBAL_VARIABLES = "variables";

  /** The variables that optimizers change. */
  public static final String TRAINABLE_VARIABLES = "trainable_variables";

  /** Operations to run beside a training step, such as moving averages of batch statistics. */
  public static final String UPDATE_OPS = "update_ops";

  /** Scalar losses. */
  public static final String LOSSES = "losses";

  /** Losses added by regularizers. */
  public static final String REGULARIZATION_LOSSES = "regularization_losses";

  /** Summary operations. */
  public static final String SUMMARIES = "summaries";

  /** The operation that counts training steps. */
  public static final String GLOBAL_STEP = "global_step";

  private GraphKeys() {}
}
