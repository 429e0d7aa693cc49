package io.millrace.cuda;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds copies to the reference, bit by bit. */
@Tag("kernels")
class EveryMoveTest {
  private final ExactCases cases = new ExactCases();

  @AfterEach
  void check() {
    cases.check();
  }

  private static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(0),
          Shape.of(1),
          Shape.of(17),
          Shape.of(5, 3),
          Shape.of(33, 65),
          Shape.of(1, 70),
          Shape.of(64, 8),
          Shape.of(7, 0, 3),
          Shape.of(3, 5, 7),
          Shape.of(31, 1, 33),
          Shape.of(40, 9, 11),
          Shape.of(3, 2, 5, 7),
          Shape.of(9, 33, 2, 10),
          Shape.of(2, 19, 35, 3));

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void everyTransposition(DType type) {
    for (Shape shape : SHAPES) {
      for (int[] order : Permutations.of(shape.rank())) {
        transpose(type, shape, order);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UINT8", "FLOAT32", "INT64"})
  void largeOnes(DType type) {
    transpose(type, Shape.of(701, 523), 1, 0);
    transpose(type, Shape.of(9, 211, 153), 0, 2, 1);
    transpose(type, Shape.of(60_001, 5), 1, 0);
    transpose(type, Shape.of(5, 60_001), 1, 0);
    transpose(type, Shape.of(300_001), 0);
    transpose(type, Shape.of(3, 70_000), 0, 1);
    reverse(type, Shape.of(300_001), 1);
    pad(type, Shape.of(501, 403), 3, 200);
    pad(type, Shape.of(1), 300_000, 7);
    concat(type, Shape.of(2, 3), 2, 50_000, 1, 30_000);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void everyReversal(DType type) {
    for (Shape shape : SHAPES) {
      for (int axes = 0; axes < 1 << shape.rank(); axes++) {
        reverse(type, shape, axes);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void slices(DType type) {
    Random random = new Random(type.bytes());
    for (Shape shape : SHAPES) {
      for (int time = 0; time < 5; time++) {
        long[] extents = shape.dims();
        long[] strides = shape.strides();
        long offset = 0;
        for (int axis = 0; axis < extents.length; axis++) {
          long step = 1L + random.nextInt(3);
          long start = extents[axis] == 0 ? 0 : random.nextInt((int) extents[axis]);
          offset += start * strides[axis];
          extents[axis] = (extents[axis] - start + step - 1) / step;
          strides[axis] *= step;
        }
        Shape extent = Shape.of(extents);
        Primitive.Move.Piece piece =
            new Primitive.Move.Piece(0, extent, View.of(offset, strides), View.dense(extent));
        add(type, List.of(shape), extent, List.of(piece), Optional.empty());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void broadcastsAndWindows(DType type) {
    for (long inner : new long[] {1, 3, 20, 300}) {
      Shape extent = Shape.of(9, 4, inner);
      for (View source :
          List.of(
              View.of(0, 0, 0, 0), View.of(2, 0, 1, 0), View.of(0, 1, 1, 1), View.of(5, 1, 0, 1))) {
        Primitive.Move.Piece piece =
            new Primitive.Move.Piece(0, extent, source, View.dense(extent));
        add(type, List.of(Shape.of(400)), extent, List.of(piece), Optional.empty());
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void paddings(DType type) {
    for (Shape shape : SHAPES) {
      pad(type, shape, 0, 0);
      pad(type, shape, 1, 0);
      pad(type, shape, 2, 5);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void concatenations(DType type) {
    concat(type, Shape.scalar(), 3, 1, 0, 20);
    concat(type, Shape.of(5), 1, 1, 1);
    concat(type, Shape.of(5), 16, 0, 7, 40, 0);
    concat(type, Shape.of(3, 9), 2, 11);
    concat(type, Shape.of(0), 2, 11);
    concat(type, Shape.of(3), LongStream.range(0, 600).map(i -> i % 4).toArray());
    concat(type, Shape.scalar(), LongStream.range(0, 40).map(i -> 16 * (i % 3)).toArray());
  }

  /** Pieces that walk the output backwards, across and with gaps. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "INT64", "BOOL"})
  void scatteredTargets(DType type) {
    Shape output = Shape.of(90, 70);
    Shape extent = Shape.of(30, 35);
    List<Primitive.Move.Piece> pieces =
        List.of(
            new Primitive.Move.Piece(0, extent, View.of(0, 35, 1), View.of(69, 70, -2)),
            new Primitive.Move.Piece(1, extent, View.of(0, 1, 30), View.of(2100, 70, 1)),
            new Primitive.Move.Piece(0, extent, View.of(1049, -35, -1), View.of(6230, -70, 2)));
    List<Shape> inputs = List.of(Shape.of(1050), Shape.of(1050));
    add(type, inputs, output, pieces, Optional.of(fill(type)));
  }

  @Test
  void positionsOf64Bits() {
    transpose(DType.FLOAT32, Shape.of(9, 33, 2, 40), 0, 3, 2, 1);
    transpose(DType.BOOL, Shape.of(5, 7, 3), 2, 0, 1);
    reverse(DType.INT64, Shape.of(40, 9, 11), 5);
    pad(DType.FLOAT32, Shape.of(3, 5, 7), 2, 5);
    pad(DType.BOOL, Shape.of(3, 2, 5, 7), 1, 0);
    concat(DType.FLOAT32, Shape.of(5), 16, 0, 7, 40, 9);
    cases.checkWide();
  }

  private void transpose(DType type, Shape shape, int... order) {
    Shape result = Shape.of(IntStream.of(order).mapToLong(shape::dim).toArray());
    long[] strides = IntStream.of(order).mapToLong(axis -> shape.strides()[axis]).toArray();
    Primitive.Move.Piece read =
        new Primitive.Move.Piece(0, result, View.of(0, strides), View.dense(result));
    add(type, List.of(shape), result, List.of(read), Optional.empty());
  }

  private void reverse(DType type, Shape shape, int axes) {
    long[] strides = shape.strides();
    long offset = 0;
    for (int axis = 0; axis < strides.length; axis++) {
      if ((axes >> axis & 1) != 0) {
        offset += strides[axis] * Math.max(0, shape.dim(axis) - 1);
        strides[axis] = -strides[axis];
      }
    }
    Primitive.Move.Piece piece =
        new Primitive.Move.Piece(0, shape, View.of(offset, strides), View.dense(shape));
    add(type, List.of(shape), shape, List.of(piece), Optional.empty());
  }

  private void pad(DType type, Shape shape, long before, long after) {
    long[] extents = shape.dims();
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] += before + after;
    }
    Shape result = Shape.of(extents);
    long offset = 0;
    for (long stride : result.strides()) {
      offset += before * stride;
    }
    Primitive.Move.Piece piece =
        new Primitive.Move.Piece(0, shape, View.dense(shape), View.of(offset, result.strides()));
    add(type, List.of(shape), result, List.of(piece), Optional.of(fill(type)));
  }

  /** Joins tensors {@code [outer..., width]} along the last axis. */
  private void concat(DType type, Shape outer, long... widths) {
    List<Shape> inputs = new ArrayList<>();
    List<Primitive.Move.Piece> pieces = new ArrayList<>();
    Shape result = outer.concat(Shape.of(LongStream.of(widths).sum()));
    long offset = 0;
    for (int i = 0; i < widths.length; i++) {
      Shape input = outer.concat(Shape.of(widths[i]));
      inputs.add(input);
      View target = View.of(offset, result.strides());
      pieces.add(new Primitive.Move.Piece(i, input, View.dense(input), target));
      offset += widths[i];
    }
    add(type, inputs, result, pieces, Optional.empty());
  }

  /** Returns a value whose bytes all differ, or NaN. */
  private static ScalarFunction.Constant fill(DType type) {
    return new ScalarFunction.Constant(
        type,
        switch (type) {
          case BOOL -> 1;
          case UINT8 -> 0xF1;
          case INT32 -> 0x87654321;
          case INT64 -> 0x8765432112345678L;
          case FLOAT32 -> Float.floatToRawIntBits(Float.NaN);
          case FLOAT64 -> Double.doubleToRawLongBits(-0.0);
        });
  }

  private void add(
      DType type,
      List<Shape> shapes,
      Shape result,
      List<Primitive.Move.Piece> pieces,
      Optional<ScalarFunction.Constant> fill) {
    List<Literal> inputs = new ArrayList<>();
    for (Shape shape : shapes) {
      Random random = new Random(inputs.size());
      Literal.Builder builder = new Literal.Builder(new TensorType(type, shape));
      for (long i = 0; i < shape.size(); i++) {
        builder.setLong(i, random.nextLong());
      }
      inputs.add(builder.build());
    }
    cases.add(new Primitive.Move(pieces, fill), inputs, new TensorType(type, result));
  }
}
