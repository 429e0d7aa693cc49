package io.millrace.io;

import io.millrace.io.proto.TensorShapeProto;
import io.millrace.type.Shape;

/** Translates shapes. */
final class ShapeCodec {
  /** So many elements of eight bytes have a size in bytes that a long holds. */
  private static final long MOST_ELEMENTS = Long.MAX_VALUE / 8;

  private ShapeCodec() {}

  /** Returns a shape as TensorFlow writes it. */
  static TensorShapeProto encode(Shape shape) {
    TensorShapeProto.Builder proto = TensorShapeProto.newBuilder();
    if (!shape.isRankKnown()) {
      return proto.setUnknownRank(true).build();
    }
    for (long dim : shape.dims()) {
      proto.addDim(TensorShapeProto.Dim.newBuilder().setSize(dim));
    }
    return proto.build();
  }

  /**
   * Returns the shape that a file says.
   *
   * @throws MalformedException if it has too many axes, extents less than -1, or more elements than
   *     can be counted
   */
  static Shape decode(TensorShapeProto proto) {
    int rank = proto.getDimCount();
    if (proto.getUnknownRank()) {
      require(rank == 0, "a shape of unknown rank has " + rank + " extents");
      return Shape.unknown();
    }
    require(rank <= Shape.MOST_AXES, "a shape has " + rank + " axes, more than " + Shape.MOST_AXES);
    long[] dims = new long[rank];
    long elements = 1;
    for (int axis = 0; axis < rank; axis++) {
      long dim = proto.getDim(axis).getSize();
      require(dim >= Shape.UNKNOWN, "axis " + axis + " of a shape has extent " + dim);
      require(
          dim <= MOST_ELEMENTS / elements,
          "a shape has more than " + MOST_ELEMENTS + " elements, from axis " + axis + " on");
      elements *= Math.max(1, dim);
      dims[axis] = dim;
    }
    return Shape.of(dims);
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw new MalformedException(rule);
    }
  }
}
