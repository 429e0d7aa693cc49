package io.millrace.examples;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT64;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * LeNet-5 on handwritten digits.
 *
 * <p>Source: Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, Gradient-based learning applied to
 * document recognition, 1998; with rectifiers and max pooling, as it is taught today, and every
 * filter of the second convolution seeing every channel.
 */
final class LeNet5Example implements Example {
  private static final List<Long> PARAMETERS = List.of(156L, 2416L, 48120L, 10164L, 850L);

  @Override
  public String name() {
    return "lenet5";
  }

  @Override
  public String purpose() {
    return "Learns handwritten digits with LeNet-5, a convolutional network, and Adam.";
  }

  @Override
  public int run(String[] args) throws Exception {
    return DigitTraining.options(name(), purpose(), 10, 32)
        .run(
            args,
            System.out,
            System.err,
            options -> {
              DigitTraining training = new DigitTraining(options, name(), true);
              Network network = new Network(options.integer("seed"));
              DigitClassifier classifier = network.build(training.steps());
              network.printParameters();
              training.run(classifier);
              return 0;
            });
  }

  /** Builds the graph layer by layer. */
  static final class Network {
    private final Ops tf;
    private final List<String> names = new ArrayList<>();
    private final List<Long> parameters = new ArrayList<>();

    Network(long seed) {
      Graph graph = new Graph();
      graph.setSeed(seed);
      tf = Ops.of(graph);
    }

    /** Returns the graph of a training of this many steps. */
    DigitClassifier build(int steps) {
      Output x = tf.placeholder(FLOAT32, Shape.of(-1, 32, 32, 1), "x");
      Output y = tf.placeholder(INT64, Shape.of(-1), "y");

      Output h = tf.nn.maxPool(convolution("conv1", x, 1, 6), 2); // 28x28x6, then 14x14x6
      h = tf.nn.maxPool(convolution("conv2", h, 6, 16), 2); // 10x10x16, then 5x5x16
      h = tf.reshape(h, -1, 400);
      h = tf.nn.relu(dense("dense1", h, 400, 120));
      h = tf.nn.relu(dense("dense2", h, 120, 84));
      Output logits = dense("logits", h, 84, 10);

      Output loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));
      return new DigitClassifier(
          x, y, loss, tf.argmax(logits, 1), minimize(loss, steps), tf.globalVariablesInitializer());
    }

    /** Returns Adam at a rate that falls from 0.002 to 0 along half a cosine. */
    private Operation minimize(Output loss, int steps) {
      Variable step = tf.train.createGlobalStep();
      Output progress = tf.divide(tf.cast(step, FLOAT32), (float) steps);
      Output rate = tf.multiply(tf.add(tf.cos(tf.multiply(progress, (float) Math.PI)), 1f), 0.001f);
      return tf.train.adam(rate).minimize(loss, step);
    }

    private Output convolution(String name, Output x, int in, int out) {
      try (var ignored = tf.graph().nameScope(name)) {
        Variable w = tf.variable(tf.initializers.glorotUniform(Shape.of(5, 5, in, out)), "w");
        Variable b = tf.variable(tf.zeros(FLOAT32, out), "b");
        count(name, w, b);
        return tf.nn.relu(tf.nn.biasAdd(tf.nn.conv2d(x, w), b));
      }
    }

    private Output dense(String name, Output x, int in, int out) {
      try (var ignored = tf.graph().nameScope(name)) {
        Variable w = tf.variable(tf.initializers.glorotUniform(Shape.of(in, out)), "w");
        Variable b = tf.variable(tf.zeros(FLOAT32, out), "b");
        count(name, w, b);
        return tf.add(tf.matmul(x, w), b);
      }
    }

    private void count(String name, Variable w, Variable b) {
      names.add(name);
      parameters.add(w.asOutput().shape().size() + b.asOutput().shape().size());
    }

    /** Prints each layer's number of parameters, and insists that they are as they should be. */
    void printParameters() {
      if (!parameters.equals(PARAMETERS)) {
        throw new IllegalStateException(
            "LeNet-5 has " + PARAMETERS + " parameters, not " + parameters);
      }
      for (int i = 0; i < names.size(); i++) {
        System.out.printf("%-7s %,7d parameters%n", names.get(i), parameters.get(i));
      }
      System.out.printf(
          "%-7s %,7d parameters%n", "total", parameters.stream().mapToLong(Long::longValue).sum());
    }
  }
}
