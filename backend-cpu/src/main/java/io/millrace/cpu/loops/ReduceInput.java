package io.millrace.cpu.loops;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * The elements that a reduction combines, in the order of its domain: a function's values, computed
 * into scratch memory, or, if the function only copies, an operand as it lies in memory.
 */
public final class ReduceInput {
  private final MapLoop loop;
  private final boolean direct;
  private final Place place;
  private final long first;
  private final int bytes;
  private final long scratchAt;

  /** Prepares the elements. */
  public ReduceInput(
      ScalarFunction function, Shape domain, List<View> views, List<Place> inputs, Spans spans) {
    loop = new MapLoop(function, domain, views, inputs, spans);
    scratchAt = loop.scratchBytes();
    bytes = function.resultType(0).bytes();
    ScalarFunction.Node node = function.nodes().get(function.results().get(0));
    int parameter = node instanceof ScalarFunction.Parameter p ? p.index() : -1;
    direct = parameter >= 0 && views.get(parameter).isDense(domain, views.get(parameter).offset());
    place = direct ? inputs.get(parameter) : new Place(Place.Space.ARENA, 0, 0, empty());
    first = direct ? views.get(parameter).offset() : 0;
  }

  private static TensorType empty() {
    return TensorType.of(DType.FLOAT32, 0);
  }

  /** Returns whether the elements are not computed, so that any number can be had at once. */
  public boolean isDirect() {
    return direct;
  }

  public int weight() {
    return loop.weight() + 1;
  }

  /** Returns the bytes of a worker's scratch memory that are used, from its beginning. */
  public long scratchBytes() {
    return scratchAt + (direct ? 0 : 2 * 64 + (long) MapLoop.BLOCK * bytes) / 64 * 64;
  }

  /** Returns how many operands the spans have that compute elements. */
  public int operands() {
    return loop.operands();
  }

  public void begin(Frame frame, Worker worker) {
    if (!direct) {
      loop.begin(frame, worker);
    }
  }

  /** Computes elements; not more than {@link MapLoop#BLOCK} unless they are direct. */
  public void compute(Frame frame, Worker worker, long start, long count) {
    if (!direct) {
      loop.compute(frame, worker, start, count, worker.scratch(), scratchAt);
    }
  }

  /** Returns the memory that holds the elements computed last. */
  public HostMemory memory(Frame frame, Worker worker) {
    return direct ? frame.memory(place) : worker.scratch();
  }

  /** Returns the byte in that memory where the element computed first is. */
  public long offset(Frame frame, long start) {
    return direct ? frame.offset(place) + (first + start) * bytes : scratchAt;
  }
}
