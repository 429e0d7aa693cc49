package io.millrace.conformance.mistakes;

import io.millrace.Graph;
import io.millrace.Session;
import io.millrace.ops.Ops;

/** What every mistake begins with, anew for each: a graph, its operations and a session. */
abstract class Mistakes {
  final Graph graph = new Graph();
  final Ops tf = Ops.of(graph);

  /** A session on the device that the mistakes are tried on. */
  Session session;
}
