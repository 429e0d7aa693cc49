package io.millrace.cpu.loops;

import io.millrace.cpu.workers.Worker;

/** Generated code: a loop over elements whose operands and results lie one after another. */
interface SpanCode {
  /**
   * Computes elements {@code from} to {@code to}, counted from the worker's operand positions: the
   * function's parameters first, then its results.
   */
  void run(Worker worker, int from, int to);
}
