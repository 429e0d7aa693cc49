/** The operations and gradients that graphs are built from. */
module io.millrace.ops {
  requires transitive io.millrace;
  requires static org.jspecify;
}
