package io.millrace.io;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.ops.Dropout;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Small binary graphs: some that TensorFlow 2.21 wrote, some of ours. */
final class GraphSamples {
  private GraphSamples() {}

  static List<byte[]> all() {
    List<byte[]> samples = new ArrayList<>(flat());
    samples.add(resource("defun.pb"));
    samples.add(resource("functions.pb"));
    samples.add(resource("frames/cond_two_outputs_in_while.pb"));
    samples.add(resource("frames/while_in_cond_in_while.pb"));
    samples.add(resource("frames/assign_in_cond_in_loop_ref.pb"));
    return samples;
  }

  /** Returns those without functions, and without loops in loops. */
  private static List<byte[]> flat() {
    List<byte[]> samples = new ArrayList<>(ofTensorFlow());
    samples.add(training());
    samples.add(shapes());
    return samples;
  }

  /** Returns those that are read in no time. */
  static List<byte[]> small() {
    return flat().stream().filter(sample -> sample.length < 8000).toList();
  }

  private static List<byte[]> ofTensorFlow() {
    return List.of(
        resource("adam_mlp.pb"),
        resource("momentum_nesterov.pb"),
        resource("conv2d_backprop_filter.pb"),
        resource("conv1d.pb"));
  }

  static byte[] resource(String name) {
    try (InputStream stream = GraphSamples.class.getResourceAsStream(name)) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] training() {
    Ops tf = Ops.of(new Graph());
    Output images = tf.placeholder(DType.FLOAT32, Shape.of(-1, 8, 8, 1), "images");
    Output labels = tf.placeholder(DType.INT64, Shape.of(-1), "labels");
    Variable filter = tf.variable(tf.initializers.glorotUniform(Shape.of(3, 3, 1, 4)), "filter");
    Output pooled = tf.nn.maxPool(tf.nn.relu(tf.nn.conv2d(images, filter)), 2);
    Variable dense = tf.variable(tf.random.truncatedNormal(Shape.of(36, 10), 0f, 0.1f), "dense");
    Output logits = tf.matmul(tf.nn.dropout(tf.reshape(pooled, -1, 36), Dropout.keep(0.5f)), dense);
    Output loss = tf.reduceMean(tf.nn.sparseSoftmaxCrossEntropyWithLogits(labels, logits));
    tf.train.gradientDescent(0.1f).minimize(loss);
    tf.globalVariablesInitializer();
    return GraphDefs.write(tf.graph());
  }

  /** Operations whose shapes come from values. */
  private static byte[] shapes() {
    Ops tf = Ops.of(new Graph());
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 4), "x");
    Output sizes = tf.placeholder(DType.INT32, Shape.of(3), "sizes");
    Output wide = tf.pad(tf.transpose(tf.reshape(x, 2, -1, 2), 1, 0, 2), new int[3][2]);
    tf.slice(wide, new long[] {0, 1, 0}, new long[] {1, -1, 2});
    tf.concat(tf.unstack(tf.tile(x, new int[] {1, 2}), 1), 0);
    tf.reduceSum(tf.multiply(tf.fill(sizes, 1.5f), tf.oneHot(tf.argmax(x, 1), 4)), 0);
    tf.range(0, tf.size(x), 1);
    return GraphDefs.write(tf.graph());
  }
}
