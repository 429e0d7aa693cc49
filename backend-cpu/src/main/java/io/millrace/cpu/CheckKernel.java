package io.millrace.cpu;

import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;

/** Fails the run unless a boolean scalar is true. */
final class CheckKernel implements Kernel {
  private final Place input;
  private final Place output;
  private final String message;
  private final String origin;

  CheckKernel(Step step, Primitive.Check check) {
    input = step.inputs().get(0);
    output = step.output();
    message = check.message();
    origin = step.origin();
  }

  @Override
  public void run(Frame frame) {
    byte value = frame.window(input, 0).get(Frame.position(input, 0));
    if (value == 0) {
      throw new StepException(origin, message);
    }
    frame.window(output, 0).put(Frame.position(output, 0), value);
  }
}
