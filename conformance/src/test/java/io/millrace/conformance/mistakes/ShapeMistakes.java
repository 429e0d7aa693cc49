package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;

import io.millrace.ops.array.MirrorPadOps;
import io.millrace.ops.index.SortOps;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;

@Subject("Building a graph: shapes")
final class ShapeMistakes extends Mistakes {

  @Mistake("Matrices whose inner dimensions differ")
  void innerDimensionsDiffer() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 784), "x");
    var w = tf.variable(tf.zeros(100, 10), "w");
    tf.matmul(x, w);
  }

  @Mistake(
      value = "A vector multiplied as a matrix",
      instead = "Give it a second axis: `tf.expandDims(b, 1)`.")
  void vectorAsMatrix() {
    var a = tf.ones(2, 3);
    var b = tf.ones(3);
    tf.matmul(a, b);
  }

  @Mistake("A product of matrices in batches that differ")
  void batchesDiffer() {
    var a = tf.placeholder(FLOAT32, Shape.of(8, 2, 3), "a");
    var b = tf.placeholder(FLOAT32, Shape.of(4, 3, 5), "b");
    tf.matmul(a, b);
  }

  @Mistake("The wrong matrix transposed in a product")
  void transposedWrongly() {
    var a = tf.ones(2, 3);
    var b = tf.ones(4, 3);
    tf.matmul(a, b, true, false);
  }

  @Mistake("Shapes that do not broadcast")
  void doNotBroadcast() {
    var x = tf.ones(2, 3);
    var y = tf.ones(2);
    tf.add(x, y);
  }

  @Mistake("An operator on shapes that do not broadcast")
  void operatorDoesNotBroadcast() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 4), "x");
    x.times(new float[] {1, 2, 3});
  }

  @Mistake("A batch that does not broadcast when it is run")
  void broadcastAtRun() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var y = tf.placeholder(FLOAT32, Shape.of(-1), "y");
    var sum = tf.add(x, y);
    session.run(sum, Map.of(x, new float[3], y, new float[2]));
  }

  @Mistake("A product of matrices that does not fit when it is run")
  void productAtRun() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, -1), "x");
    var w = tf.ones(4, 2);
    var y = tf.matmul(x, w);
    session.run(y, Map.of(x, new float[2][3]));
  }

  @Mistake("A shape of another number of elements")
  void reshapeDoesNotFit() {
    var x = tf.zeros(2, 3);
    tf.reshape(x, 4, 2);
  }

  @Mistake("Two unknown extents in a new shape")
  void reshapeOfTwoUnknowns() {
    var x = tf.zeros(2, 3, 4);
    tf.reshape(x, -1, -1);
  }

  @Mistake("An extent that does not divide the number of elements")
  void reshapeDoesNotDivide() {
    var x = tf.zeros(2, 3);
    tf.reshape(x, -1, 4);
  }

  @Mistake("A negative extent in a new shape")
  void reshapeToNegative() {
    var x = tf.zeros(2, 3);
    tf.reshape(x, -2, 3);
  }

  @Mistake("Images flattened to the wrong size")
  void flattenedWrongly() {
    var images = tf.placeholder(FLOAT32, Shape.of(-1, 28, 28), "images");
    var rows = tf.reshape(images, -1, 768);
    session.run(rows, Map.of(images, new float[100][28][28]));
  }

  @Mistake("A new shape that does not fit when it is run")
  void reshapeAtRun() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var rows = tf.reshape(x, -1, 3);
    session.run(rows, Map.of(x, new float[7]));
  }

  @Mistake("A new shape with a fraction")
  void reshapeToFraction() {
    var x = tf.zeros(2, 3);
    tf.reshape(x, List.of(1.5, 4));
  }

  @Mistake("A new shape that is fed and does not fit")
  void reshapeFedAtRun() {
    var x = tf.zeros(2, 3);
    var dims = tf.placeholder(INT32, Shape.of(2), "dims");
    var y = tf.reshape(x, dims);
    session.run(y, Map.of(dims, new int[] {2, 4}));
  }

  @Mistake("Joining tensors of different shapes")
  void concatOfDifferent() {
    var a = tf.zeros(2, 3);
    var b = tf.zeros(3, 4);
    tf.concat(List.of(a, b), 0);
  }

  @Mistake("Joining tensors of different ranks")
  void concatOfRanks() {
    var a = tf.zeros(2, 3);
    var b = tf.zeros(3);
    tf.concat(List.of(a, b), 0);
  }

  @Mistake("Joining along an axis that there is not")
  void concatAxis() {
    var a = tf.zeros(2, 3);
    tf.concat(List.of(a, a), 2);
  }

  @Mistake("Joining scalars")
  void concatOfScalars() {
    tf.concat(List.of(tf.constant(1f), tf.constant(2f)), 0);
  }

  @Mistake("Joining nothing")
  void concatOfNothing() {
    tf.concat(List.of(), 0);
  }

  @Mistake("Joining tensors of different shapes when it is run")
  void concatAtRun() {
    var a = tf.placeholder(FLOAT32, Shape.of(-1, -1), "a");
    var b = tf.placeholder(FLOAT32, Shape.of(-1, -1), "b");
    var both = tf.concat(List.of(a, b), 0);
    session.run(both, Map.of(a, new float[2][3], b, new float[2][4]));
  }

  @Mistake("Stacking tensors of different shapes")
  void stackOfDifferent() {
    tf.stack(List.of(tf.zeros(2), tf.zeros(3)));
  }

  @Mistake("Stacking nothing")
  void stackOfNothing() {
    tf.stack(List.of());
  }

  @Mistake("Stacking along an axis that there is not")
  void stackAxis() {
    tf.stack(List.of(tf.zeros(2), tf.zeros(2)), 3);
  }

  @Mistake("Unstacking along an axis of unknown extent")
  void unstackUnknown() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    tf.unstack(x);
  }

  @Mistake("Unstacking a scalar")
  void unstackScalar() {
    tf.unstack(tf.constant(1f));
  }

  @Mistake("Unstacking along an axis that there is not")
  void unstackAxis() {
    tf.unstack(tf.zeros(2, 3), 2);
  }

  @Mistake("Splitting into parts that are not equal")
  void splitUnequal() {
    tf.split(tf.zeros(7, 2), 3);
  }

  @Mistake("Splitting by sizes that do not add up")
  void splitSizes() {
    tf.split(tf.zeros(7, 2), new int[] {3, 3}, 0);
  }

  @Mistake("Splitting by two unknown sizes")
  void splitTwoUnknown() {
    tf.split(tf.zeros(7, 2), new int[] {-1, -1}, 0);
  }

  @Mistake("Splitting into no parts")
  void splitIntoNone() {
    tf.split(tf.zeros(6, 2), 0);
  }

  @Mistake("Splitting along an axis that there is not")
  void splitAxis() {
    tf.split(tf.zeros(6, 2), 2, 5);
  }

  @Mistake("An order of axes that is too short")
  void transposeShort() {
    tf.transpose(tf.zeros(2, 3, 4), 1, 0);
  }

  @Mistake("An order of axes with one twice")
  void transposeTwice() {
    tf.transpose(tf.zeros(2, 3, 4), 0, 1, 1);
  }

  @Mistake("An order of axes counted from 1")
  void transposeFromOne() {
    tf.transpose(tf.zeros(2, 3), 2, 1);
  }

  @Mistake("Squeezing an axis that is not 1")
  void squeezeWide() {
    tf.squeeze(tf.zeros(2, 1, 3), 0);
  }

  @Mistake("Squeezing an axis that there is not")
  void squeezeAxis() {
    tf.squeeze(tf.zeros(2, 1), 2);
  }

  @Mistake("A new axis too far to the right")
  void expandTooFar() {
    tf.expandDims(tf.zeros(2, 3), 4);
  }

  @Mistake("A reduction along an axis that there is not")
  void reduceAxis() {
    tf.reduceSum(tf.zeros(2, 3), 2);
  }

  @Mistake("A reduction along one axis twice")
  void reduceTwice() {
    tf.reduceMean(tf.zeros(2, 3), 1, -1);
  }

  @Mistake("The greatest along an axis that there is not")
  void argmaxAxis() {
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 10), "logits");
    tf.argmax(logits, 2);
  }

  @Mistake("The position of the greatest of none")
  void argmaxOfNone() {
    tf.argmax(tf.zeros(0, 3), 0);
  }

  @Mistake("Softmax along an axis that there is not")
  void softmaxAxis() {
    tf.nn.softmax(tf.zeros(2, 3), 2);
  }

  @Mistake("Softmax of a scalar")
  void softmaxScalar() {
    tf.nn.softmax(tf.constant(1f));
  }

  @Mistake("Tiling with too few multiples")
  void tileShort() {
    tf.tile(tf.zeros(2, 3), 2);
  }

  @Mistake("Tiling a negative number of times")
  void tileNegative() {
    tf.tile(tf.zeros(2, 3), 2, -1);
  }

  @Mistake("Padding with too few rows")
  void padShort() {
    tf.pad(tf.zeros(2, 3), new int[][] {{1, 1}});
  }

  @Mistake("Padding by a negative amount")
  void padNegative() {
    tf.pad(tf.zeros(2, 3), new int[][] {{1, 1}, {0, -1}});
  }

  @Mistake("Mirroring more than there is")
  void padMirror() {
    tf.pad(tf.zeros(2, 3), new int[][] {{0, 0}, {3, 3}}, MirrorPadOps.Mode.REFLECT);
  }

  @Mistake("Broadcasting to a shape that does not fit")
  void broadcastTo() {
    tf.broadcastTo(tf.zeros(2, 3), 2, 4);
  }

  @Mistake("Broadcasting to fewer axes")
  void broadcastToFewer() {
    tf.broadcastTo(tf.zeros(2, 3), 3);
  }

  @Mistake("A placeholder of a negative extent")
  void placeholderNegative() {
    tf.placeholder(FLOAT32, Shape.of(-2, 3), "x");
  }

  @Mistake("A constant of another number of elements than its shape")
  void constantDoesNotFit() {
    tf.constant(new float[] {1, 2, 3}, FLOAT32, Shape.of(2, 2));
  }

  @Mistake("Rows of different lengths")
  void ragged() {
    tf.constant(new float[][] {{1, 2, 3}, {4, 5}});
  }

  @Mistake("A list of rows of different lengths")
  void raggedList() {
    tf.constant(List.of(List.of(1, 2), List.of(3)));
  }

  @Mistake("A list of numbers and rows")
  void raggedDepth() {
    tf.constant(List.of(1, List.of(2, 3)));
  }

  @Mistake("Zeros of a negative extent")
  void zerosNegative() {
    tf.zeros(2, -1);
  }

  @Mistake("Filling a negative extent")
  void fillNegative() {
    tf.fill(new int[] {-1, 2}, 1f);
  }

  @Mistake("Filling with a vector")
  void fillVector() {
    tf.fill(new int[] {2, 2}, new float[] {1, 2});
  }

  @Mistake("An identity matrix of negative size")
  void eyeNegative() {
    tf.eye(-3);
  }

  @Mistake("A one-hot encoding of negative depth")
  void oneHotNegative() {
    tf.oneHot(new int[] {0, 1}, -3);
  }

  @Mistake("A one-hot encoding at an axis that there is not")
  void oneHotAxis() {
    tf.oneHot(new int[] {0, 1}, 3, 1f, 0f, 4);
  }

  @Mistake("An assertion of a shape that does not hold")
  void ensureShape() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    tf.ensureShape(x, Shape.of(2, 4));
  }

  @Mistake("An assertion of a shape that does not hold when it is run")
  void ensureShapeAtRun() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1, 3), "x");
    var y = tf.ensureShape(x, Shape.of(2, 3));
    session.run(y, Map.of(x, new float[4][3]));
  }

  @Mistake("A range that never ends")
  void rangeOfZero() {
    tf.range(0, 10, 0);
  }

  @Mistake("A range that goes the other way")
  void rangeBackwards() {
    tf.range(10, 0, 1);
  }

  @Mistake("Evenly spaced numbers, none of them")
  void linspaceOfNone() {
    tf.linspace(0f, 1f, 0);
  }

  @Mistake("Evenly spaced numbers, half of one")
  void linspaceOfFraction() {
    tf.linspace(-2f, 2f, 2.5f);
  }

  @Mistake("An equation of Einstein with too few inputs")
  void einsumInputs() {
    tf.einsum("ij,jk->ik", tf.zeros(2, 3));
  }

  @Mistake("An equation of Einstein with too few letters")
  void einsumLetters() {
    tf.einsum("i,jk->ik", tf.zeros(2, 3), tf.zeros(3, 4));
  }

  @Mistake("An equation of Einstein whose extents differ")
  void einsumExtents() {
    tf.einsum("ij,jk->ik", tf.zeros(2, 3), tf.zeros(4, 5));
  }

  @Mistake("An equation of Einstein with an unknown letter on the right")
  void einsumUnknown() {
    tf.einsum("ij->ik", tf.zeros(2, 3));
  }

  @Mistake("A sum of products along axes that differ")
  void tensordot() {
    tf.tensordot(tf.zeros(2, 3), tf.zeros(2, 3), 1);
  }

  @Mistake("The trace of a vector")
  void traceOfVector() {
    tf.trace(tf.zeros(3));
  }

  @Mistake("Clipping between bounds of another shape")
  void clipShape() {
    tf.clipByValue(tf.zeros(2, 3), new float[] {0, 0}, 1f);
  }

  @Mistake("The sum of tensors of different shapes")
  void addN() {
    tf.addN(List.of(tf.zeros(2), tf.zeros(3)));
  }

  @Mistake("The sum of nothing")
  void addNothing() {
    tf.addN(List.of());
  }

  @Mistake("A choice between tensors of different shapes")
  void whereShapes() {
    tf.where(new boolean[] {true, false}, tf.zeros(2), tf.zeros(3));
  }

  @Mistake("The diagonal of a vector")
  void diagPart() {
    tf.matrixDiagPart(tf.zeros(3));
  }

  @Mistake("A cumulative sum along an axis that there is not")
  void cumsumAxis() {
    tf.cumsum(tf.zeros(2, 3), 2);
  }

  @Mistake("Sorting along an axis that there is not")
  void sortAxis() {
    tf.sort(tf.zeros(2, 3), 2, SortOps.Direction.DESCENDING);
  }

  @Mistake("A norm of an order that there is not")
  void normOrder() {
    tf.norm(tf.zeros(2, 3), -1);
  }

  @Mistake("The size of a shape of too many elements")
  void sizeTooGreat() {
    tf.size(tf.zeros(65536, 65536));
  }
}
