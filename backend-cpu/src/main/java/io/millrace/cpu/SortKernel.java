package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.ir.Primitive;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;

/** Sorts rows: few wanted elements by selection, others by the digits of their keys. */
final class SortKernel implements PartKernel {
  private final Place input;
  private final Place values;
  private final Place positions;
  private final SortKeys keys;
  private final SortRecords records;
  private final int bytes;
  private final long rows;
  private final long length;
  private final long kept;
  private final boolean selects;
  private final long rowsOfPart;

  SortKernel(Step step, Primitive.Sort sort) {
    input = step.inputs().get(0);
    values = step.outputs().get(0);
    positions = step.outputs().get(1);
    DType dtype = input.type().dtype();
    bytes = dtype.bytes();
    Shape shape = input.type().shape();
    rows = shape.dim(0);
    length = shape.dim(1);
    kept = values.type().shape().dim(1);
    keys = new SortKeys(dtype, sort.descending());
    records = new SortRecords(keys.bits(), length);
    selects = kept <= Math.max(64, length / 32);
    rowsOfPart = Math.max(1, Parts.size(rows * length, 16) / Math.max(1, length));
  }

  @Override
  public long scratchBytes() {
    return kept == 0 ? 0 : selects ? records.bytes(kept) : 2 * records.bytes(length);
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
    HostMemory scratch = frame.scratch(worker);
    long[] counts = frame.worker(worker).blas().longs(selects ? 0 : DigitSort.COUNTS);
    long end = Math.min(rows, (part + 1) * rowsOfPart);
    for (long row = part * rowsOfPart; row < end; row++) {
      long from = input.offset() + row * length * bytes;
      long sorted =
          selects
              ? Selection.select(records, keys, source, from, length, scratch, kept)
              : DigitSort.sort(records, keys, source, from, length, scratch, counts);
      store(frame, row, scratch, sorted);
    }
  }

  /** Writes the elements that the first records stand for. */
  private void store(Frame frame, long row, HostMemory scratch, long sorted) {
    HostMemory source = frame.memory(input);
    HostMemory target = frame.memory(values);
    HostMemory places = frame.memory(positions);
    for (long i = 0; i < kept; i++) {
      long position = records.position(scratch, sorted, i);
      long from = input.offset() + (row * length + position) * bytes;
      long to = row * kept + i;
      Packer.move(source, from, bytes, target, values.offset() + to * bytes, bytes, 1, bytes);
      long at = positions.offset() + to * 8;
      places.window(at).putLong((int) (at % HostMemory.WINDOW), position);
    }
  }
}
