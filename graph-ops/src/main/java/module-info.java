/** The operations, and the facade that users call. */
module io.millrace.ops {
  requires transitive io.millrace;
  requires static org.jspecify;

  exports io.millrace.ops;
  exports io.millrace.ops.array;
  exports io.millrace.ops.flow;
  exports io.millrace.ops.index;
  exports io.millrace.ops.linalg;
  exports io.millrace.ops.list;
  exports io.millrace.ops.math;
  exports io.millrace.ops.nn;
  exports io.millrace.ops.plain;
  exports io.millrace.ops.random;
  exports io.millrace.ops.state;
  exports io.millrace.ops.train;

  provides io.millrace.op.OpFamily with
      io.millrace.ops.MillraceOps;
}
