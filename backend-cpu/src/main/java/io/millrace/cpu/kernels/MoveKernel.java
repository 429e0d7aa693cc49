package io.millrace.cpu.kernels;

import io.millrace.cpu.loops.LoopAxes;
import io.millrace.cpu.loops.Packer;
import io.millrace.cpu.loops.Parts;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.Kernel;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Elements;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Copies strided pieces into the output, after filling what no piece covers. */
public final class MoveKernel implements Kernel {
  private final Optional<FillPart> fill;
  private final PiecePart[] pieces;

  public MoveKernel(Step step, Primitive.Move move) {
    Place output = step.output();
    fill = move.fill().map(constant -> new FillPart(output, constant));
    pieces =
        move.pieces().stream()
            .filter(piece -> piece.extent().size() > 0)
            .map(piece -> new PiecePart(step.inputs().get(piece.input()), output, piece))
            .toArray(PiecePart[]::new);
  }

  @Override
  public void run(Frame frame) {
    if (fill.isPresent()) {
      fill.get().run(frame);
    }
    for (PiecePart piece : pieces) {
      piece.run(frame);
    }
  }

  /** Writes one value all over the output. */
  static final class FillPart implements PartKernel {
    private static final long PART = 1 << 18;
    private static final int BLOCK = 1 << 12;

    private final Place output;
    private final long pattern;

    FillPart(Place output, ScalarFunction.Constant constant) {
      this.output = output;
      pattern = Elements.repeated(constant.type(), constant.bits());
    }

    @Override
    public void run(Frame frame) {
      frame.pool().run(frame, this, Parts.count(output.type().bytes(), PART));
    }

    @Override
    public void part(Frame frame, int part, int worker) {
      long start = part * PART;
      // Up to the padding, so that whole longs can be written.
      int count = (int) (Math.min(PART, output.type().bytes() - start) + 7) & -8;
      ByteBuffer window = frame.window(output, start);
      int at = frame.position(output, start);
      int first = Math.min(count, BLOCK);
      for (int i = 0; i < first; i += 8) {
        window.putLong(at + i, pattern);
      }
      for (int i = first; i < count; i += BLOCK) {
        window.put(at + i, window, at, Math.min(BLOCK, count - i));
      }
    }
  }

  /** Copies one piece; rows go along the axis whose targets are closest to each other. */
  private static final class PiecePart implements PartKernel {
    private static final int TILE = 32;
    private static final long COPIED_ROWS = 1 << 16;

    private final Place input;
    private final Place output;
    private final int bytes;
    private final LoopAxes axes;

    /** The axis along which the sources of a transposition are neighbours; -1 if there is none. */
    private final int across;

    private final long units;
    private final long unitsOfPart;
    private final long rowPart;

    PiecePart(Place input, Place output, Primitive.Move.Piece piece) {
      this.input = input;
      this.output = output;
      bytes = output.type().dtype().bytes();
      axes = order(piece);
      across = across();
      long rows = axes.size() / axes.inner();
      if (across >= 0) {
        rowPart = axes.inner();
        long extent = axes.extent(across);
        units = rows / extent * ((extent + TILE - 1) / TILE);
      } else {
        rowPart = Math.min(axes.inner(), COPIED_ROWS);
        units = rows * ((axes.inner() + rowPart - 1) / rowPart);
      }
      long unit = Math.max(1, axes.size() / Math.max(1, units));
      unitsOfPart = Math.max((units + 63) / 64, Math.max(1, COPIED_ROWS / 2 / unit));
    }

    private static LoopAxes order(Primitive.Move.Piece piece) {
      View source = piece.source();
      View target = piece.target();
      int[] order =
          IntStream.range(0, piece.extent().rank())
              .boxed()
              .sorted(Comparator.comparing(axis -> -Math.abs(target.stride(axis))))
              .mapToInt(Integer::intValue)
              .toArray();
      return LoopAxes.of(
          Shape.of(IntStream.of(order).mapToLong(piece.extent()::dim).toArray()),
          List.of(permute(source, order), permute(target, order)));
    }

    private static View permute(View view, int[] order) {
      return View.of(view.offset(), IntStream.of(order).mapToLong(view::stride).toArray());
    }

    private int across() {
      int inner = axes.rank() - 1;
      boolean far = Math.abs(axes.stride(0, inner)) >= 8 && axes.extent(inner) >= 8;
      boolean fits = Math.abs(axes.stride(0, inner)) * TILE * bytes < HostMemory.WINDOW / 4;
      for (int axis = 0; axis < inner && far && fits; axis++) {
        boolean near = Math.abs(axes.stride(1, axis)) * TILE * bytes < HostMemory.WINDOW / 4;
        if (axes.stride(0, axis) == 1 && axes.extent(axis) >= 8 && near) {
          return axis;
        }
      }
      return -1;
    }

    @Override
    public void run(Frame frame) {
      frame.pool().run(frame, this, Parts.count(units, unitsOfPart));
    }

    @Override
    public void part(Frame frame, int part, int worker) {
      HostMemory source = frame.memory(input);
      HostMemory target = frame.memory(output);
      long end = Math.min(units, (part + 1) * unitsOfPart);
      for (long unit = part * unitsOfPart; unit < end; unit++) {
        if (across >= 0) {
          tiles(frame, source, target, unit);
        } else {
          long pieces = (axes.inner() + rowPart - 1) / rowPart;
          long column = unit % pieces * rowPart;
          long point = unit / pieces * axes.inner() + column;
          int count = (int) Math.min(rowPart, axes.inner() - column);
          row(frame, source, target, point, count);
        }
      }
    }

    private void row(Frame frame, HostMemory source, HostMemory target, long point, int count) {
      Packer.move(
          source,
          frame.offset(input) + axes.element(0, point) * bytes,
          axes.innerStride(0) * bytes,
          target,
          frame.offset(output) + axes.element(1, point) * bytes,
          axes.innerStride(1) * bytes,
          count,
          bytes);
    }

    /** Copies some rows of a transposition in squares, of which a cache holds both sides. */
    private void tiles(Frame frame, HostMemory source, HostMemory target, long unit) {
      long extent = axes.extent(across);
      long strips = (extent + TILE - 1) / TILE;
      long first = unit % strips * TILE;
      int height = (int) Math.min(TILE, extent - first);
      long from = axes.offset(0) + first * axes.stride(0, across);
      long to = axes.offset(1) + first * axes.stride(1, across);
      long rest = unit / strips;
      for (int axis = axes.rank() - 2; axis >= 0; axis--) {
        if (axis != across) {
          from += rest % axes.extent(axis) * axes.stride(0, axis);
          to += rest % axes.extent(axis) * axes.stride(1, axis);
          rest /= axes.extent(axis);
        }
      }
      long inner = axes.inner();
      for (long column = 0; column < inner; column += TILE) {
        int width = (int) Math.min(TILE, inner - column);
        for (int i = 0; i < height; i++) {
          Packer.move(
              source,
              frame.offset(input)
                  + (from + i * axes.stride(0, across) + column * axes.innerStride(0)) * bytes,
              axes.innerStride(0) * bytes,
              target,
              frame.offset(output)
                  + (to + i * axes.stride(1, across) + column * axes.innerStride(1)) * bytes,
              axes.innerStride(1) * bytes,
              width,
              bytes);
        }
      }
    }
  }
}
