package io.millrace.ops.building;

import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Lowering;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Copies of one tensor into another of equal rank, cut along each axis into segments that go to
 * places of their own: the pieces of a {@link Primitive.Move}.
 */
public final class Segments {
  private final long[] fromStrides;
  private final long[] toStrides;
  private final List<Box> boxes;

  /**
   * Neighbours along an axis.
   *
   * @param source position of the first one in the tensor that is read
   * @param target position of the first one in the tensor that is written
   * @param extent how many
   * @param step 1, or -1 to read backwards
   */
  public record Segment(long source, long target, long extent, int step) {}

  /** What was cut so far: extents, and the walks of both tensors. */
  private record Box(Shape extent, View source, View target) {}

  private Segments(long[] fromStrides, long[] toStrides, List<Box> boxes) {
    this.fromStrides = fromStrides;
    this.toStrides = toStrides;
    this.boxes = boxes;
  }

  /** Starts with one box, the extents of the tensor that is read, at the start of the other. */
  public static Segments of(Shape from, Shape to) {
    Box whole = new Box(from, View.dense(from), View.of(0, to.strides()));
    return new Segments(from.strides(), to.strides(), List.of(whole));
  }

  /** Returns every box cut along an axis; empty segments vanish. */
  public Segments cut(int axis, List<Segment> segments) {
    List<Box> cut = new ArrayList<>();
    for (Box box : boxes) {
      for (Segment segment : segments) {
        if (segment.extent > 0) {
          long[] walk = box.source.strides();
          walk[axis] *= segment.step;
          cut.add(
              new Box(
                  box.extent.with(axis, segment.extent),
                  View.of(box.source.offset() + segment.source * fromStrides[axis], walk),
                  View.of(
                      box.target.offset() + segment.target * toStrides[axis],
                      box.target.strides())));
        }
      }
    }
    return new Segments(fromStrides, toStrides, cut);
  }

  /**
   * Returns the boxes of x in a tensor of this shape.
   *
   * @param fill what stands elsewhere, if there is such a place
   */
  public Value move(Lowering to, Value x, Shape shape, Optional<ScalarFunction.Constant> fill) {
    List<Primitive.Move.Piece> pieces =
        boxes.stream()
            .filter(box -> box.extent.size() > 0)
            .map(box -> new Primitive.Move.Piece(0, box.extent, box.source, box.target))
            .toList();
    return to.emit(new Primitive.Move(pieces, fill), List.of(x), x.type().withShape(shape));
  }
}
