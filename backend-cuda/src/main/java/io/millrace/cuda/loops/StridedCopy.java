package io.millrace.cuda.loops;

import io.millrace.ir.Primitive;
import io.millrace.ir.View;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A copy of strided elements, in the order in which they lie in the target, with as few axes as
 * describe it.
 *
 * @param unit the bytes of what is copied at once; all else is counted in this unit
 * @param source the first one that is read
 * @param target the first one that is written
 * @param axes at least one; strides in the target are positive and descend
 */
public record StridedCopy(int unit, long source, long target, List<Axis> axes) {
  public StridedCopy {
    axes = List.copyOf(axes);
  }

  /**
   * A loop.
   *
   * @param source the distance of neighbours in the source
   * @param target the same in the target
   */
  public record Axis(long extent, long source, long target) {
    private Axis inUnits(long factor, boolean innermost) {
      return innermost
          ? new Axis(extent / factor, source, target)
          : new Axis(extent, source / factor, target / factor);
    }
  }

  /** Returns the copy of a piece that is not empty, of elements of so many bytes. */
  public static StridedCopy of(Primitive.Move.Piece piece, int bytes) {
    long source = piece.source().offset();
    long target = piece.target().offset();
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < piece.extent().rank(); i++) {
      long extent = piece.extent().dim(i);
      long s = piece.source().stride(i);
      long t = piece.target().stride(i);
      if (t < 0) {
        source += (extent - 1) * s;
        target += (extent - 1) * t;
        s = -s;
        t = -t;
      }
      axes.add(new Axis(extent, s, t));
    }
    axes.sort(Comparator.comparingLong(Axis::target).reversed());
    return new StridedCopy(bytes, source, target, merged(axes));
  }

  private static List<Axis> merged(List<Axis> axes) {
    LoopNest nest =
        new LoopNest(
            Shape.of(axes.stream().mapToLong(Axis::extent).toArray()),
            axes.size(),
            List.of(
                View.of(0, axes.stream().mapToLong(Axis::source).toArray()),
                View.of(0, axes.stream().mapToLong(Axis::target).toArray())),
            Set.of());
    return nest.rank() == 0
        ? List.of(new Axis(1, 1, 1))
        : IntStream.range(0, nest.rank())
            .mapToObj(i -> new Axis(nest.extent(i), nest.stride(0, i), nest.stride(1, i)))
            .toList();
  }

  public Axis inner() {
    return axes.get(axes.size() - 1);
  }

  public long size() {
    return axes.stream().mapToLong(Axis::extent).reduce(1, (a, b) -> a * b);
  }

  /** Returns whether elements that follow each other are copied to where they do so again. */
  public boolean isRun() {
    return axes.size() == 1 && isDense(inner());
  }

  private static boolean isDense(Axis axis) {
    return axis.source == 1 && axis.target == 1;
  }

  /**
   * Returns the same copy in the largest unit.
   *
   * @param total another number of elements that must be whole in that unit
   */
  public StridedCopy inLargestUnit(long total) {
    if (!isDense(inner())) {
      return this;
    }
    int last = axes.size() - 1;
    long all = source | target | total | inner().extent;
    for (Axis axis : axes.subList(0, last)) {
      all |= axis.source | axis.target;
    }
    int larger = CopyLoop.unit(all * unit);
    long factor = larger / unit;
    List<Axis> converted = new ArrayList<>();
    for (int i = 0; i <= last; i++) {
      converted.add(axes.get(i).inUnits(factor, i == last));
    }
    return new StridedCopy(larger, source / factor, target / factor, merged(converted));
  }

  /** Returns whether a position is beyond what 32 bits hold. */
  public boolean isWide() {
    long from = 0;
    long to = target;
    for (Axis axis : axes) {
      from += (axis.extent - 1) * Math.abs(axis.source);
      to += (axis.extent - 1) * axis.target;
    }
    return CopyLoop.isWide(from, to, size());
  }
}
