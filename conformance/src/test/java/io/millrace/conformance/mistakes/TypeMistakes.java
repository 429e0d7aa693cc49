package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.BOOL;
import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.FLOAT64;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.INT64;
import static io.millrace.type.DType.UINT8;

import io.millrace.ops.Dropout;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;

@Subject("Building a graph: types")
final class TypeMistakes extends Mistakes {

  @Mistake(
      value = "An integer added to a float tensor",
      instead = "Cast one of them: `tf.cast(n, FLOAT32)`.")
  void intAndFloat() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    var n = tf.placeholder(INT32, Shape.of(2), "n");
    tf.add(x, n);
  }

  @Mistake("Two precisions in one product")
  void twoPrecisions() {
    var x = tf.placeholder(FLOAT64, Shape.of(2, 3), "x");
    var w = tf.variable(tf.zeros(3, 4), "w");
    tf.matmul(x, w);
  }

  @Mistake("A fraction beside an integer tensor")
  void fractionBesideInteger() {
    var n = tf.placeholder(INT32, Shape.of(2), "n");
    tf.multiply(n, 0.5);
  }

  @Mistake("A number too great for the type beside it")
  void tooGreat() {
    var pixels = tf.placeholder(UINT8, Shape.of(-1, 784), "pixels");
    tf.add(pixels, 300);
  }

  @Mistake("A negative number beside an unsigned one")
  void negativeUnsigned() {
    var pixels = tf.placeholder(UINT8, Shape.of(-1, 784), "pixels");
    tf.subtract(pixels, -1);
  }

  @Mistake("A text where a tensor is meant")
  void text() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    tf.add(x, "1");
  }

  @Mistake("A constant of text")
  void constantText() {
    tf.constant("Hello");
  }

  @Mistake("A constant of something else")
  void constantObject() {
    tf.constant(new Object());
  }

  @Mistake("A map where a tensor is meant")
  void map() {
    tf.constant(Map.of("a", 1));
  }

  @Mistake("Objects of several kinds in a list")
  void mixedList() {
    tf.constant(List.of(1, "two", 3));
  }

  @Mistake("A number that an integer cannot be")
  void fractionAsInteger() {
    tf.constant(2.5, INT32);
  }

  @Mistake("Not a number as an integer")
  void nanAsInteger() {
    tf.constant(new double[] {1, Double.NaN}, INT64);
  }

  @Mistake("A number greater than any float")
  void hugeFloat() {
    tf.constant(1e39, FLOAT32);
  }

  @Mistake("Numbers as booleans")
  void numbersAsBooleans() {
    tf.constant(new int[] {0, 1, 2}, BOOL);
  }

  @Mistake("Letters as numbers")
  void letters() {
    tf.constant(new char[] {'a', 'b'});
  }

  @Mistake(value = "The root of integers", instead = "Cast to FLOAT32 first.")
  void rootOfIntegers() {
    var n = tf.placeholder(INT32, Shape.of(3), "n");
    tf.sqrt(n);
  }

  @Mistake("The exponential of integers")
  void expOfIntegers() {
    tf.exp(tf.constant(new int[] {1, 2}));
  }

  @Mistake("The logarithm of booleans")
  void logOfBooleans() {
    tf.log(tf.constant(true));
  }

  @Mistake("The sum of booleans")
  void sumOfBooleans() {
    var hit = tf.placeholder(BOOL, Shape.of(-1), "hit");
    tf.reduceSum(hit);
  }

  @Mistake(
      value = "The mean of booleans, as an accuracy",
      instead = "Cast them: `tf.reduceMean(tf.cast(correct, FLOAT32))`.")
  void meanOfBooleans() {
    var labels = tf.placeholder(INT64, Shape.of(-1), "labels");
    var guesses = tf.placeholder(INT64, Shape.of(-1), "guesses");
    var correct = tf.equal(labels, guesses);
    tf.reduceMean(correct);
  }

  @Mistake("Equality of different types")
  void equalOfTypes() {
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 10), "logits");
    var labels = tf.placeholder(INT32, Shape.of(-1), "labels");
    tf.equal(tf.argmax(logits, 1), labels);
  }

  @Mistake("And of numbers")
  void andOfNumbers() {
    tf.logicalAnd(tf.constant(new int[] {0, 1}), tf.constant(new int[] {1, 1}));
  }

  @Mistake("Not of numbers")
  void notOfNumbers() {
    tf.logicalNot(tf.ones(2));
  }

  @Mistake("A condition of numbers")
  void conditionOfNumbers() {
    tf.where(tf.constant(new int[] {0, 1}), tf.ones(2), tf.zeros(2));
  }

  @Mistake("A choice between types")
  void whereTypes() {
    var x = tf.ones(2);
    var n = tf.ones(INT32, 2);
    tf.where(new boolean[] {true, false}, x, n);
  }

  @Mistake("Bits of floats")
  void bitsOfFloats() {
    tf.bitwise.bitwiseAnd(tf.ones(2), tf.ones(2));
  }

  @Mistake("Floats as indices")
  void floatIndices() {
    var table = tf.zeros(10, 4);
    var ids = tf.placeholder(FLOAT32, Shape.of(-1), "ids");
    tf.gather(table, ids);
  }

  @Mistake("A fraction as an index")
  void fractionIndex() {
    tf.gather(tf.zeros(10, 4), 1.5);
  }

  @Mistake("A one-hot encoding of floats")
  void oneHotOfFloats() {
    var labels = tf.placeholder(FLOAT32, Shape.of(-1), "labels");
    tf.oneHot(labels, 10);
  }

  @Mistake("A mask of numbers")
  void maskOfNumbers() {
    tf.booleanMask(tf.ones(3), new int[] {1, 0, 1});
  }

  @Mistake("Bits read as a type of another size")
  void bitcast() {
    tf.bitcast(tf.zeros(INT32, 3), FLOAT64);
  }

  @Mistake("Joining types")
  void concatTypes() {
    tf.concat(List.of(tf.zeros(2), tf.zeros(INT32, 2)), 0);
  }

  @Mistake("Stacking types")
  void stackTypes() {
    tf.stack(List.of(tf.zeros(2), tf.zeros(FLOAT64, 2)));
  }

  @Mistake("Padding with a value of another type")
  void padType() {
    tf.pad(tf.zeros(INT32, 2), new int[][] {{1, 1}}, 0.5f);
  }

  @Mistake("Softmax of integers")
  void softmaxOfIntegers() {
    var scores = tf.placeholder(INT32, Shape.of(-1, 3), "scores");
    tf.nn.softmax(scores);
  }

  @Mistake("Relu of booleans")
  void reluOfBooleans() {
    tf.nn.relu(tf.constant(new boolean[] {true}));
  }

  @Mistake("Dropout of integers")
  void dropoutOfIntegers() {
    tf.nn.dropout(tf.ones(INT32, 3), Dropout.keep(0.5));
  }

  @Mistake("Random integers between fractions")
  void uniformIntegers() {
    tf.random.uniform(Shape.of(3), 0, 2.5, INT32);
  }

  @Mistake("Normal numbers of an integer type")
  void normalIntegers() {
    tf.random.normal(Shape.of(3), 0, 1, INT32);
  }

  @Mistake("A shape of text")
  void shapeOfText() {
    tf.placeholder(FLOAT32, "2,3", "x");
  }

  @Mistake("A shape with fractions")
  void shapeOfFractions() {
    tf.zeros(List.of(2.5, 3));
  }

  @Mistake("A shape of floats")
  void shapeOfFloats() {
    var dims = tf.placeholder(FLOAT32, Shape.of(2), "dims");
    tf.fill(dims, 0f);
  }

  @Mistake("Class numbers that are not integers")
  void labelsOfFloats() {
    var labels = tf.placeholder(FLOAT32, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 10), "logits");
    tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
  }
}
