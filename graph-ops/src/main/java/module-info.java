/** The operations, and the facade that users call. */
module io.millrace.ops {
  requires transitive io.millrace;
  requires static org.jspecify;

  exports io.millrace.ops;
}
