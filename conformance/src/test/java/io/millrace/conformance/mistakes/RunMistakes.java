package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.BOOL;
import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;
import static io.millrace.type.DType.INT64;

import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;

@Subject("Running: indices, labels, masks and checks")
final class RunMistakes extends Mistakes {

  @Mistake("An index outside a table")
  void gather() {
    var table = tf.zeros(10, 4);
    var ids = tf.placeholder(INT32, Shape.of(-1), "ids");
    var rows = tf.gather(table, ids);
    session.run(rows, Map.of(ids, new int[] {3, 10}));
  }

  @Mistake("A negative index")
  void gatherNegative() {
    var table = tf.zeros(10, 4);
    var rows = tf.gather(table, new int[] {0, -1});
    session.run(rows);
  }

  @Mistake("A word that an embedding does not have")
  void embedding() {
    var words = tf.variable(tf.zeros(1000, 16), "words");
    var ids = tf.placeholder(INT64, Shape.of(-1, -1), "ids");
    var vectors = tf.nn.embeddingLookup(words, ids);
    session.run(tf.globalVariablesInitializer());
    session.run(vectors, Map.of(ids, new long[][] {{1, 999}, {1000, 2}}));
  }

  @Mistake("A position outside a tensor")
  void gatherNd() {
    var x = tf.zeros(2, 3);
    var y = tf.gatherNd(x, new int[][] {{0, 0}, {1, 3}});
    session.run(y);
  }

  @Mistake("Positions of too many numbers")
  void gatherNdDepth() {
    tf.gatherNd(tf.zeros(2, 3), new int[][] {{0, 0, 0}});
  }

  @Mistake("A scatter outside its shape")
  void scatterNd() {
    var y = tf.scatterNd(new int[][] {{4}}, new float[] {1}, new int[] {4});
    session.run(y);
  }

  @Mistake("A scatter of too few updates")
  void scatterNdShapes() {
    tf.scatterNd(new int[][] {{1}, {2}}, new float[] {1}, new int[] {4});
  }

  @Mistake("A scatter into a variable outside of it")
  void scatterVariable() {
    var counts = tf.variable(tf.zeros(3), "counts");
    var add = tf.scatterAdd(counts, new int[] {0, 3}, new float[] {1, 1});
    session.run(tf.globalVariablesInitializer());
    session.run(add);
  }

  @Mistake("A label that is no class")
  void label() {
    var labels = tf.placeholder(INT64, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 10), "logits");
    var loss = tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
    session.run(loss, Map.of(labels, new int[] {9, 10}, logits, new float[2][10]));
  }

  @Mistake("Labels counted from -1")
  void negativeLabel() {
    var labels = tf.placeholder(INT64, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 2), "logits");
    var loss = tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
    session.run(loss, Map.of(labels, new int[] {1, -1}, logits, new float[2][2]));
  }

  @Mistake("Labels and logits of different batches")
  void batches() {
    var labels = tf.placeholder(INT64, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 2), "logits");
    var loss = tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
    session.run(loss, Map.of(labels, new int[3], logits, new float[2][2]));
  }

  @Mistake(
      value = "Logits given as labels, with labels checked",
      instead = "Say which is which: `CrossEntropy.labels(y).logits(z)`.")
  void labelsChecked() {
    tf.debugging.enableCheckLabels();
    var y = tf.constant(new float[][] {{0, 0, 1}});
    var z = tf.constant(new float[][] {{1, 2, 3}});
    var loss = tf.nn.softmaxCrossEntropyWithLogits(z, y);
    session.run(loss);
  }

  @Mistake("Probabilities that are none, with labels checked")
  void probabilitiesChecked() {
    tf.debugging.enableCheckLabels();
    var labels = tf.placeholder(FLOAT32, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1), "logits");
    var loss = tf.nn.sigmoidCrossEntropyWithLogits(labels, logits);
    session.run(loss, Map.of(labels, new float[] {0, 2}, logits, new float[2]));
  }

  @Mistake("A mask of another length")
  void maskLength() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var mask = tf.placeholder(BOOL, Shape.of(-1), "mask");
    var y = tf.booleanMask(x, mask);
    session.run(y, Map.of(x, new float[3], mask, new boolean[] {true, false, true, true}));
  }

  @Mistake("A mask that is known to be of another length")
  void maskKnown() {
    tf.booleanMask(tf.zeros(3), new boolean[4]);
  }

  @Mistake("A mask of unknown rank")
  void maskRank() {
    var mask = tf.placeholder(BOOL);
    tf.booleanMask(tf.zeros(3), mask);
  }

  @Mistake("A logarithm of 0, with numbers checked")
  void checkNumerics() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var y = tf.checkNumerics(tf.log(x), "the loss");
    session.run(y, Map.of(x, new float[] {1, 0}));
  }

  @Mistake("Not a number, with numbers checked")
  void checkNan() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var y = tf.checkNumerics(tf.sqrt(x), "the norm");
    session.run(y, Map.of(x, new float[] {1, -1}));
  }

  @Mistake("An assertion that does not hold")
  void assertion() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var positive = tf.assertThat(tf.reduceAll(tf.greater(x, 0)), x);
    session.run(positive, Map.of(x, new float[] {1, -2}));
  }

  @Mistake("An assertion of a vector")
  void assertionOfVector() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    tf.assertThat(tf.greater(x, 0), x);
  }

  @Mistake("An integer divided by 0")
  void division() {
    var n = tf.placeholder(INT32, Shape.of(-1), "n");
    var q = tf.floordiv(12, n);
    session.run(q, Map.of(n, new int[] {3, 0}));
  }

  @Mistake("The remainder of an integer by 0")
  void remainder() {
    var n = tf.placeholder(INT32, Shape.of(-1), "n");
    var r = tf.mod(12, n);
    session.run(r, Map.of(n, new int[] {3, 0}));
  }

  @Mistake("A division by 0 that is known")
  void divisionKnown() {
    var q = tf.div(tf.constant(new int[] {1, 2}), 0);
    session.run(q);
  }

  @Mistake("A negative power of integers")
  void power() {
    var n = tf.placeholder(INT32, Shape.of(-1), "n");
    var p = tf.pow(n, -1);
    session.run(p, Map.of(n, new int[] {2}));
  }

  @Mistake("Segments that are not in order")
  void segments() {
    var ids = tf.placeholder(INT32, Shape.of(-1), "ids");
    var sums = tf.segmentSum(new float[] {1, 2, 3}, ids);
    session.run(sums, Map.of(ids, new int[] {0, 2, 1}));
  }

  @Mistake("A segment beyond the last")
  void unsortedSegments() {
    var ids = tf.placeholder(INT32, Shape.of(-1), "ids");
    var sums = tf.unsortedSegmentSum(new float[] {1, 2, 3}, ids, 2);
    session.run(sums, Map.of(ids, new int[] {0, 2, 1}));
  }

  @Mistake("Segments of another number than the data")
  void segmentsLength() {
    tf.segmentSum(new float[] {1, 2, 3}, new int[] {0, 1});
  }

  @Mistake("A part beyond the last")
  void partition() {
    var parts = tf.placeholder(INT32, Shape.of(-1), "parts");
    var split = tf.dynamicPartition(new float[] {1, 2, 3}, parts, 2);
    session.run(split.get(0), Map.of(parts, new int[] {0, 1, 2}));
  }

  @Mistake("Stitching at a negative position")
  void stitch() {
    var at = tf.placeholder(INT32, Shape.of(-1), "at");
    var y = tf.dynamicStitch(List.of(at), List.of(tf.ones(2)));
    session.run(y, Map.of(at, new int[] {0, -1}));
  }

  @Mistake("A permutation that is none")
  void permutation() {
    var order = tf.placeholder(INT32, Shape.of(-1), "order");
    var inverse = tf.invertPermutation(order);
    session.run(inverse, Map.of(order, new int[] {0, 2, 2}));
  }

  @Mistake("Sequences longer than there is")
  void reverseSequence() {
    var lengths = tf.placeholder(INT32, Shape.of(2), "lengths");
    var y = tf.reverseSequence(tf.zeros(2, 3), lengths, 1, 0);
    session.run(y, Map.of(lengths, new int[] {2, 4}));
  }

  @Mistake("More of the greatest than there are, fed")
  void topK() {
    var k = tf.placeholder(INT32, Shape.of(), "k");
    var best = tf.nn.topK(tf.zeros(4, 2), k).values();
    session.run(best, Map.of(k, 3));
  }

  @Mistake("A depth that is fed and negative")
  void oneHot() {
    var depth = tf.placeholder(INT32, Shape.of(), "depth");
    var y = tf.oneHot(new int[] {0, 1}, depth, 1f, 0f, -1);
    session.run(y, Map.of(depth, -2));
  }

  @Mistake("A range whose step is fed as 0")
  void range() {
    var step = tf.placeholder(INT32, Shape.of(), "step");
    var y = tf.range(0, 10, step);
    session.run(y, Map.of(step, 0));
  }

  @Mistake("A slice that is fed and begins outside")
  void slice() {
    var begin = tf.placeholder(INT32, Shape.of(1), "begin");
    var y = tf.slice(tf.zeros(5), begin, new int[] {3});
    session.run(y, Map.of(begin, new int[] {4}));
  }

  @Mistake("An axis that is fed and there is not")
  void concatAxis() {
    var axis = tf.placeholder(INT32, Shape.of(), "axis");
    var y = tf.concat(List.of(tf.zeros(2), tf.zeros(3)), axis);
    session.run(y, Map.of(axis, 1));
  }

  @Mistake("Repetitions that are fed and negative")
  void tile() {
    var times = tf.placeholder(INT32, Shape.of(1), "times");
    var y = tf.tile(tf.zeros(2), times);
    session.run(y, Map.of(times, new int[] {-1}));
  }

  @Mistake("Sizes that are fed and do not add up")
  void split() {
    var sizes = tf.placeholder(INT32, Shape.of(2), "sizes");
    var parts = tf.split(tf.zeros(5), sizes, 2, 0);
    session.run(parts.get(0), Map.of(sizes, new int[] {2, 2}));
  }

  @Mistake("Random integers from nothing")
  void uniform() {
    var high = tf.placeholder(INT32, Shape.of(), "high");
    var y = tf.random.uniform(Shape.of(3), 0, high, INT32);
    session.run(y, Map.of(high, 0));
  }

  @Mistake("A gradient that must not be")
  void preventGradient() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    var y = tf.preventGradient(tf.square(x), "of squares");
    tf.gradients(tf.reduceSum(y), x);
  }
}
