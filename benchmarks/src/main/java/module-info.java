/** Measurements of Millrace's speed and memory use. */
module io.millrace.benchmarks {
  requires io.millrace.ops;
  requires io.millrace.cpu;
  requires java.management;
  requires static org.jspecify;
}
