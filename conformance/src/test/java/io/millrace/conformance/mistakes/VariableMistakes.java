package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.UINT8;

import io.millrace.Session;
import io.millrace.type.Shape;
import java.util.Map;

@Subject("Variables")
final class VariableMistakes extends Mistakes {

  @Mistake("A variable that was not initialized")
  void uninitialized() {
    var w = tf.variable(tf.zeros(3), "w");
    session.run(w);
  }

  @Mistake("A training step before the initializer")
  void trainUninitialized() {
    var w = tf.variable(tf.zeros(3), "w");
    var loss = tf.reduceSum(tf.square(w));
    var train = tf.train.gradientDescent(0.1).minimize(loss);
    session.run(train);
  }

  @Mistake(
      value = "An initializer made before the last variable",
      instead = "Call `globalVariablesInitializer` when all variables are made.")
  void initializerTooEarly() {
    var w = tf.variable(tf.zeros(3), "w");
    var init = tf.globalVariablesInitializer();
    var b = tf.variable(tf.zeros(3), "b");
    session.run(init);
    session.run(tf.add(w, b));
  }

  @Mistake("Adam's slots that were not initialized")
  void slots() {
    var w = tf.variable(tf.zeros(3), "w");
    var init = tf.globalVariablesInitializer();
    var train = tf.train.adam(0.1).minimize(tf.reduceSum(tf.square(w)));
    session.run(init);
    session.run(train);
  }

  @Mistake(
      value = "Initialized in another session",
      instead = "Each session has its own values: run the initializer in each.")
  void otherSession() {
    var w = tf.variable(tf.zeros(3), "w");
    try (var first = new Session(graph)) {
      first.run(tf.globalVariablesInitializer());
    }
    session.run(w);
  }

  @Mistake("A first value that needs another variable")
  void firstValueOfOther() {
    var w = tf.variable(tf.random.normal(Shape.of(3)), "w");
    var copy = tf.variable(tf.multiply(w, 2f), "copy");
    session.run(copy.initializer());
  }

  @Mistake("A first value of unknown shape")
  void unknownShape() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    tf.variable(x, "w");
  }

  @Mistake("A first value that is fed")
  void fedFirstValue() {
    var start = tf.placeholder(FLOAT32, Shape.of(3), "start");
    var w = tf.variable(start, "w");
    session.run(w.initializer());
  }

  @Mistake("A value of another shape assigned")
  void assignShape() {
    var w = tf.variable(tf.zeros(3), "w");
    w.assign(tf.zeros(4));
  }

  @Mistake("A value of another type assigned")
  void assignType() {
    var w = tf.variable(tf.zeros(3), "w");
    w.assign(tf.zeros(INT32, 3));
  }

  @Mistake("A value added that does not fit")
  void assignAdd() {
    var w = tf.variable(tf.zeros(3), "w");
    w.assignAdd(new float[] {1, 2});
  }

  @Mistake("A count increased by a fraction")
  void assignFraction() {
    var step = tf.variable(0, "step");
    step.assignAdd(0.5);
  }

  @Mistake("A value of a shape that turns out wrong")
  void assignAtRun() {
    var w = tf.variable(tf.zeros(3), "w");
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var set = w.assign(x);
    session.run(set, Map.of(x, new float[4]));
  }

  @Mistake("A tensor assigned to")
  void assignTensor() {
    var x = tf.zeros(3);
    tf.assign(x, tf.ones(3));
  }

  @Mistake("A placeholder assigned to")
  void assignPlaceholder() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    tf.assignAdd(x, 1f);
  }

  @Mistake("A variable's read assigned to")
  void assignRead() {
    var w = tf.variable(tf.zeros(3), "w");
    tf.assign(w.value(), tf.ones(3));
  }

  @Mistake("A scatter with updates of another shape")
  void scatterShape() {
    var w = tf.variable(tf.zeros(3, 2), "w");
    tf.scatterUpdate(w, new int[] {0, 1}, tf.zeros(2, 3));
  }

  @Mistake("A scatter into no variable")
  void scatterTensor() {
    tf.scatterAdd(tf.zeros(3), new int[] {0}, new float[] {1});
  }

  @Mistake("A value of another shape set in a session")
  void setShape() {
    var w = tf.variable(tf.zeros(3), "w");
    session.set(w, new float[] {1, 2});
  }

  @Mistake("A value of another type set in a session")
  void setType() {
    var n = tf.variable(new int[] {1, 2}, "n");
    session.set(n, new double[] {1.5, 2});
  }

  @Mistake("A tensor set in a session")
  void setTensor() {
    var x = tf.zeros(3);
    session.set(x, new float[3]);
  }

  @Mistake("A variable set that there is not")
  void setNoSuch() {
    tf.variable(tf.zeros(3), "weights");
    session.set("weight", new float[3]);
  }

  @Mistake("A variable of text")
  void text() {
    tf.variable("zeros", "w");
  }

  @Mistake("A variable's read, misspelt")
  void fromVariable() {
    tf.variable(tf.zeros(3), "w");
    session.run("w/reed");
  }

  @Mistake("A first value of too great a number")
  void dtype() {
    tf.variable(300, UINT8, "pixel");
  }

  @Mistake("Xavier's initializer of an unknown shape")
  void xavier() {
    tf.initializers.glorotUniform(Shape.of(-1, 10));
  }

  @Mistake("Counting steps in a variable that is not a scalar")
  void globalStep() {
    var w = tf.variable(tf.zeros(3), "w");
    var loss = tf.reduceSum(tf.square(w));
    tf.train.gradientDescent(0.1).minimize(loss, w);
  }
}
