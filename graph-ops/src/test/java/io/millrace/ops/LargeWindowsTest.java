package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Windows that are larger than the images, which TensorFlow lets through as no windows at all. */
class LargeWindowsTest {
  /** What slides a window of 3 by 3 over images of one channel, by name. */
  private static final Map<String, BiFunction<Ops, Output, Output>> SLIDING = sliding();

  private static Map<String, BiFunction<Ops, Output, Output>> sliding() {
    Map<String, BiFunction<Ops, Output, Output>> all = new LinkedHashMap<>();
    PoolOptions three = PoolOptions.window(3, 3);
    for (int stride : new int[] {1, 2, 5}) {
      String by = " by " + stride;
      ConvOptions valid = ConvOptions.valid().strides(stride, stride);
      PoolOptions pool = three.strides(stride, stride);
      int[] distance = {stride, stride};
      all.put("conv2d" + by, (tf, x) -> tf.nn.conv2d(x, tf.ones(3, 3, 1, 8), valid));
      all.put("depthwise" + by, (tf, x) -> tf.nn.depthwiseConv2d(x, tf.ones(3, 3, 1, 2), valid));
      all.put("max" + by, (tf, x) -> tf.nn.maxPool(x, pool));
      all.put("mean" + by, (tf, x) -> tf.nn.avgPool(x, pool));
      all.put(
          "patches" + by,
          (tf, x) ->
              tf.extractImagePatches(
                  x, new int[] {3, 3}, distance, new int[] {1, 1}, Padding.Kind.VALID));
    }
    all.put(
        "dilated",
        (tf, x) -> tf.nn.conv2d(x, tf.ones(2, 2, 1, 1), ConvOptions.valid().dilations(2, 2)));
    all.put(
        "explicit",
        (tf, x) -> tf.nn.conv2d(x, tf.ones(4, 4, 1, 1), ConvOptions.explicit(0, 1, 1, 0)));
    return all;
  }

  @TestFactory
  Stream<DynamicTest> areRefusedAtBuild() {
    return SLIDING.entrySet().stream()
        .map(
            entry ->
                DynamicTest.dynamicTest(
                    entry.getKey(),
                    () -> {
                      Ops tf = Ops.of(new Graph());
                      Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, 2, 2, 1), "x");
                      requireSaid(
                          assertThrows(GraphException.class, () -> entry.getValue().apply(tf, x)));
                    }));
  }

  @TestFactory
  Stream<DynamicTest> areRefusedAtTheRun() {
    return SLIDING.entrySet().stream()
        .flatMap(
            entry ->
                Stream.of("cpu", "reference")
                    .map(
                        device ->
                            DynamicTest.dynamicTest(
                                entry.getKey() + " on " + device,
                                () -> refusedAtTheRun(entry.getValue(), device))));
  }

  private static void refusedAtTheRun(BiFunction<Ops, Output, Output> sliding, String device) {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(-1, -1, -1, 1), "x");
    Output y = sliding.apply(tf, x);
    try (Session session = new Session(graph, SessionOptions.defaults().device(device))) {
      session.run(y, Map.of(x, new float[1][4][4][1])).close();
      requireSaid(
          assertThrows(
              GraphException.class, () -> session.run(y, Map.of(x, new float[1][2][2][1]))));
    }
  }

  private static void requireSaid(MillraceException e) {
    String message = e.getMessage();
    assertTrue(message.contains("does not fit spatial axis 0 of "), message);
    assertTrue(message.contains("\n  at " + LargeWindowsTest.class.getName()), message);
  }

  @Test
  void transposedConvolutionsNeedRoomForAWindowToo() {
    Ops tf = Ops.of(new Graph());
    Output none = tf.zeros(1, 0, 0, 1);
    GraphException e =
        assertThrows(
            GraphException.class,
            () ->
                tf.nn.conv2dTranspose(
                    none, tf.ones(3, 3, 1, 1), new int[] {1, 2, 2, 1}, ConvOptions.valid()));
    requireSaid(e);
  }

  @Test
  void samePaddingAndNoImagesStayAllowed() {
    Graph graph = new Graph();
    Ops tf = Ops.of(graph);
    Output small = tf.nn.conv2d(tf.ones(1, 2, 2, 1), tf.ones(3, 3, 1, 8), ConvOptions.same());
    Output none = tf.nn.conv2d(tf.ones(0, 3, 3, 1), tf.ones(3, 3, 1, 8));
    assertEquals(Shape.of(1, 2, 2, 8), small.shape());
    assertEquals(Shape.of(0, 1, 1, 8), none.shape());
    try (Session session = new Session(graph);
        Tensor result = session.run(none)) {
      assertEquals(Shape.of(0, 1, 1, 8), result.shape());
    }
  }
}
