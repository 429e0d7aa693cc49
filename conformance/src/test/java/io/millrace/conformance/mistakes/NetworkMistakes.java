package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT64;

import io.millrace.ops.ConvOptions;
import io.millrace.ops.DataFormat;
import io.millrace.ops.Dropout;
import io.millrace.ops.Padding;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;

@Subject("Building a graph: networks")
final class NetworkMistakes extends Mistakes {

  @Mistake("A filter of another number of channels")
  void channelsDiffer() {
    var images = tf.placeholder(FLOAT32, Shape.of(-1, 28, 28, 3), "images");
    var filter = tf.variable(tf.zeros(5, 5, 1, 32), "filter");
    tf.nn.conv2d(images, filter);
  }

  @Mistake(value = "Images without a channel", instead = "Add it: `tf.expandDims(images, -1)`.")
  void withoutChannel() {
    var images = tf.placeholder(FLOAT32, Shape.of(-1, 28, 28), "images");
    var filter = tf.zeros(5, 5, 1, 32);
    tf.nn.conv2d(images, filter);
  }

  @Mistake("A filter without an axis of outputs")
  void filterOfThreeAxes() {
    tf.nn.conv2d(tf.zeros(1, 28, 28, 1), tf.zeros(5, 5, 1));
  }

  @Mistake("A filter larger than the image")
  void filterTooLarge() {
    var images = tf.placeholder(FLOAT32, Shape.of(-1, 2, 2, 1), "images");
    tf.nn.conv2d(images, tf.zeros(3, 3, 1, 8));
  }

  @Mistake("A filter larger than the image that is fed")
  void filterTooLargeAtRun() {
    var images = tf.placeholder(FLOAT32, Shape.of(-1, -1, -1, 1), "images");
    var features = tf.nn.conv2d(images, tf.zeros(3, 3, 1, 8));
    session.run(features, Map.of(images, new float[1][2][2][1]));
  }

  @Mistake("Strides of 0")
  void strideOfZero() {
    tf.nn.conv2d(tf.zeros(1, 8, 8, 1), tf.zeros(3, 3, 1, 4), ConvOptions.same().strides(0, 0));
  }

  @Mistake(
      value = "Strides for all four axes",
      instead = "Give those of height and width alone: `strides(2, 2)`.")
  void fourStrides() {
    tf.nn.conv2d(
        tf.zeros(1, 8, 8, 1), tf.zeros(3, 3, 1, 4), ConvOptions.same().strides(1, 2, 2, 1));
  }

  @Mistake("A negative dilation")
  void negativeDilation() {
    tf.nn.conv2d(tf.zeros(1, 8, 8, 1), tf.zeros(3, 3, 1, 4), ConvOptions.same().dilations(-1, -1));
  }

  @Mistake("A negative padding")
  void negativePadding() {
    tf.nn.conv2d(tf.zeros(1, 8, 8, 1), tf.zeros(3, 3, 1, 4), ConvOptions.explicit(1, 1, -1, 1));
  }

  @Mistake("Channels last where channels first is asked for")
  void channelsFirst() {
    tf.nn.conv2d(tf.zeros(1, 28, 28, 3), tf.zeros(5, 5, 3, 8), ConvOptions.same().nchw());
  }

  @Mistake("A transposed convolution of a size that there is not")
  void conv2dTranspose() {
    var x = tf.zeros(1, 4, 4, 8);
    var filter = tf.zeros(3, 3, 3, 8);
    tf.nn.conv2dTranspose(x, filter, new int[] {1, 9, 9, 3}, ConvOptions.same().strides(2, 2));
  }

  @Mistake("A depthwise filter of other channels")
  void depthwise() {
    tf.nn.depthwiseConv2d(tf.zeros(1, 8, 8, 3), tf.zeros(3, 3, 4, 2), ConvOptions.same());
  }

  @Mistake("A separable convolution whose filters do not fit")
  void separable() {
    var x = tf.zeros(1, 8, 8, 3);
    tf.nn.separableConv2d(x, tf.zeros(3, 3, 3, 2), tf.zeros(1, 1, 5, 4), ConvOptions.same());
  }

  @Mistake("Pooling with a window of 0")
  void poolOfZero() {
    tf.nn.maxPool(tf.zeros(1, 8, 8, 3), 0);
  }

  @Mistake("Pooling with a window larger than the image")
  void poolTooLarge() {
    tf.nn.maxPool(tf.zeros(1, 2, 2, 3), 3);
  }

  @Mistake(
      value = "Pooling with a window for all four axes",
      instead = "Give height and width alone: `new int[] {2, 2}`.")
  void poolOfFour() {
    var x = tf.zeros(1, 8, 8, 3);
    tf.nn.maxPool(x, new int[] {1, 2, 2, 1}, new int[] {1, 2, 2, 1}, Padding.SAME);
  }

  @Mistake("Pooling a matrix")
  void poolOfMatrix() {
    tf.nn.avgPool(tf.zeros(8, 8), 2);
  }

  @Mistake("Pooling with explicit padding")
  void poolExplicit() {
    var x = tf.zeros(1, 8, 8, 3);
    tf.nn.avgPool(x, new int[] {2, 2}, new int[] {2, 2}, Padding.explicit(1, 1, 1));
  }

  @Mistake("A bias of another length")
  void biasLength() {
    tf.nn.biasAdd(tf.zeros(2, 10), tf.zeros(5));
  }

  @Mistake("A bias that is a matrix")
  void biasMatrix() {
    tf.nn.biasAdd(tf.zeros(2, 10), tf.zeros(1, 10));
  }

  @Mistake("Labels and logits of different shapes")
  void labelsAndLogits() {
    var labels = tf.placeholder(FLOAT32, Shape.of(-1, 10), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 5), "logits");
    tf.nn.softmaxCrossEntropyWithLogits(labels, logits);
  }

  @Mistake(
      value = "Class numbers given as distributions",
      instead = "Use `sparseSoftmaxCrossEntropyWithLogits`, or `tf.oneHot(labels, 10)`.")
  void classesAsDistributions() {
    var labels = tf.placeholder(INT64, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 10), "logits");
    tf.nn.softmaxCrossEntropyWithLogits(labels, logits);
  }

  @Mistake(
      value = "Distributions given as class numbers",
      instead = "Use `softmaxCrossEntropyWithLogits`, or `tf.argmax(labels, 1)`.")
  void distributionsAsClasses() {
    var labels = tf.placeholder(INT64, Shape.of(-1, 10), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 10), "logits");
    tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
  }

  @Mistake("Labels and logits the wrong way round")
  void wrongWayRound() {
    var y = tf.placeholder(INT64, Shape.of(-1), "y");
    var z = tf.placeholder(FLOAT32, Shape.of(-1, 10), "z");
    tf.nn.sparseSoftmaxCrossEntropyWithLogits(z, y);
  }

  @Mistake("Labels of another batch than the logits")
  void batchOfLabels() {
    var labels = tf.placeholder(INT64, Shape.of(32), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(64, 10), "logits");
    tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits);
  }

  @Mistake("Sigmoid cross entropy of different shapes")
  void sigmoidShapes() {
    var labels = tf.placeholder(FLOAT32, Shape.of(-1), "labels");
    var logits = tf.placeholder(FLOAT32, Shape.of(-1, 1), "logits");
    tf.nn.sigmoidCrossEntropyWithLogits(labels, logits);
  }

  @Mistake("A keep_prob of 0")
  void keepNothing() {
    tf.nn.dropout(tf.ones(3), Dropout.keep(0));
  }

  @Mistake("A keep_prob in percent")
  void keepPercent() {
    tf.nn.dropout(tf.ones(3), Dropout.keep(80));
  }

  @Mistake("A rate that drops everything")
  void dropAll() {
    tf.nn.dropout(tf.ones(3), Dropout.rate(1));
  }

  @Mistake("A negative rate")
  void negativeRate() {
    tf.nn.dropout(tf.ones(3), Dropout.rate(-0.1));
  }

  @Mistake("A rate that is text")
  void textRate() {
    tf.nn.dropout(tf.ones(3), Dropout.rate("0.5"));
  }

  @Mistake("A keep_prob that is fed and greater than 1")
  void keepFed() {
    var keep = tf.placeholder(FLOAT32, Shape.of(), "keep");
    var y = tf.nn.dropout(tf.ones(3), Dropout.keep(keep));
    session.run(y, Map.of(keep, 80f));
  }

  @Mistake("A vector of keep_probs")
  void keepVector() {
    var keep = tf.placeholder(FLOAT32, Shape.of(3), "keep");
    tf.nn.dropout(tf.ones(3), Dropout.keep(keep));
  }

  @Mistake("Noise of a shape that does not broadcast")
  void noiseShape() {
    tf.nn.dropout(tf.ones(4, 3), Dropout.keep(0.5).noiseShape(new int[] {2, 1}));
  }

  @Mistake("Batch normalization with statistics of another length")
  void batchNorm() {
    var x = tf.zeros(8, 4);
    tf.nn.batchNormalization(x, tf.zeros(3), tf.ones(3), tf.zeros(3), tf.ones(3), 1e-3f);
  }

  @Mistake("Fused batch normalization of rows")
  void fusedBatchNorm() {
    tf.nn.fusedBatchNorm(tf.zeros(8, 4), tf.ones(4), tf.zeros(4), 1e-3f, DataFormat.NHWC);
  }

  @Mistake("Fused batch normalization with a scale of another length")
  void fusedScale() {
    var x = tf.zeros(8, 2, 2, 4);
    tf.nn.fusedBatchNorm(x, tf.ones(3), tf.zeros(4), 1e-3f, DataFormat.NHWC);
  }

  @Mistake("A look-up in no table")
  void lookupInNothing() {
    tf.nn.embeddingLookup(List.of(), new int[] {1, 2});
  }

  @Mistake("The greatest three of two")
  void topK() {
    tf.nn.topK(tf.zeros(4, 2), 3);
  }

  @Mistake("A negative number of the greatest")
  void topNegative() {
    tf.nn.topK(tf.zeros(4, 2), -1);
  }

  @Mistake("Response normalization of a matrix")
  void lrn() {
    tf.nn.localResponseNormalization(tf.zeros(3, 3), 5, 1f, 1f, 0.5f);
  }

  @Mistake("Space to depth by a block that does not divide")
  void spaceToDepth() {
    tf.spaceToDepth(tf.zeros(1, 5, 5, 1), 2);
  }

  @Mistake("Depth to space of too few channels")
  void depthToSpace() {
    tf.depthToSpace(tf.zeros(1, 2, 2, 3), 2);
  }

  @Mistake("Patches of a matrix")
  void patches() {
    tf.image.extractImagePatches(
        tf.zeros(8, 8), new int[] {3, 3}, new int[] {1, 1}, new int[] {1, 1}, Padding.Kind.VALID);
  }

  @Mistake("Leaky relu of text")
  void leaky() {
    tf.nn.leakyRelu("x");
  }

  @Mistake("L2 loss of integers")
  void l2OfIntegers() {
    tf.nn.l2Loss(tf.constant(new int[][] {{1, 2}, {3, 4}}));
  }

  @Mistake("Concatenated relu along an axis that there is not")
  void crelu() {
    tf.nn.crelu(tf.zeros(2, 3), 2);
  }
}
