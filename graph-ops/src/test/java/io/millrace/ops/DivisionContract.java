package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.junit.jupiter.api.Test;

/** Holds a device to what the quotients and remainders of TensorFlow are. */
public abstract class DivisionContract {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final String device;

  /** Tests the device of this name. */
  protected DivisionContract(String device) {
    this.device = device;
  }

  private Literal run(Output wanted, Map<Output, Tensor> feeds) {
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options);
        Tensor result = session.run(wanted, feeds)) {
      return result.toLiteral();
    }
  }

  /** Integers to divide: all pairs of these, but for divisors that are 0. */
  private static List<long[]> pairs(DType dtype) {
    long low = dtype.isSigned() ? dtype.lowest() + 1 : 0;
    long[] numbers = {low, -8, -7, -2, -1, 0, 1, 2, 3, 7, 8, 255, dtype.highest()};
    List<long[]> pairs = new ArrayList<>();
    for (long x : numbers) {
      for (long y : numbers) {
        boolean fits = dtype.isSigned() || (x >= 0 && y >= 0);
        if (y != 0 && fits) {
          pairs.add(new long[] {x, y});
        }
      }
    }
    return pairs;
  }

  /** The quotient of mathematics, rounded. */
  private static long quotient(long x, long y, RoundingMode mode) {
    return BigDecimal.valueOf(x).divide(BigDecimal.valueOf(y), 0, mode).longValueExact();
  }

  private void check(DType dtype, BinaryOperator<Output> operation, BinaryOperator<Long> expected) {
    List<long[]> pairs = pairs(dtype);
    Literal.Builder x = new Literal.Builder(TensorType.of(dtype, pairs.size()));
    Literal.Builder y = new Literal.Builder(TensorType.of(dtype, pairs.size()));
    for (int i = 0; i < pairs.size(); i++) {
      x.setLong(i, pairs.get(i)[0]);
      y.setLong(i, pairs.get(i)[1]);
    }
    Output a = tf.placeholder(dtype, x.build().type().shape());
    Output b = tf.placeholder(dtype, y.build().type().shape());
    Output result = operation.apply(a, b);
    assertEquals(dtype, result.dtype());
    Literal actual = run(result, Map.of(a, Tensor.of(x.build()), b, Tensor.of(y.build())));
    for (int i = 0; i < pairs.size(); i++) {
      long[] pair = pairs.get(i);
      assertEquals(
          expected.apply(pair[0], pair[1]),
          actual.getLong(i),
          dtype + ": " + pair[0] + " and " + pair[1]);
    }
  }

  @Test
  void integersAreRoundedAsTheNameSays() {
    for (DType dtype : new DType[] {DType.INT32, DType.INT64, DType.UINT8}) {
      BinaryOperator<Long> floor = (x, y) -> quotient(x, y, RoundingMode.FLOOR);
      BinaryOperator<Long> down = (x, y) -> quotient(x, y, RoundingMode.DOWN);
      check(dtype, tf::div, floor);
      check(dtype, tf::floordiv, floor);
      check(dtype, tf::truncatediv, down);
      check(dtype, tf::mod, (x, y) -> x - floor.apply(x, y) * y);
      check(dtype, tf::floormod, (x, y) -> x - floor.apply(x, y) * y);
      if (dtype.isSigned()) {
        check(dtype, tf::truncatemod, (x, y) -> x - down.apply(x, y) * y);
      }
    }
  }

  @Test
  void numbersTakeTheTypeOfTheOperandBesideThem() {
    Output sevens = tf.constant(new int[] {-7, 7});
    assertArrayEquals(new long[] {-4, 3}, run(tf.div(sevens, 2), Map.of()).toLongs());
    assertArrayEquals(new long[] {-3, 2}, run(tf.div(20, sevens), Map.of()).toLongs());
    assertEquals(-4, run(tf.div(-7, 2), Map.of()).getLong(0));
    assertEquals(-3, run(tf.truncatediv(-7, 2), Map.of()).getLong(0));
    assertEquals(-3.5, run(tf.div(tf.constant(-7f), 2), Map.of()).getDouble(0));
    assertEquals(-3.5, run(tf.div(-7f, 2f), Map.of()).getDouble(0));
  }

  @Test
  void divideDoesNotRound() {
    Output halves = tf.divide(tf.constant(new int[] {-7, 7}), 2);
    assertEquals(DType.FLOAT64, halves.dtype());
    assertEquals(-3.5, run(halves, Map.of()).getDouble(0));
    Output bytes = tf.cast(tf.constant(new int[] {7, 200}), DType.UINT8);
    Output of = tf.divide(bytes, 2);
    assertEquals(DType.FLOAT32, of.dtype());
    assertEquals(3.5, run(of, Map.of()).getDouble(0));
    assertEquals(Double.NEGATIVE_INFINITY, run(tf.divide(-7, 0), Map.of()).getDouble(0));
  }

  @Test
  void floatingQuotientsHaveGradients() {
    Output x = tf.constant(new float[] {-7, 7});
    Output y = tf.constant(new float[] {2, -2});
    for (Output quotient : List.of(tf.div(x, y), tf.divide(x, y), tf.realdiv(x, y))) {
      List<Output> slopes = tf.gradients(quotient, x, y);
      assertEquals(-3.5, run(quotient, Map.of()).getDouble(0));
      assertEquals(0.5, run(slopes.get(0), Map.of()).getDouble(0));
      assertEquals(1.75, run(slopes.get(1), Map.of()).getDouble(0));
    }
    assertEquals(4, run(tf.gradients(tf.mod(x, y), y).get(0), Map.of()).getDouble(0));
    assertEquals(3, run(tf.gradients(tf.truncatemod(x, y), y).get(0), Map.of()).getDouble(0));
  }

  @Test
  void anIntegerDividedByZeroFailsTheRun() {
    for (DType dtype : new DType[] {DType.INT32, DType.INT64, DType.UINT8}) {
      Output zero = tf.placeholder(dtype, Shape.of());
      Output seven = tf.cast(tf.constant(7), dtype);
      List<Output> undefined = new ArrayList<>();
      undefined.add(tf.div(seven, zero));
      undefined.add(tf.floordiv(seven, zero));
      undefined.add(tf.truncatediv(seven, zero));
      undefined.add(tf.mod(seven, zero));
      undefined.add(tf.div(7, tf.multiply(zero, zero)));
      if (dtype.isSigned()) {
        undefined.add(tf.truncatemod(seven, zero));
      }
      Tensor fed = Tensor.of(Literal.scalar(dtype, 0));
      for (Output quotient : undefined) {
        String message =
            assertThrows(ExecutionException.class, () -> run(quotient, Map.of(zero, fed)))
                .getMessage();
        assertTrue(message.contains("division by zero"), message);
        assertTrue(message.contains(quotient.operation().name()), message);
        assertTrue(message.contains("DivisionContract.java"), message);
      }
    }
    Output known = tf.div(7, 0);
    String message =
        assertThrows(ExecutionException.class, () -> run(known, Map.of())).getMessage();
    assertTrue(message.contains("division by zero"), message);
  }
}
