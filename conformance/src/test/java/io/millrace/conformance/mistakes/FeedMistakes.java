package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.BOOL;
import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.INT64;
import static io.millrace.type.DType.UINT8;

import io.millrace.Feed;
import io.millrace.Graph;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

@Subject("Feeding")
final class FeedMistakes extends Mistakes {

  @Mistake(
      value = "A placeholder that is not fed",
      instead = "Give it a value in the second argument of `run`.")
  void notFed() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    session.run(tf.reduceSum(x));
  }

  @Mistake("Several placeholders that are not fed")
  void severalNotFed() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    var y = tf.placeholder(INT64, Shape.of(-1), "y");
    session.run(List.of(tf.reduceSum(x), tf.reduceSum(y)));
  }

  @Mistake("A value of another shape")
  void otherShape() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 784), "x");
    session.run(tf.reduceSum(x), Map.of(x, new float[2][783]));
  }

  @Mistake("A flat value that does not make up rows")
  void flatDoesNotFit() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 784), "x");
    session.run(tf.reduceSum(x), Map.of(x, new float[1000]));
  }

  @Mistake("A single example where a batch is meant")
  void oneForBatch() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 28, 28), "x");
    session.run(tf.reduceSum(x), Map.of(x, new float[28][28]));
  }

  @Mistake("A number where a vector is meant")
  void numberForVector() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    session.run(tf.reduceSum(x), Map.of(x, 1f));
  }

  @Mistake("Rows of different lengths")
  void ragged() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    session.run(tf.reduceSum(x), Map.of(x, new float[][] {{1, 2, 3}, {4, 5}}));
  }

  @Mistake("A row that is null")
  void nullRow() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    session.run(tf.reduceSum(x), Map.of(x, new float[2][]));
  }

  @Mistake("A fraction for an integer")
  void fraction() {
    var n = tf.placeholder(INT32, Shape.of(), "n");
    session.run(tf.square(n), Map.of(n, 1.5));
  }

  @Mistake("A number too great for its type")
  void tooGreat() {
    var pixels = tf.placeholder(UINT8, Shape.of(-1), "pixels");
    session.run(tf.identity(pixels), Map.of(pixels, new int[] {0, 255, 300}));
  }

  @Mistake("Not a number for an integer")
  void nan() {
    var n = tf.placeholder(INT64, Shape.of(-1), "n");
    session.run(tf.identity(n), Map.of(n, new double[] {1, Double.NaN}));
  }

  @Mistake("A number too great for float32")
  void hugeFloat() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    session.run(tf.identity(x), Map.of(x, new double[] {1, 1e300}));
  }

  @Mistake("Numbers for a boolean")
  void numbersForBoolean() {
    var training = tf.placeholder(BOOL, Shape.of(), "training");
    session.run(tf.logicalNot(training), Map.of(training, 2));
  }

  @Mistake("A text for a number")
  void text() {
    var x = tf.placeholder(FLOAT32, Shape.of(), "x");
    session.run(tf.identity(x), Map.of(x, "1.0"));
  }

  @Mistake("Texts after a right value")
  void textAfterRight() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var y = tf.identity(x);
    session.run(y, Map.of(x, new float[] {1, 2}));
    session.run(y, Map.of(x, new Object[] {"1", "2"}));
  }

  @Mistake("Bytes of a buffer for floats")
  void bytes() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    session.run(tf.identity(x), Map.of(x, ByteBuffer.allocate(12)));
  }

  @Mistake("A tensor of another type")
  void tensorOfType() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.run(tf.identity(x), Map.of(x, Tensor.of(new int[] {1, 2})));
  }

  @Mistake("A tensor of another shape")
  void tensorOfShape() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.run(tf.identity(x), Map.of(x, Tensor.of(new float[] {1, 2, 3})));
  }

  @Mistake("A tensor of the graph as a value")
  void outputAsValue() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    var y = tf.ones(2);
    session.run(tf.identity(x), Map.of(x, y));
  }

  @Mistake("A name that there is not")
  void noSuchName() {
    var images = tf.placeholder(FLOAT32, Shape.of(2), "images");
    session.run(tf.identity(images), Map.of("image", new float[2]));
  }

  @Mistake("A name of an output that there is not")
  void noSuchOutput() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.run(tf.identity(x), Map.of("x:1", new float[2]));
  }

  @Mistake("A placeholder of another graph")
  void otherGraph() {
    var other = Ops.of(new Graph());
    var x = other.placeholder(FLOAT32, Shape.of(2), "x");
    var y = tf.ones(2);
    session.run(y, Map.of(x, new float[2]));
  }

  @Mistake("One tensor fed twice")
  void twice() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.run(tf.identity(x), Feed.of(x, new float[2]).and("x:0", new float[2]));
  }

  @Mistake("An operation as a key")
  void operationAsKey() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.run(tf.identity(x), Map.of(x.operation(), new float[2]));
  }

  @Mistake("A number as a key")
  void numberAsKey() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.run(tf.identity(x), Map.of(0, new float[2]));
  }

  @Mistake("A null value")
  void nullValue() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    Map<Object, Object> feeds = new HashMap<>();
    feeds.put(x, null);
    session.run(tf.identity(x), feeds);
  }

  @Mistake("A value with null in it")
  void nullElement() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    session.run(tf.identity(x), Map.of(x, new Float[] {1f, null}));
  }

  @Mistake("Through a runner: a name that there is not")
  void runnerName() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    session.runner().feed("y", new float[2]).fetch(tf.identity(x)).run();
  }

  @Mistake("A set of values")
  void setOfValues() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    session.run(tf.identity(x), Map.of(x, Set.of(1f)));
  }

  @Mistake("An Optional as a value")
  void optional() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    session.run(tf.identity(x), Map.of(x, Optional.of(1f)));
  }
}
