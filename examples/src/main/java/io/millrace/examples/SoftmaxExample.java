package io.millrace.examples;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT64;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.Shape;

/** Softmax regression on handwritten digits: the tutorial that TensorFlow 1 began with. */
final class SoftmaxExample implements Example {
  @Override
  public String name() {
    return "softmax";
  }

  @Override
  public String purpose() {
    return "Learns handwritten digits with softmax regression, gradient descent at rate 0.5.";
  }

  @Override
  public int run(String[] args) throws Exception {
    return DigitTraining.options(name(), purpose(), 10, 100)
        .run(
            args,
            System.out,
            System.err,
            options -> {
              new DigitTraining(options, name(), false).run(build());
              return 0;
            });
  }

  /** Returns the graph: one product, one addition, and what it takes to learn them. */
  static DigitClassifier build() {
    var graph = new Graph();
    var tf = Ops.of(graph);

    Output x = tf.placeholder(FLOAT32, Shape.of(-1, Images.PIXELS), "x");
    Output y = tf.placeholder(INT64, Shape.of(-1), "y");
    Variable w = tf.variable(tf.zeros(FLOAT32, Images.PIXELS, 10), "w");
    Variable b = tf.variable(tf.zeros(FLOAT32, 10), "b");
    Output logits = tf.add(tf.matmul(x, w), b);
    Output loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(y, logits));

    return new DigitClassifier(
        x,
        y,
        loss,
        tf.argmax(logits, 1),
        tf.train.gradientDescent(0.5f).minimize(loss),
        tf.globalVariablesInitializer());
  }
}
