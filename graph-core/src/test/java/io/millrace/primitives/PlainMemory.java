package io.millrace.primitives;

import io.millrace.ir.Control;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.Body;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Carries out the steps of a plan in arrays of bytes, those inside steps too. */
final class PlainMemory {
  private final Map<String, byte[]> memory;

  PlainMemory(Map<String, byte[]> memory) {
    this.memory = memory;
  }

  void run(List<Step> steps) {
    for (Step step : steps) {
      requireSafe(step);
      if (step.primitive() instanceof Control.Repeat repeat) {
        carry(step, repeat);
        repeat(step, repeat);
      } else if (step.primitive() instanceof Control.Choose choose) {
        carry(step, choose);
        run(step.bodies().get(choose.branch(load(step.inputs().get(0)).getLong(0))).steps());
      } else {
        List<Literal> outputs =
            ReferenceInterpreter.evaluate(
                step.primitive(),
                step.inputs().stream().map(this::load).toList(),
                step.outputs().stream().map(Place::type).toList());
        for (int i = 0; i < outputs.size(); i++) {
          store(step.outputs().get(i), 0, ProgramRun.bytes(outputs.get(i)));
        }
      }
    }
  }

  private void carry(Step step, Control control) {
    for (int i = 0; i < control.carried().size(); i++) {
      Literal first = load(step.inputs().get(control.firstInput() + i));
      store(step.outputs().get(control.firstOutput() + i), 0, ProgramRun.bytes(first));
    }
  }

  private void repeat(Step step, Control.Repeat repeat) {
    Body turn = step.bodies().get(0);
    int collected = repeat.firstCollected();
    for (int i = collected; i < step.outputs().size(); i++) {
      Place output = step.outputs().get(i);
      store(output, 0, new byte[(int) output.type().bytes()]);
    }
    long rows = load(step.inputs().get(1)).getLong(0);
    boolean goes = load(step.inputs().get(0)).getLong(0) != 0;
    long turns = 0;
    for (; goes; turns++) {
      for (int i = 0; i < repeat.scanned().size(); i++) {
        Place row = turn.feeds().get(i);
        boolean back = repeat.scanned().get(i) == Control.Repeat.Walk.BACKWARD;
        long from = (back ? rows - 1 - turns : turns) * row.type().bytes();
        byte[] all = ProgramRun.bytes(load(step.inputs().get(repeat.firstScanned() + i)));
        store(row, 0, Arrays.copyOfRange(all, (int) from, (int) (from + row.type().bytes())));
      }
      run(turn.steps());
      for (int i = 0; i < repeat.collected(); i++) {
        byte[] row = ProgramRun.bytes(load(turn.fetches().get(i + 1)));
        store(step.outputs().get(collected + i), turns * row.length, row);
      }
      goes = load(turn.fetches().get(0)).getLong(0) != 0;
    }
    store(step.outputs().get(0), 0, ProgramRun.bytes(Literal.ofLongs(turns)));
  }

  private void store(Place place, long at, byte[] bytes) {
    System.arraycopy(bytes, 0, block(place), (int) (place.offset() + at), bytes.length);
  }

  /**
   * Requires that outputs overlap no input, but for loops that walk it in the output's order and
   * the base of a scatter.
   */
  private void requireSafe(Step step) {
    for (int o = 0; o < step.outputs().size(); o++) {
      Place output = step.outputs().get(o);
      if (output.space() == Place.Space.FEED || output.space() == Place.Space.CONSTANT) {
        throw new AssertionError("writes what is only read: " + step);
      }
      for (int other = 0; other < o; other++) {
        if (overlap(output, step.outputs().get(other))) {
          throw new AssertionError("outputs overlap: " + step);
        }
      }
      for (int i = 0; i < step.inputs().size(); i++) {
        Place input = step.inputs().get(i);
        boolean inOrder =
            step.primitive() instanceof Primitive.Map map
                && map.views().get(i).isDense(map.domain());
        boolean base = step.primitive() instanceof Primitive.Scatter && i == 0;
        boolean carried =
            step.primitive() instanceof Control control
                && i >= control.firstInput()
                && i - control.firstInput() == o - control.firstOutput()
                && i - control.firstInput() < control.carried().size();
        boolean same = input.sameStart(output) && input.type().bytes() == output.type().bytes();
        if (overlap(input, output) && !(same && (inOrder || base || carried))) {
          throw new AssertionError("overwrites what it still reads: " + step);
        }
      }
    }
  }

  private static boolean overlap(Place a, Place b) {
    return a.space() == b.space()
        && a.index() == b.index()
        && a.offset() < b.offset() + b.type().bytes()
        && b.offset() < a.offset() + a.type().bytes();
  }

  private byte[] block(Place place) {
    return Objects.requireNonNull(memory.get(place.space().name() + place.index()));
  }

  private Literal load(Place place) {
    TensorType type = place.type();
    int start = (int) place.offset();
    return Literal.wrap(type, Arrays.copyOfRange(block(place), start, start + (int) type.bytes()));
  }
}
