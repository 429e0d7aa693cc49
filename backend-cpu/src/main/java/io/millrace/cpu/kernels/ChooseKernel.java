package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Control;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.util.Arrays;

/** Runs the kernels of one of several branches. */
public final class ChooseKernel implements Kernel {
  private final Control.Choose choose;
  private final Place index;
  private final Place[] first;
  private final Place[] carried;
  private final Kernel[][] branches;

  public ChooseKernel(Step step, Control.Choose choose, Kernel[][] branches) {
    this.choose = choose;
    this.branches = branches;
    index = step.inputs().get(0);
    int count = choose.carried().size();
    first = RepeatKernel.places(step.inputs(), choose.firstInput(), count);
    carried = RepeatKernel.places(step.outputs(), choose.firstOutput(), count);
  }

  @Override
  public long scratchBytes() {
    return Arrays.stream(branches).mapToLong(Kernel::scratchBytes).max().orElse(0);
  }

  @Override
  public int operands() {
    return Arrays.stream(branches).mapToInt(Kernel::operands).max().orElse(0);
  }

  @Override
  public void run(Frame frame) {
    int chosen = frame.window(index, 0).getInt(frame.position(index, 0));
    for (int i = 0; i < first.length; i++) {
      Bytes.copy(frame, first[i], carried[i]);
    }
    for (Kernel kernel : branches[choose.branch(chosen)]) {
      kernel.run(frame);
    }
  }
}
