package io.millrace.io;

import io.millrace.MillraceException;
import java.util.List;

/**
 * Thrown when a graph cannot be read from a file or written to one: the file is damaged or not a
 * graph, or the graph holds operations that TensorFlow does not have.
 *
 * <p>The message names the node, the field, the rule broken and the user's line. {@link
 * #unsupported} tells the two cases apart.
 */
public final class GraphDefException extends MillraceException {
  private static final long serialVersionUID = 1;

  private final List<String> unsupported;

  /** Makes the exception for a file that breaks a rule. */
  GraphDefException(String message) {
    this(message, List.of());
  }

  /** Makes the exception for a sound graph of which these operations are not supported. */
  GraphDefException(String message, List<String> unsupported) {
    super(message);
    this.unsupported = List.copyOf(unsupported);
  }

  /**
   * Returns the names of the operations that TensorFlow does not have, in alphabetical order; empty
   * if the file itself is at fault.
   */
  public List<String> unsupported() {
    return unsupported;
  }
}
