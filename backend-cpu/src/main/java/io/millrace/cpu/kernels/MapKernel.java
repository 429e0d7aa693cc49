package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.MapLoop;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.loops.ScalarMath;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.cpu.workers.Worker;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;

/** Computes a scalar function at every point of a domain. */
public final class MapKernel implements PartKernel {
  private final MapLoop loop;
  private final Place[] outputs;
  private final Origin origin;
  private final long partSize;
  private final int parts;

  public MapKernel(Step step, Primitive.Map map, Spans spans) {
    loop = new MapLoop(map.function(), map.domain(), map.views(), step.inputs(), spans);
    outputs = step.outputs().toArray(Place[]::new);
    origin = step.origin();
    partSize = Parts.size(loop.size(), loop.weight());
    parts = Parts.count(loop.size(), partSize);
  }

  @Override
  public long scratchBytes() {
    return loop.scratchBytes();
  }

  @Override
  public int operands() {
    return loop.operands();
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
  }

  @Override
  public void part(Frame frame, int part, int index) {
    Worker worker = frame.worker(index);
    long start = part * partSize;
    long count = Math.min(partSize, loop.size() - start);
    try {
      loop.begin(frame, worker);
      loop.compute(frame, worker, start, count, outputs);
    } catch (ArithmeticException e) {
      throw failure(origin, e);
    }
  }

  /** Says in the engine's words which integer operation has no result. */
  static StepException failure(Origin origin, ArithmeticException e) {
    boolean power = e instanceof ScalarMath.NegativePowerException;
    return new StepException(
        origin, power ? String.valueOf(e.getMessage()) : "integer division by zero");
  }
}
