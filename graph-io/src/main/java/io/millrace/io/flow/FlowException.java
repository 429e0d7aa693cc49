package io.millrace.io.flow;

import io.millrace.op.NodeNames;

/** Says which node breaks a rule of frames. */
public final class FlowException extends RuntimeException {
  private static final long serialVersionUID = 1;

  FlowException(Node node, String rule, Object... values) {
    super(node + " " + rule.formatted(values), null, false, false);
  }

  /** Returns how a message shows a tensor. */
  static String quote(Port port) {
    return NodeNames.quote(port.text());
  }
}
