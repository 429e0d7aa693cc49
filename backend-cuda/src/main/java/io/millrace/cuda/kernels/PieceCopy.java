package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;
import io.millrace.cuda.loops.StridedCopy;
import io.millrace.cuda.loops.StridedCopy.Axis;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Makes launches that copy strided elements, each axis of the copy a loop. */
final class PieceCopy {
  /** The edge of a square of elements that a block turns over in shared memory. */
  private static final int TILE = 32;

  /** Shorter axes leave most of a square empty. */
  private static final int SHORT = 12;

  private PieceCopy() {}

  /** Returns the launch that copies between two tensors. */
  static Launch of(StepContext context, StridedCopy copy, Address from, Address to) {
    Address source = from.plus(copy.source() * copy.unit());
    Address target = to.plus(copy.target() * copy.unit());
    if (copy.isRun()) {
      return CopyLoop.run(context, source, target, copy.size() * copy.unit());
    }
    OptionalInt across = across(copy);
    if (across.isPresent()) {
      return turn(context, copy, across.getAsInt(), source, target);
    }
    List<Axis> axes = copy.axes();
    LaunchBuilder kernel =
        context
            .kernel("copy_strided_" + axes.size() + "_axes_" + copy.unit())
            .wide(copy.isWide())
            .in(CopyLoop.type(copy.unit()), "source", source)
            .out(CopyLoop.type(copy.unit()), "target", target)
            .index("count", copy.size());
    StringBuilder read = new StringBuilder("index_t rest = i, from = 0, to = 0;\n");
    coordinates(kernel, axes, read);
    read.append("value[k] = source[from];\nat[k] = to;");
    kernel.body(CopyLoop.over(copy.unit(), read.toString()));
    return CopyLoop.launch(context, kernel, copy.size());
  }

  /**
   * Adds statements that divide {@code rest}, a number of an iteration, into coordinates and add
   * what they contribute to {@code from} and {@code to}.
   */
  private static void coordinates(LaunchBuilder kernel, List<Axis> axes, StringBuilder text) {
    for (int i = axes.size() - 1; i >= 0; i--) {
      Axis axis = axes.get(i);
      String at = "rest";
      if (i > 0) {
        kernel.divisor("extent" + i, axis.extent());
        text.append(
            """
            index_t next%1$d = rest / extent%1$d;
            index_t at%1$d = rest - next%1$d * (index_t)extent%1$d.d;
            """
                .formatted(i));
        at = "at" + i;
      }
      kernel.index("from" + i, axis.source()).index("to" + i, axis.target());
      text.append(String.format("from += %1$s * from%2$d;\nto += %1$s * to%2$d;\n", at, i));
      if (i > 0) {
        text.append("rest = next").append(i).append(";\n");
      }
    }
  }

  /** Returns the axis along which the source is contiguous, where the target's is another. */
  private static OptionalInt across(StridedCopy copy) {
    Axis inner = copy.inner();
    if (inner.target() != 1 || inner.extent() < SHORT || Math.abs(inner.source()) <= 1) {
      return OptionalInt.empty();
    }
    return IntStream.range(0, copy.axes().size() - 1)
        .filter(i -> Math.abs(copy.axes().get(i).source()) == 1)
        .filter(i -> copy.axes().get(i).extent() >= SHORT)
        .findFirst();
  }

  /** Returns a copy that reads along one axis and writes along another, both contiguously. */
  private static Launch turn(
      StepContext context, StridedCopy copy, int across, Address source, Address target) {
    String type = CopyLoop.type(copy.unit());
    Axis read = copy.axes().get(across);
    Axis written = copy.inner();
    List<Axis> others =
        IntStream.range(0, copy.axes().size() - 1)
            .filter(i -> i != across)
            .mapToObj(copy.axes()::get)
            .toList();
    long alongRead = (read.extent() + TILE - 1) / TILE;
    long alongWritten = (written.extent() + TILE - 1) / TILE;
    long tiles = alongRead * alongWritten * (copy.size() / read.extent() / written.extent());
    LaunchBuilder kernel =
        context
            .kernel("transpose_" + copy.axes().size() + "_axes_" + copy.unit())
            .wide(copy.isWide())
            .in(type, "source", source)
            .out(type, "target", target)
            .index("tiles", tiles)
            .divisor("tilesRead", alongRead)
            .divisor("tilesWritten", alongWritten)
            .index("extentRead", read.extent())
            .index("extentWritten", written.extent())
            .index("readFrom", read.source())
            .index("readTo", read.target())
            .index("writtenFrom", written.source());
    StringBuilder outer = new StringBuilder();
    if (!others.isEmpty()) {
      coordinates(kernel, others, outer);
    }
    kernel.body(
        """
          __shared__ TYPE tile[32][33];
          int x = threadIdx.x % 32, y = threadIdx.x / 32;
          for (index_t number = blockIdx.x; number < tiles; number += gridDim.x) {
            index_t column = number / tilesRead;
            index_t r = (number - column * (index_t)tilesRead.d) * 32;
            index_t rest = column / tilesWritten, from = 0, to = 0;
            index_t w = (column - rest * (index_t)tilesWritten.d) * 32;
        OUTER    for (int k = y; k < 32; k += 8) {
              if (r + x < extentRead && w + k < extentWritten) {
                tile[k][x] = source[from + (r + x) * readFrom + (w + k) * writtenFrom];
              }
            }
            __syncthreads();
            for (int k = y; k < 32; k += 8) {
              if (r + k < extentRead && w + x < extentWritten) {
                target[to + (r + k) * readTo + w + x] = tile[x][k];
              }
            }
            __syncthreads();
          }
        """
            .replace("TYPE", type)
            .replace("OUTER", outer.toString().indent(4)));
    return kernel.joinable().grid(CopyLoop.blocks(context, tiles, 1), 1, CopyLoop.THREADS);
  }
}
