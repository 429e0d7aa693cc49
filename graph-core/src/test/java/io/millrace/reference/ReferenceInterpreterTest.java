package io.millrace.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReferenceInterpreterTest {
  @ParameterizedTest
  @MethodSource("io.millrace.type.DType#ofElements")
  void movePutsPiecesIntoAFilledOutput(DType dtype) {
    Literal x = Tables.of(dtype, Shape.of(2, 2), 0, 1, 1, 0);
    Literal y = Tables.of(dtype, Shape.of(2), 1, 0);
    Primitive.Move move =
        new Primitive.Move(
            List.of(
                // The transposed input at the top left, the reversed vector below.
                new Primitive.Move.Piece(0, Shape.of(2, 2), View.of(0, 1, 2), View.of(0, 3, 1)),
                new Primitive.Move.Piece(1, Shape.of(2), View.of(1, -1), View.of(6, 1))),
            Optional.of(new ScalarFunction.Constant(dtype, one(dtype))));
    Literal moved =
        ReferenceInterpreter.evaluate(move, List.of(x, y), List.of(TensorType.of(dtype, 3, 3)))
            .get(0);
    assertArrayEquals(new double[] {0, 1, 1, 1, 0, 1, 0, 1, 1}, Tables.values(moved));
  }

  private static long one(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> Float.floatToRawIntBits(1);
      case FLOAT64 -> Double.doubleToRawLongBits(1);
      default -> 1;
    };
  }

  @Test
  void moveKeepsLargeIntegersAndEmptyPieces() {
    Literal x = Literal.ofLongs(Long.MAX_VALUE, Long.MIN_VALUE);
    Primitive.Move move =
        new Primitive.Move(
            List.of(
                new Primitive.Move.Piece(0, Shape.of(2), View.of(1, -1), View.of(0, 1)),
                new Primitive.Move.Piece(0, Shape.of(0), View.of(0, 1), View.of(0, 1))),
            Optional.empty());
    assertEquals(
        Literal.ofLongs(Long.MIN_VALUE, Long.MAX_VALUE),
        ReferenceInterpreter.evaluate(move, List.of(x), List.of(x.type())).get(0));
  }

  @Test
  void checkPassesItsInputOrFailsWithItsMessage() {
    Primitive.Check check = new Primitive.Check("x must be positive");
    TensorType type = TensorType.of(DType.BOOL);
    Literal yes = Literal.scalar(DType.BOOL, 1);
    assertEquals(List.of(yes), ReferenceInterpreter.evaluate(check, List.of(yes), List.of(type)));
    Exception e =
        assertThrows(
            IllegalStateException.class,
            () ->
                ReferenceInterpreter.evaluate(
                    check, List.of(Literal.scalar(DType.BOOL, 0)), List.of(type)));
    assertEquals("x must be positive", e.getMessage());
  }

  @Test
  void constantAndReshapeKeepTheElements() {
    Literal x = Literal.ofInts(1, 2, 3, 4);
    assertEquals(
        List.of(x),
        ReferenceInterpreter.evaluate(new Primitive.Constant(x), List.of(), List.of(x.type())));
    assertEquals(
        List.of(x.reshape(Shape.of(2, 2))),
        ReferenceInterpreter.evaluate(
            new Primitive.Reshape(), List.of(x), List.of(TensorType.of(DType.INT32, 2, 2))));
  }

  @Test
  void whatOnlyARunKnowsIsRefused() {
    TensorType type = TensorType.of(DType.FLOAT32);
    assertThrows(
        IllegalArgumentException.class,
        () -> ReferenceInterpreter.evaluate(new Primitive.Feed(0), List.of(), List.of(type)));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ReferenceInterpreter.evaluate(
                new Primitive.Read(new Resource("w", type)), List.of(), List.of(type)));
  }
}
