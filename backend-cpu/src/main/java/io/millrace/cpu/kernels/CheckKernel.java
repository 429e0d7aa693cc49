package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
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
    byte value = frame.window(input, 0).get(Frame.position(input, 0));
    if (value == 0) {
      throw new StepException(
          origin,
          check.failure(
              shown.stream().map(Place::type).toList(),
              shown.stream().map(place -> elements(place, frame)).toList()));
    }
    frame.window(output, 0).put(Frame.position(output, 0), value);
  }

  /** Returns the elements of a tensor that the message shows. */
  private Literal elements(Place place, Frame frame) {
    TensorType type = check.shown(place.type());
    byte[] bytes = new byte[Math.toIntExact(type.bytes())];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = frame.window(place, i).get(Frame.position(place, i));
    }
    return Literal.wrap(type, bytes);
  }
}
