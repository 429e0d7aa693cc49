/** Small complete programs that use Millrace. */
module io.millrace.examples {
  requires io.millrace.ops;
  requires io.millrace.cpu;
  requires static org.jspecify;
}
