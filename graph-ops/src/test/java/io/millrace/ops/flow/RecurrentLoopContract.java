package io.millrace.ops.flow;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Results;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.LoopOptions;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Loops that read the rows of a tensor by number, as recurrent nets do, with their gradients. */
public abstract class RecurrentLoopContract {
  private static final int TURNS = 4;
  private static final int BATCH = 2;
  private static final int WIDTH = 3;
  private static final int UNITS = 2;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);
  private final String device;

  /** Tests the device of this name. */
  protected RecurrentLoopContract(String device) {
    this.device = device;
  }

  private static Tensor ramp(double from, double slope, long... dims) {
    double[] values = new double[(int) Shape.of(dims).size()];
    Arrays.setAll(values, i -> from + slope * (7 * i % 11) / 11);
    return Tensor.of(values, Shape.of(dims));
  }

  private Session session(boolean passes) {
    return new Session(graph, SessionOptions.defaults().device(device).passes(passes));
  }

  /** An LSTM over rows, and what it ends with: state, cell, and a sum of all states. */
  private final class Lstm {
    final Output rows = tf.placeholder(DType.FLOAT64, Shape.of(TURNS, BATCH, WIDTH), "rows");
    final Output fromRow = tf.placeholder(DType.FLOAT64, Shape.of(WIDTH, 4 * UNITS));
    final Output fromState = tf.placeholder(DType.FLOAT64, Shape.of(UNITS, 4 * UNITS));
    final Output bias = tf.placeholder(DType.FLOAT64, Shape.of(4 * UNITS));
    final Output zero = tf.zeros(DType.FLOAT64, BATCH, UNITS);

    List<Output> turn(Output t, List<Output> v) {
      Output sums =
          tf.add(
              tf.add(tf.matmul(tf.gather(rows, t), fromRow), tf.matmul(v.get(0), fromState)), bias);
      List<Output> gates = tf.split(sums, 4, 1);
      Output cell =
          tf.add(
              tf.multiply(tf.sigmoid(gates.get(1)), v.get(1)),
              tf.multiply(tf.sigmoid(gates.get(0)), tf.tanh(gates.get(2))));
      Output state = tf.multiply(tf.sigmoid(gates.get(3)), tf.tanh(cell));
      Output weight = tf.cast(tf.add(t, 1), DType.FLOAT64);
      return List.of(state, cell, tf.add(v.get(2), tf.multiply(state, weight)));
    }

    List<Output> looped(Object turns) {
      return tf.whileLoop(
              v -> tf.less(v.get(0), turns),
              v -> {
                List<Output> next = new ArrayList<>(List.of(tf.add(v.get(0), 1)));
                next.addAll(turn(v.get(0), v.subList(1, 4)));
                return next;
              },
              List.of(tf.constant(0), zero, zero, zero))
          .subList(1, 4);
    }

    List<Output> unrolled() {
      List<Output> state = List.of(zero, zero, zero);
      for (int t = 0; t < TURNS; t++) {
        state = turn(tf.constant(t), state);
      }
      return state;
    }

    /** Returns what a loss ends with and its gradients. */
    List<Output> all(List<Output> last) {
      Output loss = tf.add(tf.reduceSum(tf.square(last.get(2))), tf.reduceSum(last.get(0)));
      List<Output> all = new ArrayList<>(last);
      all.add(loss);
      all.addAll(tf.gradients(loss, List.of(rows, fromRow, fromState, bias)));
      return all;
    }

    Map<Output, Object> feeds() {
      return new HashMap<>(
          Map.of(
              rows, ramp(-0.5, 1, TURNS, BATCH, WIDTH),
              fromRow, ramp(-0.4, 0.9, WIDTH, 4 * UNITS),
              fromState, ramp(0.5, -0.8, UNITS, 4 * UNITS),
              bias, ramp(-0.1, 0.3, 4 * UNITS)));
    }

    void check(List<Output> fetches, Map<Output, ?> more, double[]... wanted) {
      Map<Output, Object> feeds = feeds();
      feeds.putAll(more);
      for (boolean passes : new boolean[] {false, true}) {
        try (Session session = session(passes)) {
          Results results = session.run(fetches, feeds);
          for (int i = 0; i < wanted.length; i++) {
            assertArrayEquals(wanted[i], results.get(i).toDoubleArray(), 1e-12);
          }
        }
      }
    }
  }

  /** TensorFlow 2.21, tf.compat.v1.while_loop: state, cell, sum, loss and gradients. */
  private static final double[][] RECORDED = {
    {0.0247163100642822, -0.011513408174475, 0.00741134862734704, -0.00377602313254144},
    {0.0529054684245198, -0.0225794488829996, 0.0161058575162374, -0.00750221292141865},
    {0.160350757835336, -0.132152286554023, 0.0503627484330205, -0.197995134209311},
    {0.101753299364727},
    {
      0.082847494835618, 0.0857329844868923, 0.0891011912661537, 0.103228057581101,
      0.0769571587999791, 0.0508022046294528, 0.0999257716710314, 0.115832676391815,
      0.129759963267906, 0.120526320079765, 0.0875069939023319, 0.0669662978152875,
      0.090461765791853, 0.111826719129003, 0.122423526463215, 0.123184784673164,
      0.098974897297553, 0.0840479476775956, 0.0544737296178759, 0.101066061503484,
      0.120969861140306, 0.0670878469388333, 0.0797890969607484, 0.0912275377467743
    },
    {
      0.00372247778017626, 0.0221273751925573, -0.00235989222825151, 0.00199076425197412,
      0.0348620643992678, -0.252629436191278, -0.0006216043505455, 0.0110633899448666,
      -0.0162200420896893, -0.00470680721893968, -0.00694272805570496, -0.00832980169431161,
      -0.550091320871331, 0.285049883903129, -0.0188881694280012, -0.0108675266735759,
      0.0249835357137682, -0.00987257989629182, 0.00207401846418314, 0.000453938467063121,
      0.106296178542049, 0.245510336527585, 0.015193201446589, 2.1397525554758e-05
    },
    {
      -0.000105588438679114,
      -0.000228749338204327,
      0.000573855276921203,
      -1.63262489188571e-05,
      0.0116160237056156,
      0.0038797370551354,
      0.000764600302676529,
      -0.000243195298152181,
      -0.000957952811829024,
      -0.000393898391405146,
      -0.000500906366942409,
      -0.00103638868933969,
      -0.0330944148190131,
      0.0291314799678317,
      -0.00122237323076192,
      -0.00109678089119485
    },
    {
      0.0487450214098937, 0.0506312436787806, 0.012602798525497, 0.0283815563522858,
      2.40925518505229, -2.14359405438003, 0.0487580849608204, 0.0523717177291844
    }
  };

  @Test
  void anLstmOfAKnownNumberOfTurnsIsTensorFlows() {
    Lstm lstm = new Lstm();
    lstm.check(lstm.all(lstm.looped(TURNS)), Map.of(), RECORDED);
  }

  @Test
  void anLstmOfAsManyTurnsAsIsFedIsTensorFlows() {
    Lstm lstm = new Lstm();
    Output turns = tf.placeholder(DType.INT32, Shape.scalar(), "turns");
    lstm.check(lstm.all(lstm.looped(turns)), Map.of(turns, TURNS), RECORDED);
  }

  @Test
  void anLstmStatedTurnByTurnIsTensorFlows() {
    Lstm lstm = new Lstm();
    lstm.check(lstm.all(lstm.unrolled()), Map.of(), RECORDED);
  }

  @Test
  void aLoopOfAKnownNumberOfTurnsKeepsAsManyRows() {
    Lstm lstm = new Lstm();
    List<Output> all = lstm.all(lstm.looped(TURNS));
    try (Session session = session(true)) {
      String plan = session.explain(all, lstm.feeds());
      String turns = plan.substring(plan.indexOf("optimized program"));
      assertTrue(turns.contains("float64[4,2,2]"), turns);
      assertFalse(turns.contains("float64[32,2,2]"), turns);
      assertFalse(turns.contains("gather of"), turns);
      assertFalse(turns.contains("check "), turns);
    }
  }

  /** Sums rows, each times the number of its turn; counts as told. */
  private Output sum(
      Output rows, int from, UnaryOperator<Output> step, BinaryOperator<Output> more, int end) {
    return tf.whileLoop(
            v -> more.apply(v.get(0), tf.constant(end)),
            v ->
                List.of(
                    step.apply(v.get(0)),
                    tf.add(v.get(1), 1),
                    tf.add(
                        v.get(2),
                        tf.multiply(tf.gather(rows, v.get(0)), tf.cast(v.get(1), DType.FLOAT32)))),
            List.of(tf.constant(from), tf.constant(1), tf.zeros(DType.FLOAT32, 2)),
            LoopOptions.defaults().maximumIterations(100))
        .get(2);
  }

  private void check(Output y, Output rows, float[] wanted, float[] wantedGradient) {
    Output gradient = tf.gradients(tf.reduceSum(y), rows).get(0);
    float[] fed = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    for (boolean passes : new boolean[] {false, true}) {
      try (Session session = session(passes)) {
        Results results =
            session.run(List.of(y, gradient), Map.of(rows, Tensor.of(fed, Shape.of(5, 2))));
        assertArrayEquals(wanted, results.get(0).toFloatArray());
        assertArrayEquals(wantedGradient, results.get(1).toFloatArray());
      }
    }
  }

  @Test
  void rowsAreReadInWhateverOrderTheCounterGives() {
    Output rows = tf.placeholder(DType.FLOAT32, Shape.of(5, 2), "rows");
    Output forward = sum(rows, 0, t -> tf.add(t, 1), tf::less, 5);
    check(
        forward,
        rows,
        new float[] {1 + 6 + 15 + 28 + 45, 2 + 8 + 18 + 32 + 50},
        new float[] {1, 1, 2, 2, 3, 3, 4, 4, 5, 5});
    Output backward = sum(rows, 4, t -> tf.subtract(t, 1), tf::greaterEqual, 0);
    check(
        backward,
        rows,
        new float[] {9 + 14 + 15 + 12 + 5, 10 + 16 + 18 + 16 + 10},
        new float[] {5, 5, 4, 4, 3, 3, 2, 2, 1, 1});
    Output skipping = sum(rows, 1, t -> tf.add(t, 2), tf::lessEqual, 3);
    check(skipping, rows, new float[] {3 + 14, 4 + 16}, new float[] {0, 0, 1, 1, 0, 0, 2, 2, 0, 0});
    Output doubling = sum(rows, 1, t -> tf.multiply(t, 2), tf::notEqual, 8);
    check(
        doubling,
        rows,
        new float[] {3 + 10 + 27, 4 + 12 + 30},
        new float[] {0, 0, 1, 1, 2, 2, 0, 0, 3, 3});
  }

  @Test
  void aRowThatIsNotThereIsRefusedInItsTurn() {
    Output rows = tf.placeholder(DType.FLOAT32, Shape.of(5, 2), "rows");
    Output y = sum(rows, 0, t -> tf.add(t, 1), tf::less, 7);
    for (boolean passes : new boolean[] {false, true}) {
      try (Session session = session(passes)) {
        String message =
            assertThrows(
                    ExecutionException.class,
                    () -> session.run(y, Map.of(rows, Tensor.of(new float[10], Shape.of(5, 2)))))
                .getMessage();
        assertTrue(message.contains("indices must be in [0, 5)"), message);
        assertTrue(message.contains("turn 5"), message);
      }
    }
  }

  @Test
  void productsWithRowsOfAScanAreThoseOfEachRow() {
    Output rows = tf.placeholder(DType.FLOAT32, Shape.of(3, 2, 2), "rows");
    Output w = tf.placeholder(DType.FLOAT32, Shape.of(2, 2), "w");
    for (boolean transposed : new boolean[] {false, true}) {
      Output sums =
          tf.scan(
              (before, row) -> tf.add(before, tf.matmul(row, w, false, transposed)),
              rows,
              tf.zeros(DType.FLOAT32, 2, 2));
      Output dw = tf.gradients(sums, w).get(0);
      float[] fed = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
      float[] right = {1, 2, -1, 3};
      for (boolean passes : new boolean[] {false, true}) {
        try (Session session = session(passes)) {
          Results results =
              session.run(
                  List.of(sums, dw),
                  Map.of(
                      rows, Tensor.of(fed, Shape.of(3, 2, 2)),
                      w, Tensor.of(right, Shape.of(2, 2))));
          assertArrayEquals(
              transposed
                  ? new float[] {5, 5, 11, 9, 22, 18, 34, 26, 51, 39, 69, 51}
                  : new float[] {-1, 8, -1, 18, -2, 36, -2, 56, -3, 84, -3, 114},
              results.get(0).toFloatArray());
          // A row counts in all sums from its own on: columns' sums 4, 6; 12, 14; 20, 22.
          float first = 3 * 4 + 2 * 12 + 20;
          float second = 3 * 6 + 2 * 14 + 22;
          assertArrayEquals(
              transposed
                  ? new float[] {first, second, first, second}
                  : new float[] {first, first, second, second},
              results.get(1).toFloatArray());
        }
      }
    }
  }
}
