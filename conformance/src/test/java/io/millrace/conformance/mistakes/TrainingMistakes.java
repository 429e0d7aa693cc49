package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.FLOAT64;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.INT64;

import io.millrace.Graph;
import io.millrace.ops.GradientAndVariable;
import io.millrace.ops.Ops;
import io.millrace.ops.Optimizer;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Optional;

@Subject("Gradients and optimizers")
final class TrainingMistakes extends Mistakes {

  @Mistake("An accuracy minimized")
  void accuracy() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 2), "x");
    var y = tf.placeholder(INT64, Shape.of(-1), "y");
    var w = tf.variable(tf.zeros(2, 3), "w");
    var correct = tf.equal(tf.argmax(tf.matmul(x, w), 1), y);
    var accuracy = tf.reduceMean(tf.cast(correct, FLOAT32));
    tf.train.gradientDescent(0.1).minimize(accuracy);
  }

  @Mistake("A loss minimized without variables")
  void noVariables() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var loss = tf.reduceSum(tf.square(x));
    tf.train.adam().minimize(loss);
  }

  @Mistake("A loss that does not depend on the variables")
  void independent() {
    tf.variable(tf.zeros(3), "w");
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var loss = tf.reduceSum(tf.square(x));
    tf.train.gradientDescent(0.1).minimize(loss);
  }

  @Mistake("A loss of integers")
  void integerLoss() {
    tf.variable(tf.zeros(3), "w");
    var loss = tf.constant(3);
    tf.train.gradientDescent(0.1).minimize(loss);
  }

  @Mistake("Variables of integers trained")
  void integerVariable() {
    var n = tf.variable(3, "n");
    var loss = tf.square(tf.cast(n, FLOAT32));
    var some = Optimizer.Options.defaults().variables(List.of(n));
    tf.train.gradientDescent(0.1).minimize(loss, some);
  }

  @Mistake("A rate that is text")
  void textRate() {
    tf.train.gradientDescent("0.1");
  }

  @Mistake("A rate that is a vector")
  void vectorRate() {
    tf.train.momentum(tf.constant(new float[] {0.1f, 0.2f}), 0.9);
  }

  @Mistake("A rate that is an array")
  void arrayRate() {
    tf.train.gradientDescent(new float[] {0.1f, 0.2f});
  }

  @Mistake("A rate of another graph")
  void rateOfOtherGraph() {
    var rate = Ops.of(new Graph()).constant(0.1f);
    var w = tf.variable(tf.zeros(3), "w");
    tf.train.gradientDescent(rate).minimize(tf.reduceSum(tf.square(w)));
  }

  @Mistake("Gradients applied of which there are none")
  void applyNothing() {
    tf.train.gradientDescent(0.1).applyGradients(List.of());
  }

  @Mistake("A gradient of another shape applied")
  void gradientShape() {
    var w = tf.variable(tf.zeros(3), "w");
    var pair = new GradientAndVariable(Optional.of(tf.ones(2)), w);
    tf.train.gradientDescent(0.1).applyGradients(List.of(pair));
  }

  @Mistake("A gradient of another type applied")
  void gradientType() {
    var w = tf.variable(tf.zeros(3), "w");
    var pair = new GradientAndVariable(Optional.of(tf.ones(FLOAT64, 3)), w);
    tf.train.adam().applyGradients(List.of(pair));
  }

  @Mistake("A variable of another graph trained")
  void variableOfOtherGraph() {
    var other = Ops.of(new Graph());
    var v = other.variable(other.zeros(3), "v");
    var w = tf.variable(tf.zeros(3), "w");
    var some = Optimizer.Options.defaults().variables(List.of(v));
    tf.train.gradientDescent(0.1).minimize(tf.reduceSum(w), some);
  }

  @Mistake("A gradient by integers")
  void byIntegers() {
    var n = tf.placeholder(INT32, Shape.of(), "n");
    tf.gradients(tf.cast(n, FLOAT32), n);
  }

  @Mistake("A gradient by what does not lead there")
  void notConnected() {
    var x = tf.placeholder(FLOAT32, Shape.of(), "x");
    var y = tf.placeholder(FLOAT32, Shape.of(), "y");
    tf.gradients(tf.square(x), y);
  }

  @Mistake("A gradient through a stop")
  void stopped() {
    var x = tf.placeholder(FLOAT32, Shape.of(), "x");
    var y = tf.stopGradient(tf.square(x));
    tf.gradients(y, x);
  }

  @Mistake("A gradient through rounding")
  void rounded() {
    var x = tf.placeholder(FLOAT32, Shape.of(), "x");
    tf.gradients(tf.round(x), x);
  }

  @Mistake("A gradient of a result of integers")
  void ofIntegers() {
    var x = tf.placeholder(FLOAT32, Shape.of(), "x");
    tf.gradients(tf.cast(x, INT32), x);
  }

  @Mistake("A gradient through an assignment")
  void throughAssignment() {
    var w = tf.variable(tf.zeros(3), "w");
    var next = w.assign(tf.ones(3));
    tf.gradients(tf.reduceSum(next), w);
  }

  @Mistake("Gradients of nothing")
  void ofNothing() {
    var x = tf.placeholder(FLOAT32, Shape.of(), "x");
    tf.gradients(List.of(), List.of(x));
  }

  @Mistake("Gradients that arrive with another shape")
  void gradYs() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    tf.gradients(List.of(tf.square(x)), List.of(x), List.of(tf.ones(2)));
  }

  @Mistake("Fewer gradients that arrive than results")
  void gradYsCount() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    tf.gradients(List.of(x, tf.square(x)), List.of(x), List.of(tf.ones(3)));
  }

  @Mistake("Clipping to a norm that is a vector")
  void clipVector() {
    tf.clipByGlobalNorm(List.of(tf.ones(3)), new float[] {1, 2});
  }

  @Mistake("Clipping nothing")
  void clipNothing() {
    tf.clipByGlobalNorm(List.of(), 5);
  }

  @Mistake("Clipping integers")
  void clipIntegers() {
    tf.clipByNorm(tf.ones(INT32, 3), 1);
  }
}
