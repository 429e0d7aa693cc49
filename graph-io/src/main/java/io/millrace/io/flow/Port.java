package io.millrace.io.flow;

/** An output of a node. */
record Port(Node node, int output) {
  /** Returns what an input of another node is called that takes this. */
  String text() {
    return output == 0 ? node.name() : node.name() + ":" + output;
  }
}
