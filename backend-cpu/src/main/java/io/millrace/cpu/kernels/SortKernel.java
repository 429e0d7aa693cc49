package io.millrace.cpu.kernels;

import io.millrace.DeviceException;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;

/** Sorts rows, or finds the first elements of their order; a part is some of the rows. */
public final class SortKernel implements PartKernel {
  /** Elements of the longest row: as many records as a window holds. */
  private static final int LONGEST = (int) (HostMemory.WINDOW / 16);

  /** Elements of a row, or wanted ones, up to which insertion is the faster way. */
  private static final int SHORT_ROW = 32;

  private static final int FEW = 16;

  private final Place input;
  private final Place values;
  private final Place positions;
  private final SortKeys keys;
  private final DigitSort byDigits;
  private final int bytes;
  private final long rows;
  private final int length;
  private final int kept;
  private final boolean inserts;
  private final long rowsOfPart;

  public SortKernel(Step step, Primitive.Sort sort) {
    input = step.inputs().get(0);
    values = step.outputs().get(0);
    positions = step.outputs().get(1);
    DType dtype = input.type().dtype();
    bytes = dtype.bytes();
    Shape shape = input.type().shape();
    if (shape.dim(1) > LONGEST) {
      throw new DeviceException(
          "a row to sort has %s elements, but the CPU sorts rows of up to %s"
              .formatted(shape.dim(1), LONGEST));
    }
    rows = shape.dim(0);
    length = (int) shape.dim(1);
    kept = (int) values.type().shape().dim(1);
    keys = new SortKeys(dtype, sort.descending());
    byDigits = new DigitSort(keys, length, kept);
    inserts = length <= SHORT_ROW || kept <= FEW;
    rowsOfPart = Math.max(1, Parts.size(rows * length, 16) / Math.max(1, length));
  }

  @Override
  public long scratchBytes() {
    return inserts ? 0 : byDigits.scratchBytes();
  }

  @Override
  public void run(Frame frame) {
    if (rows * kept > 0) {
      frame.pool().run(frame, this, Parts.count(rows, rowsOfPart));
    }
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    HostMemory source = frame.memory(input);
    HostMemory places = frame.memory(positions);
    BlasWorker arrays = frame.worker(worker).blas();
    long end = Math.min(rows, (part + 1) * rowsOfPart);
    for (long row = part * rowsOfPart; row < end; row++) {
      long from = frame.offset(input) + row * length * bytes;
      long to = frame.offset(positions) + row * kept * 8;
      ByteBuffer elements = source.window(from);
      ByteBuffer sorted = places.window(to);
      int at = (int) (from % HostMemory.WINDOW);
      int place = (int) (to % HostMemory.WINDOW);
      if (inserts) {
        InsertionSort.sort(keys, elements, at, length, kept, arrays, sorted, place);
      } else {
        byDigits.sort(elements, at, frame.scratch(worker), arrays, sorted, place);
      }
      pick(frame, row, elements, at, sorted, place);
    }
  }

  /** Copies the elements at the positions found. */
  private void pick(
      Frame frame, long row, ByteBuffer elements, int at, ByteBuffer sorted, int place) {
    long to = frame.offset(values) + row * kept * bytes;
    ByteBuffer target = frame.memory(values).window(to);
    int first = (int) (to % HostMemory.WINDOW);
    switch (bytes) {
      case 4 -> {
        for (int i = 0; i < kept; i++) {
          int position = (int) sorted.getLong(place + 8 * i);
          target.putInt(first + 4 * i, elements.getInt(at + 4 * position));
        }
      }
      case 8 -> {
        for (int i = 0; i < kept; i++) {
          int position = (int) sorted.getLong(place + 8 * i);
          target.putLong(first + 8 * i, elements.getLong(at + 8 * position));
        }
      }
      default -> {
        for (int i = 0; i < kept; i++) {
          int position = (int) sorted.getLong(place + 8 * i);
          target.put(first + i, elements.get(at + position));
        }
      }
    }
  }
}
