package io.millrace.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What primitives say of themselves, against closed forms. */
class PrimitiveTest {
  private static final DType F = DType.FLOAT32;

  private static TensorType type(long... dims) {
    return TensorType.of(F, dims);
  }

  private static Cost cost(Primitive primitive, TensorType output, TensorType... inputs) {
    return primitive.cost(List.of(inputs), List.of(output));
  }

  /** {@code (x + y) * y} where x is a row that every row of y meets. */
  private static Primitive.Map map() {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar x = builder.parameter(F);
    Scalar y = builder.parameter(F);
    Shape domain = Shape.of(5, 3);
    return new Primitive.Map(
        builder.build(List.of(x.plus(y).times(y))),
        domain,
        List.of(View.broadcast(Shape.of(3), domain), View.dense(domain)));
  }

  private static Primitive.Reduce sum() {
    ScalarBuilder builder = new ScalarBuilder();
    Shape domain = Shape.of(5, 3);
    return new Primitive.Reduce(
        Reduction.SUM,
        builder.build(List.of(builder.parameter(F).square())),
        domain,
        1,
        List.of(View.dense(domain)));
  }

  @Test
  void placesCostNothing() {
    for (Primitive place :
        List.of(
            new Primitive.Feed(0),
            new Primitive.Constant(Literal.scalar(F, 1.0)),
            new Primitive.Read(new Resource("v", type(3))))) {
      assertTrue(place.isPlace());
      assertFalse(place.isFoldable(), "is known already, or not before the run");
      assertEquals(Cost.NOTHING, cost(place, type(3)));
    }
    for (Primitive view : List.of(new Primitive.Reshape(), new Primitive.Bitcast())) {
      assertTrue(view.isPlace() && view.isFoldable());
      assertEquals(Cost.NOTHING, cost(view, type(3, 2), type(6)));
    }
  }

  @Test
  void loopsDoTheirFunctionAtEveryPoint() {
    assertEquals(
        new Cost(2 * 15, 4 * (3 + 15), 4 * 15), cost(map(), type(5, 3), type(3), type(5, 3)));
    // A square and an addition each.
    assertEquals(new Cost(2 * 15, 4 * 15, 4 * 5), cost(sum(), type(5), type(5, 3)));
  }

  @Test
  void loopsReadNoMoreThanTheyWalk() {
    ScalarBuilder builder = new ScalarBuilder();
    Primitive copy =
        new Primitive.Map(
            builder.build(List.of(builder.parameter(F))),
            Shape.of(2),
            List.of(View.dense(Shape.of(2))));
    assertEquals(new Cost(0, 8, 8), cost(copy, type(2), type(1000)));
  }

  @Test
  void productsMultiplyAndAddAlongTheirDepth() {
    for (boolean a : new boolean[] {false, true}) {
      for (boolean b : new boolean[] {false, true}) {
        Cost cost =
            cost(
                new Primitive.Contract(a, b),
                type(2, 3, 5),
                a ? type(2, 7, 3) : type(2, 3, 7),
                b ? type(1, 5, 7) : type(1, 7, 5));
        assertEquals(new Cost(2 * 2 * 3 * 5 * 7, 4 * (2 * 21 + 35), 4 * 30), cost);
      }
    }
  }

  @Test
  void convolutionsCostTheSameInEveryDirection() {
    List<WindowAxis> axes = List.of(new WindowAxis(3, 1, 1, 0, 0));
    TensorType data = type(2, 10, 4);
    TensorType filter = type(3, 4, 6);
    TensorType result = type(2, 8, 6);
    long flops = 2L * (2 * 8 * 6) * (3 * 4);
    long all = 4 * (80 + 72 + 96);
    assertEquals(
        new Cost(flops, all - result.bytes(), result.bytes()),
        cost(convolve(Primitive.Convolve.Kind.FORWARD, axes), result, data, filter));
    assertEquals(
        new Cost(flops, all - data.bytes(), data.bytes()),
        cost(convolve(Primitive.Convolve.Kind.DATA_GRADIENT, axes), data, filter, result));
    assertEquals(
        new Cost(flops, all - filter.bytes(), filter.bytes()),
        cost(convolve(Primitive.Convolve.Kind.FILTER_GRADIENT, axes), filter, data, result));
  }

  private static Primitive convolve(Primitive.Convolve.Kind kind, List<WindowAxis> axes) {
    return new Primitive.Convolve(kind, axes, 1);
  }

  @Test
  void movesReadWhatTheyPick() {
    Shape piece = Shape.of(2);
    Primitive move =
        new Primitive.Move(
            List.of(
                new Primitive.Move.Piece(0, piece, View.dense(piece), View.dense(piece)),
                new Primitive.Move.Piece(1, piece, View.dense(piece), View.dense(piece))),
            Optional.empty());
    assertEquals(new Cost(0, 16, 16), cost(move, type(4), type(100), type(100)));
    TensorType indices = TensorType.of(DType.INT64, 1, 3);
    assertEquals(
        new Cost(0, 8 * 3 + 4 * 6, 4 * 6),
        cost(new Primitive.Gather(), type(1, 1, 3, 2), type(1, 1, 1000, 2), indices));
  }

  @Test
  void scattersAndScansCombineOncePerElement() {
    TensorType indices = TensorType.of(DType.INT32, 3);
    Primitive.Scatter set = new Primitive.Scatter(Primitive.Scatter.Combine.SET);
    Primitive.Scatter add = new Primitive.Scatter(Primitive.Scatter.Combine.ADD);
    long read = 4 * (20 + 3 + 6);
    assertEquals(new Cost(0, read, 80), cost(set, type(10, 2), type(10, 2), indices, type(3, 2)));
    assertEquals(new Cost(6, read, 80), cost(add, type(10, 2), type(10, 2), indices, type(3, 2)));
    assertEquals(
        new Cost(24, 96, 96),
        cost(new Primitive.Scan(Reduction.SUM, false, false), type(2, 3, 4), type(2, 3, 4)));
  }

  @Test
  void outputsOverwriteWhatIsWalkedAsTheyAreWritten() {
    assertFalse(map().mayOverwrite(0, 0, type(3)), "each element is read again");
    assertTrue(map().mayOverwrite(1, 0, type(5, 3)));
    assertFalse(map().mayOverwrite(1, 0, type(6, 3)), "it is only a part");
    assertFalse(sum().mayOverwrite(0, 0, type(5, 3)));
    Primitive.Scatter scatter = new Primitive.Scatter(Primitive.Scatter.Combine.ADD);
    assertTrue(scatter.mayOverwrite(0, 0, type(10, 2)));
    assertFalse(scatter.mayOverwrite(2, 0, type(10, 2)));
    assertFalse(new Primitive.Sort(true).mayOverwrite(0, 0, type(1, 4)));
  }

  @Test
  void theCompilerComputesNoRandomNumbersChecksOrProducts() {
    assertTrue(map().isFoldable() && sum().isFoldable());
    assertTrue(new Primitive.Gather().isFoldable() && new Primitive.Sort(false).isFoldable());
    assertFalse(new Primitive.Contract(false, false).isFoldable());
    assertFalse(new Primitive.Check("no").isFoldable());
    assertFalse(new Primitive.Random(Primitive.Random.Distribution.UNIFORM, F, 1, 2).isFoldable());
  }
}
