package io.millrace.benchmarks;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;

/**
 * One thing to measure: a graph, a session, and a step that feeds host arrays and reads a number.
 */
enum Workload {
  /** Softmax regression 784-10, batch 100, gradient descent 0.5, weights from zero. */
  W1("W1", 2000, 200) {
    @Override
    Step open(SessionOptions options) {
      return training(
          options,
          Numbers.classes(100, 20, 100, 784),
          Shape.of(100, 784),
          (tf, x) -> {
            Variable w = tf.variable(Tensor.zeros(DType.FLOAT32, 784, 10), "w");
            Variable b = tf.variable(Tensor.zeros(DType.FLOAT32, 10), "b");
            return tf.add(tf.matmul(x, w), b);
          },
          loss -> Ops.of(loss.graph()).train.gradientDescent(0.5f).minimize(loss));
    }
  },

  /** Multi-layer perceptron 784-512-512-10, relu, batch 128, Adam 1e-3. */
  W2("W2", 300, 30) {
    @Override
    Step open(SessionOptions options) {
      return training(
          options,
          Numbers.classes(200, 20, 128, 784),
          Shape.of(128, 784),
          (tf, x) -> {
            Output h = tf.nn.relu(dense(tf, x, 201, 784, 512));
            h = tf.nn.relu(dense(tf, h, 202, 512, 512));
            return dense(tf, h, 203, 512, 10);
          },
          loss -> Ops.of(loss.graph()).train.adam(1e-3f).minimize(loss));
    }
  },

  /** LeNet-5 on 32x32x1, batch 64, momentum 0.9, rate 0.01. */
  W3("W3", 300, 30) {
    @Override
    Step open(SessionOptions options) {
      return lenet(options, Numbers.classes(300, 20, 64, 1024), 64);
    }
  },

  /** LeNet-5, batch 1. */
  W3B("W3b", 1000, 100) {
    @Override
    Step open(SessionOptions options) {
      return lenet(options, Numbers.classes(310, 64, 1, 1024), 1);
    }
  },

  /** One addition to a scalar: what a run costs when it computes nothing. */
  W6_SCALAR("W6_scalar", 55000, 5000) {
    @Override
    Step open(SessionOptions options) {
      return scalars(options, 1, (tf, x) -> tf.add(x, 1f));
    }
  },

  /** One hundred additions to a scalar. */
  W6_CHAIN100("W6_chain100", 11000, 1000) {
    @Override
    Step open(SessionOptions options) {
      return scalars(
          options,
          1,
          (tf, x) -> {
            Output y = x;
            for (int i = 0; i < 100; i++) {
              y = tf.add(y, 1f);
            }
            return y;
          });
    }
  },

  /** Fifty multiplications and additions, which no rewriting removes. */
  W6_MIX100("W6_mix100", 11000, 1000) {
    @Override
    Step open(SessionOptions options) {
      return scalars(
          options,
          2,
          (tf, x) -> {
            Output y = x;
            for (int i = 0; i < 50; i++) {
              y = tf.add(tf.multiply(y, 0.99f), 0.01f);
            }
            return y;
          });
    }
  },

  /** mean(tanh(1.5x + 0.25) * sigmoid(x) + 0.1) over 4,194,304 floats. */
  W7("W7", 55, 5) {
    @Override
    Step open(SessionOptions options) {
      float[] a = Numbers.fill(700, 4 * 1024 * 1024, -2, 2);
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Output x = tf.placeholder(DType.FLOAT32, Shape.of(a.length), "x");
      Output t = tf.tanh(tf.add(tf.multiply(x, 1.5f), 0.25f));
      Output y = tf.reduceMean(tf.add(tf.multiply(t, tf.sigmoid(x)), 0.1f));
      return fetching(options, graph, y, Map.of(x, a));
    }
  },

  /** sum(A B) of matrices of 1024 rows and columns. */
  W8_1024("W8_1024", 55, 5) {
    @Override
    Step open(SessionOptions options) {
      return product(options, 1024);
    }
  },

  /** sum(A B) of matrices of 2048 rows and columns. */
  W8_2048("W8_2048", 23, 3) {
    @Override
    Step open(SessionOptions options) {
      return product(options, 2048);
    }
  },

  /** An LSTM of 128 units over 50 rows of 64, batch 32, Adam 1e-3, its turns stated one by one. */
  W9_LSTM("W9_lstm", 110, 10) {
    @Override
    Step open(SessionOptions options) {
      return lstm(options, RecurrentNet::unrolled);
    }
  },

  /** The same LSTM as a loop whose body reads its row by number. */
  W9_LSTM_LOOP("W9_lstm_loop", 110, 10) {
    @Override
    Step open(SessionOptions options) {
      return lstm(options, RecurrentNet::looped);
    }
  },

  /** A loop of ten thousand turns, each of which counts and changes 16 floats. */
  W12_TURNS("W12_turns", 1100, 100) {
    @Override
    Step open(SessionOptions options) {
      Graph graph = new Graph();
      Ops tf = Ops.of(graph);
      Output x = tf.placeholder(DType.FLOAT32, Shape.of(16), "x");
      Output last =
          tf.whileLoop(
                  v -> tf.less(v.get(0), 10_000),
                  v -> List.of(tf.add(v.get(0), 1), tf.add(tf.multiply(v.get(1), 0.99f), x)),
                  List.of(tf.constant(0), x))
              .get(1);
      return fetching(options, graph, tf.reduceSum(last), Map.of(x, Numbers.fill(1200, 16, 0, 1)));
    }
  },

  /** A slice of 8 rows and 16 columns of 1000 rows of 64. */
  W13_SLICE("W13_slice", 22000, 2000) {
    @Override
    Step open(SessionOptions options) {
      return rows(options, i -> 7, (tf, x, i) -> tf.slice(x, new int[] {7, 0}, new int[] {8, 16}));
    }
  },

  /** The same slice, but where it begins is fed, and another place in each step. */
  W13_SLICE_FED("W13_slice_fed", 22000, 2000) {
    @Override
    Step open(SessionOptions options) {
      return rows(
          options,
          i -> i % 992,
          (tf, x, i) -> tf.slice(x, tf.stack(List.of(i, tf.constant(0))), new int[] {8, 16}));
    }
  },

  /** 500 of the rows, by a mask. */
  W13_MASK("W13_mask", 2200, 200) {
    @Override
    Step open(SessionOptions options) {
      return rows(options, i -> 500, Workload::masked);
    }
  },

  /** 450 to 549 of the rows, by a mask: another number of them in each step. */
  W13_MASK_FED("W13_mask_fed", 2200, 200) {
    @Override
    Step open(SessionOptions options) {
      return rows(options, i -> 450 + i % 100, Workload::masked);
    }
  };

  /** A running workload. */
  interface Step extends AutoCloseable {
    /** Runs step i and returns its loss or checksum. */
    double run(int i);

    @Override
    void close();
  }

  private final String label;
  final int steps;
  final int uncounted;

  Workload(String label, int steps, int uncounted) {
    this.label = label;
    this.steps = steps;
    this.uncounted = uncounted;
  }

  /** Builds the graph and opens the session. */
  abstract Step open(SessionOptions options);

  @Override
  public String toString() {
    return label;
  }

  private static Output dense(Ops tf, Output x, long seed, int in, int out) {
    Variable w = tf.variable(Numbers.glorot(seed, in, out), "w" + seed);
    Variable b = tf.variable(Tensor.zeros(DType.FLOAT32, out), "b" + seed);
    return tf.add(tf.matmul(x, w), b);
  }

  private static Output convolution(Ops tf, Output x, long seed, int in, int out) {
    Variable w = tf.variable(Numbers.glorot(seed, 25 * in, 25 * out, 5, 5, in, out), "w" + seed);
    Variable b = tf.variable(Tensor.zeros(DType.FLOAT32, out), "b" + seed);
    return tf.nn.relu(tf.nn.biasAdd(tf.nn.conv2d(x, w), b));
  }

  private static Step lenet(SessionOptions options, Numbers.Batches data, int batch) {
    return training(
        options,
        data,
        Shape.of(batch, 32, 32, 1),
        (tf, x) -> {
          Output h = tf.nn.maxPool(convolution(tf, x, 301, 1, 6), 2);
          h = tf.nn.maxPool(convolution(tf, h, 302, 6, 16), 2);
          h = tf.reshape(h, -1, 400);
          h = tf.nn.relu(dense(tf, h, 303, 400, 120));
          h = tf.nn.relu(dense(tf, h, 304, 120, 84));
          return dense(tf, h, 305, 84, 10);
        },
        loss -> Ops.of(loss.graph()).train.momentum(0.01f, 0.9f).minimize(loss));
  }

  private static Step lstm(SessionOptions options, RecurrentNet.Road road) {
    return training(
        options,
        Numbers.classes(900, 10, 32, 50 * 64),
        Shape.of(32, 50, 64),
        (tf, x) -> RecurrentNet.logits(tf, x, road),
        loss -> Ops.of(loss.graph()).train.adam(1e-3f).minimize(loss));
  }

  private static Step training(
      SessionOptions options,
      Numbers.Batches data,
      Shape rows,
      BiFunction<Ops, Output, Output> net,
      Function<Output, Operation> optimizer) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, rows, "x");
    Output y = tf.placeholder(DType.FLOAT32, Shape.of(rows.dim(0), 10), "y");
    Output loss = tf.reduceMean(tf.nn.softmaxCrossEntropyWithLogits(y, net.apply(tf, x)));
    List<?> fetches = List.of(loss, optimizer.apply(loss));
    Session session = new Session(graph, options);
    session.run(tf.globalVariablesInitializer());
    return new Step() {
      @Override
      public double run(int i) {
        int k = i % data.rows().size();
        Map<?, ?> feeds = Map.of(x, data.rows().get(k), y, data.labels().get(k));
        try (Tensor result = session.run(fetches, feeds).get(0)) {
          return result.floatValue();
        }
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }

  private static Step scalars(
      SessionOptions options, float value, BiFunction<Ops, Output, Output> chain) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.scalar(), "x");
    return fetching(options, graph, chain.apply(tf, x), Map.of(x, value));
  }

  private static Step product(SessionOptions options, int n) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output a = tf.placeholder(DType.FLOAT32, Shape.of(n, n), "a");
    Output b = tf.placeholder(DType.FLOAT32, Shape.of(n, n), "b");
    float[] x = Numbers.fill(800, n * n, -1, 1);
    float[] y = Numbers.fill(801, n * n, 0, 1);
    return fetching(options, graph, tf.reduceSum(tf.matmul(a, b)), Map.of(a, x, b, y));
  }

  /** What is taken of rows, for a number that is fed. */
  private interface Taking {
    Output of(Ops tf, Output rows, Output number);
  }

  private static Output masked(Ops tf, Output rows, Output number) {
    return tf.booleanMask(rows, tf.less(tf.range(1000), number));
  }

  private static Step rows(SessionOptions options, IntUnaryOperator numbers, Taking taking) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(1000, 64), "x");
    Output number = tf.placeholder(DType.INT32, Shape.scalar(), "number");
    Output sum = tf.reduceSum(taking.of(tf, x, number));
    Tensor rows = Tensor.of(Numbers.fill(1300, 64_000, 0, 1), Shape.of(1000, 64));
    return fetching(options, graph, sum, i -> Map.of(x, rows, number, numbers.applyAsInt(i)));
  }

  private static Step fetching(
      SessionOptions options, Graph graph, Operand fetch, Map<?, ?> feeds) {
    return fetching(options, graph, fetch, i -> feeds);
  }

  private static Step fetching(
      SessionOptions options, Graph graph, Operand fetch, IntFunction<Map<?, ?>> feeds) {
    Session session = new Session(graph, options);
    return new Step() {
      @Override
      public double run(int i) {
        try (Tensor result = session.run(fetch, feeds.apply(i))) {
          return result.floatValue();
        }
      }

      @Override
      public void close() {
        session.close();
      }
    };
  }
}
