/** The comparison with what TensorFlow recorded. */
module io.millrace.conformance {
  requires com.google.gson;
  requires io.millrace.cpu;
  requires io.millrace.io;
  requires io.millrace.ops;
  requires static org.jspecify;
}
