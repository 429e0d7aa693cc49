/** Tensors, graphs, sessions, and the contract that a backend fulfils. */
module io.millrace {
  requires org.bytedeco.javacpp;
  requires static org.jspecify;
}
