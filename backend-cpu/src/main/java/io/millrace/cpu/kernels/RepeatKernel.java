package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.ir.Control;
import io.millrace.spi.Body;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.spi.StepException;
import io.millrace.spi.Turns;
import java.util.List;

/**
 * Runs the kernels of a turn again and again.
 *
 * <p>A row whose bytes are a multiple of 64 is where its tensor has it, which another pointer each
 * turn says; others are copied, so that kernels find them aligned and may write up to a multiple.
 */
public final class RepeatKernel implements Kernel {
  private static final long ALIGNMENT = 64;

  private final Place goes;
  private final Place rows;
  private final Place[] first;
  private final Place[] carried;
  private final Kernel[] kernels;
  private final Place another;
  private final Place turnsDone;
  private final Turns turns;
  private final Row[] scanned;
  private final Row[] collected;

  /**
   * A row of a tensor.
   *
   * @param number which of the plan's rows it is
   * @param tensor where all its rows are
   * @param bytes those of a row
   * @param moves whether it is not copied
   * @param memory where it is if it is copied
   */
  private record Row(
      int number, Place tensor, long bytes, boolean moves, Place memory, boolean backward) {
    Row(Place row, Place tensor, List<Place> memory, boolean backward) {
      this(
          row.index(),
          tensor,
          row.type().bytes(),
          row.type().bytes() % ALIGNMENT == 0,
          memory.get(row.index()),
          backward);
    }

    /** Lets the row be that of a turn. */
    void move(Frame frame, long index) {
      if (moves) {
        frame.setRow(number, tensor, index * bytes);
      }
    }
  }

  /**
   * Makes the kernel of a step.
   *
   * @param kernels those of the turn
   * @param memory for each row of the plan
   */
  public RepeatKernel(Step step, Control.Repeat repeat, Kernel[] kernels, List<Place> memory) {
    this.kernels = kernels;
    Body body = step.bodies().get(0);
    goes = step.inputs().get(0);
    rows = step.inputs().get(1);
    int count = repeat.carried().size();
    first = places(step.inputs(), repeat.firstInput(), count);
    carried = places(step.outputs(), repeat.firstOutput(), count);
    turnsDone = step.outputs().get(0);
    another = body.fetches().get(0);
    turns = new Turns(repeat, step.origin(), body.interruptible());
    scanned = new Row[repeat.scanned().size()];
    for (int i = 0; i < scanned.length; i++) {
      Place tensor = step.inputs().get(repeat.firstScanned() + i);
      boolean backward = repeat.scanned().get(i) == Control.Repeat.Walk.BACKWARD;
      scanned[i] = new Row(body.feeds().get(i), tensor, memory, backward);
    }
    collected = new Row[repeat.collected()];
    for (int i = 0; i < collected.length; i++) {
      Place tensor = step.outputs().get(repeat.firstCollected() + i);
      collected[i] = new Row(body.fetches().get(i + 1), tensor, memory, false);
    }
  }

  static Place[] places(List<Place> all, int first, int count) {
    return all.subList(first, first + count).toArray(Place[]::new);
  }

  @Override
  public long scratchBytes() {
    return Kernel.scratchBytes(kernels);
  }

  @Override
  public int operands() {
    return Kernel.operands(kernels);
  }

  @Override
  public void run(Frame frame) {
    for (int i = 0; i < first.length; i++) {
      Bytes.copy(frame, first[i], carried[i]);
    }
    for (Row row : scanned) {
      frame.setRow(row.number(), row.memory(), 0);
    }
    for (Row row : collected) {
      frame.setRow(row.number(), row.memory(), 0);
    }
    long begins = frame.window(rows, 0).getLong(frame.position(rows, 0));
    long turn = 0;
    if (isTrue(frame, goes)) {
      do {
        turns.begin(turn, begins);
        turn(frame, turn, begins);
        turn++;
      } while (isTrue(frame, another));
    }
    for (Row row : collected) {
      Bytes.clear(frame, row.tensor(), turn * row.bytes());
    }
    frame.window(turnsDone, 0).putLong(frame.position(turnsDone, 0), turn);
  }

  private void turn(Frame frame, long turn, long begins) {
    for (Row row : scanned) {
      long index = row.backward() ? begins - 1 - turn : turn;
      row.move(frame, index);
      if (!row.moves()) {
        Bytes.copy(frame, row.tensor(), index * row.bytes(), row.memory(), 0, row.bytes());
      }
    }
    for (Row row : collected) {
      row.move(frame, turn);
    }
    try {
      for (Kernel kernel : kernels) {
        kernel.run(frame);
      }
    } catch (StepException e) {
      throw e.inTurn(turn);
    }
    for (Row row : collected) {
      if (!row.moves()) {
        Bytes.copy(frame, row.memory(), 0, row.tensor(), turn * row.bytes(), row.bytes());
      }
    }
  }

  private static boolean isTrue(Frame frame, Place place) {
    return frame.window(place, 0).get(frame.position(place, 0)) != 0;
  }
}
