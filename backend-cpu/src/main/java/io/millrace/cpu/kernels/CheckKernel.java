package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.CheckMessage;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;
import io.millrace.type.DType;
import io.millrace.type.Elements;
import java.util.List;

/** Fails the run unless a boolean scalar is true. */
public final class CheckKernel implements Kernel {
  private final Place input;
  private final List<Place> shown;
  private final Place output;
  private final Primitive.Check check;
  private final Origin origin;

  public CheckKernel(Step step, Primitive.Check check) {
    input = step.inputs().get(0);
    shown = step.inputs().subList(1, step.inputs().size());
    output = step.output();
    this.check = check;
    origin = step.origin();
  }

  @Override
  public void run(Frame frame) {
    byte value = frame.window(input, 0).get(frame.position(input, 0));
    if (value == 0) {
      CheckMessage message = new CheckMessage(check, shown.stream().map(Place::type).toList());
      throw new StepException(origin, message.of((i, at) -> bits(shown.get(i), at, frame)));
    }
    frame.window(output, 0).put(frame.position(output, 0), value);
  }

  private static long bits(Place place, long element, Frame frame) {
    DType dtype = place.type().dtype();
    long at = element * dtype.bytes();
    return Elements.bits(dtype, frame.window(place, at), frame.position(place, at));
  }
}
