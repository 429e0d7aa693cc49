package io.millrace.io;

import io.millrace.io.proto.NodeDef;
import io.millrace.op.NodeNames;
import io.millrace.type.SourceLine;

/**
 * Knows what is being read or written and which line of the user asked for it, for messages.
 *
 * @param what what messages begin with: a file's name with a colon and a space, or an empty text
 */
record FilePlace(String what, SourceLine line) {
  /** How much of a rule is told: values from files can be of any length. */
  private static final int LONGEST = 2000;

  /** Returns the exception for a file that breaks a rule. */
  GraphDefException broken(String rule) {
    String text = rule.length() > LONGEST ? rule.substring(0, LONGEST) + "..." : rule;
    return new GraphDefException(what + text + this);
  }

  /** Returns the exception for a node that breaks a rule. */
  GraphDefException broken(NodeDef node, String rule) {
    return broken(NodeNames.node(node.getOp(), node.getName()) + " " + rule);
  }

  /** Returns how messages end: the user's line on a line of its own. */
  @Override
  public String toString() {
    return "\n  at " + line;
  }
}
