/** Tensors, graphs, sessions, the compiler, and the contract that a backend fulfils. */
module io.millrace {
  requires jdk.management;
  requires org.bytedeco.javacpp;
  requires static org.jspecify;

  exports io.millrace;
  exports io.millrace.type;
  exports io.millrace.op;
  exports io.millrace.ir;
  exports io.millrace.spi;

  uses io.millrace.op.OpFamily;
  uses io.millrace.spi.Backend;

  provides io.millrace.spi.Backend with
      io.millrace.idle.NullBackend,
      io.millrace.reference.ReferenceBackend;
}
