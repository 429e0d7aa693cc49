package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Copies, whose results are the reference's bit by bit. */
public final class MoveCases implements Cases {
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

  /**
   * Returns every way of a type of 4 bytes, and where only the size of a type matters, of others.
   */
  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>(every(DType.FLOAT32));
    for (DType type : List.of(DType.UINT8, DType.INT64)) {
      for (int[] order : Permutations.of(3)) {
        cases.add(transpose(type, Shape.of(40, 9, 11), order));
      }
      cases.add(reverse(type, Shape.of(9, 33, 2, 10), 5));
      cases.add(pad(type, Shape.of(3, 5, 7), 2, 5));
      cases.add(concat(type, Shape.of(5), 16, 0, 7, 40, 0));
      cases.addAll(broadcastsAndWindows(type));
      cases.addAll(scatteredTargets(type));
    }
    for (DType type : List.of(DType.BOOL, DType.INT32, DType.FLOAT64)) {
      cases.add(pad(type, Shape.of(3, 5, 7), 2, 5));
    }
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    return Stream.<Function<DType, List<StepCase>>>of(
            MoveCases::transpositions,
            MoveCases::reversals,
            MoveCases::slices,
            MoveCases::broadcastsAndWindows,
            MoveCases::paddings,
            MoveCases::concatenations,
            MoveCases::scatteredTargets,
            MoveCases::large)
        .flatMap(cases -> cases.apply(type).stream())
        .toList();
  }

  /** Returns every order of axes. */
  private static List<StepCase> transpositions(DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (Shape shape : SHAPES) {
      for (int[] order : Permutations.of(shape.rank())) {
        cases.add(transpose(type, shape, order));
      }
    }
    return cases;
  }

  /** Returns copies that many threads share. */
  private static List<StepCase> large(DType type) {
    List<StepCase> cases = new ArrayList<>();
    cases.add(transpose(type, Shape.of(701, 523), 1, 0));
    cases.add(transpose(type, Shape.of(9, 211, 153), 0, 2, 1));
    cases.add(transpose(type, Shape.of(60_001, 5), 1, 0));
    cases.add(transpose(type, Shape.of(5, 60_001), 1, 0));
    cases.add(transpose(type, Shape.of(300_001), 0));
    cases.add(transpose(type, Shape.of(3, 70_000), 0, 1));
    cases.add(reverse(type, Shape.of(300_001), 1));
    cases.add(pad(type, Shape.of(501, 403), 3, 200));
    cases.add(pad(type, Shape.of(1), 300_000, 7));
    cases.add(concat(type, Shape.of(2, 3), 2, 50_000, 1, 30_000));
    return cases;
  }

  /** Returns reversals of every choice of axes. */
  private static List<StepCase> reversals(DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (Shape shape : SHAPES) {
      for (int axes = 0; axes < 1 << shape.rank(); axes++) {
        cases.add(reverse(type, shape, axes));
      }
    }
    return cases;
  }

  /** Returns parts with gaps. */
  private static List<StepCase> slices(DType type) {
    List<StepCase> cases = new ArrayList<>();
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
        cases.add(move(type, List.of(shape), extent, List.of(piece), Optional.empty()));
      }
    }
    return cases;
  }

  /** Returns copies that read an element more than once. */
  private static List<StepCase> broadcastsAndWindows(DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (long inner : new long[] {1, 3, 20, 300}) {
      Shape extent = Shape.of(9, 4, inner);
      for (View source :
          List.of(
              View.of(0, 0, 0, 0), View.of(2, 0, 1, 0), View.of(0, 1, 1, 1), View.of(5, 1, 0, 1))) {
        Primitive.Move.Piece piece =
            new Primitive.Move.Piece(0, extent, source, View.dense(extent));
        cases.add(move(type, List.of(Shape.of(400)), extent, List.of(piece), Optional.empty()));
      }
    }
    return cases;
  }

  /** Returns copies into a larger tensor. */
  private static List<StepCase> paddings(DType type) {
    List<StepCase> cases = new ArrayList<>();
    for (Shape shape : SHAPES) {
      cases.add(pad(type, shape, 0, 0));
      cases.add(pad(type, shape, 1, 0));
      cases.add(pad(type, shape, 2, 5));
    }
    return cases;
  }

  /** Returns joined tensors. */
  private static List<StepCase> concatenations(DType type) {
    List<StepCase> cases = new ArrayList<>();
    cases.add(concat(type, Shape.scalar(), 3, 1, 0, 20));
    cases.add(concat(type, Shape.of(5), 1, 1, 1));
    cases.add(concat(type, Shape.of(5), 16, 0, 7, 40, 0));
    cases.add(concat(type, Shape.of(3, 9), 2, 11));
    cases.add(concat(type, Shape.of(0), 2, 11));
    cases.add(concat(type, Shape.of(3), LongStream.range(0, 600).map(i -> i % 4).toArray()));
    cases.add(
        concat(type, Shape.scalar(), LongStream.range(0, 40).map(i -> 16 * (i % 3)).toArray()));
    return cases;
  }

  /** Returns copies of pieces that walk the output backwards, across and with gaps. */
  private static List<StepCase> scatteredTargets(DType type) {
    List<StepCase> cases = new ArrayList<>();
    Shape output = Shape.of(90, 70);
    Shape extent = Shape.of(30, 35);
    List<Primitive.Move.Piece> pieces =
        List.of(
            new Primitive.Move.Piece(0, extent, View.of(0, 35, 1), View.of(69, 70, -2)),
            new Primitive.Move.Piece(1, extent, View.of(0, 1, 30), View.of(2100, 70, 1)),
            new Primitive.Move.Piece(0, extent, View.of(1049, -35, -1), View.of(6230, -70, 2)));
    List<Shape> inputs = List.of(Shape.of(1050), Shape.of(1050));
    cases.add(move(type, inputs, output, pieces, Optional.of(fill(type))));
    return cases;
  }

  /** Returns the copy whose axes are those of a tensor in this order. */
  public static StepCase transpose(DType type, Shape shape, int... order) {
    Shape result = Shape.of(IntStream.of(order).mapToLong(shape::dim).toArray());
    long[] strides = IntStream.of(order).mapToLong(axis -> shape.strides()[axis]).toArray();
    Primitive.Move.Piece read =
        new Primitive.Move.Piece(0, result, View.of(0, strides), View.dense(result));
    return move(type, List.of(shape), result, List.of(read), Optional.empty());
  }

  /** Returns the copy that walks axes backwards, those whose bits are set. */
  public static StepCase reverse(DType type, Shape shape, int axes) {
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
    return move(type, List.of(shape), shape, List.of(piece), Optional.empty());
  }

  /** Returns the copy into a tensor that is larger by so much at both ends of every axis. */
  public static StepCase pad(DType type, Shape shape, long before, long after) {
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
    return move(type, List.of(shape), result, List.of(piece), Optional.of(fill(type)));
  }

  /** Returns tensors {@code [outer..., width]} joined along the last axis. */
  public static StepCase concat(DType type, Shape outer, long... widths) {
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
    return move(type, inputs, result, pieces, Optional.empty());
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
          case RESOURCE, VARIANT -> throw new IllegalArgumentException(type + " has no elements");
        });
  }

  private static StepCase move(
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
    return StepCase.of(new Primitive.Move(pieces, fill), inputs, new TensorType(type, result));
  }
}
