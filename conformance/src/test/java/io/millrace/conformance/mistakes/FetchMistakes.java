package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.UINT8;

import io.millrace.Graph;
import io.millrace.Tensor;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

@Subject("Fetching")
final class FetchMistakes extends Mistakes {

  @Mistake("A name that there is not")
  void noSuchName() {
    tf.withName("loss").reduceSum(tf.ones(2));
    session.run("los");
  }

  @Mistake("A name far from all others")
  void strangeName() {
    tf.withName("loss").reduceSum(tf.ones(2));
    session.run("accuracy:0");
  }

  @Mistake("An output that there is not")
  void noSuchOutput() {
    tf.withName("loss").reduceSum(tf.ones(2));
    session.run("loss:1");
  }

  @Mistake("A name with a letter after the colon")
  void strangeOutput() {
    tf.withName("loss").reduceSum(tf.ones(2));
    session.run("loss:a");
  }

  @Mistake("An empty name")
  void emptyName() {
    session.run("");
  }

  @Mistake("A tensor of another graph")
  void otherGraph() {
    var other = Ops.of(new Graph());
    var y = other.ones(2);
    session.run(y);
  }

  @Mistake("An operation of another graph")
  void operationOfOtherGraph() {
    tf.ones(2);
    var other = Ops.of(new Graph());
    session.run(other.noOp());
  }

  @Mistake("Something else than a tensor")
  void number() {
    session.run(List.of(1));
  }

  @Mistake("A list in the list")
  void nestedList() {
    var x = tf.ones(2);
    session.run(List.of(x, List.of(x)));
  }

  @Mistake("Null in the list")
  void nullFetch() {
    var x = tf.ones(2);
    session.run(Arrays.asList(x, null));
  }

  @Mistake("The value of an operation")
  void valueOfOperation() {
    var init = tf.noOp();
    var loss = tf.constant(1f);
    session.run(List.of(init, loss)).get(0);
  }

  @Mistake("More results than were asked for")
  void tooMany() {
    var loss = tf.constant(1f);
    session.run(List.of(loss)).get(1);
  }

  @Mistake("A result that was not asked for")
  void notAskedFor() {
    var loss = tf.constant(1f);
    var accuracy = tf.constant(0.5f);
    session.run(List.of(loss)).get(accuracy);
  }

  @Mistake("One number of many")
  void oneOfMany() {
    var x = tf.zeros(2, 3);
    session.run(x).floatValue();
  }

  @Mistake("An array of another type")
  void arrayOfType() {
    var x = tf.zeros(2, 3);
    session.run(x).toIntArray();
  }

  @Mistake("A boolean of a number")
  void booleanOfNumber() {
    var x = tf.constant(1f);
    session.run(x).booleanValue();
  }

  @Mistake("An element that there is not")
  void element() {
    var x = tf.zeros(2, 3);
    session.run(x).getFloat(0, 3);
  }

  @Mistake("An element by too few positions")
  void elementRank() {
    var x = tf.zeros(2, 3);
    session.run(x).getFloat(0);
  }

  @Mistake("A copy into an array that is too short")
  void copyTo() {
    var x = tf.zeros(2, 3);
    session.run(x).copyTo(new float[5]);
  }

  @Mistake("A copy into an array of another type")
  void copyToType() {
    var x = tf.zeros(2, 3);
    session.run(x).copyTo(new int[6]);
  }

  @Mistake("A buffer of another type")
  void buffer() {
    var x = tf.zeros(2, 3);
    session.run(x).asLongBuffer();
  }

  @Mistake("A tensor whose elements do not fill its shape")
  void tensorShape() {
    Tensor.of(new float[5], Shape.of(2, 3));
  }

  @Mistake("A tensor of rows of different lengths")
  void tensorRagged() {
    Tensor.of(new int[][] {{1, 2}, {3}});
  }

  @Mistake("A tensor of text")
  void tensorOfText() {
    Tensor.of("Hello");
  }

  @Mistake("A tensor of a number that its type does not hold")
  void tensorUnfit() {
    Tensor.of(new int[] {1, 256}, UINT8);
  }

  @Mistake("A tensor of nothing")
  void tensorOfNull() {
    Tensor.of((Object) null);
  }

  @Mistake("Zeros of a negative extent")
  void zeros() {
    Tensor.zeros(FLOAT32, 2, -1);
  }

  @Mistake("The extent of an axis that there is not")
  void extent() {
    var x = tf.zeros(2, 3);
    x.shape().dim(2);
  }

  @Mistake("The size of an unknown shape")
  void sizeOfUnknown() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    x.shape().size();
  }

  @Mistake("Explaining what there is not")
  void explain() {
    session.explain(List.of("loss"), Map.of());
  }
}
