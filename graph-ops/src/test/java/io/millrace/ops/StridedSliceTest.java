package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.ops.array.SliceMasks;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StridedSliceTest {
  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  /** 0 to 23 as [2,3,4]. */
  private final Output x = tf.reshape(tf.range(24), 2, 3, 4);

  private Tensor run(Output fetch, Map<Output, ?> feeds) {
    try (Session session = new Session(graph, SessionOptions.defaults().device("reference"))) {
      return session.run(fetch, feeds);
    }
  }

  private void picks(String entries, Shape shape, int... elements) {
    Output slice = tf.stridedSlice(x, entries);
    assertEquals(shape, slice.shape(), entries);
    try (Tensor value = run(slice, Map.of())) {
      assertEquals(shape, value.shape(), entries);
      assertArrayEquals(elements, value.toIntArray(), entries);
    }
  }

  @Test
  void textReadsAsNumPys() {
    picks("1, 2, 3", Shape.of(), 23);
    picks("-1, 0, ::-1", Shape.of(4), 15, 14, 13, 12);
    picks("..., 0", Shape.of(2, 3), 0, 4, 8, 12, 16, 20);
    picks("0, ..., newaxis, 1:3:2", Shape.of(3, 1, 1), 1, 5, 9);
    picks(":1 , 5:0:-2 , -2:", Shape.of(1, 1, 2), 10, 11);
    picks("newaxis, 1, 1:1", Shape.of(1, 0, 4));
    picks("1:0:-1, -9:1, 3", Shape.of(1, 1), 15);
    picks("1, 1, 2:99999999999", Shape.of(2), 18, 19);
  }

  @Test
  void textThatIsNoSliceIsRefused() {
    String message =
        assertThrows(GraphException.class, () -> tf.stridedSlice(x, "1:, one")).getMessage();
    assertTrue(message.startsWith("[StridedSlice] 'one' in \"1:, one\" is no index"), message);
    assertTrue(message.contains("(StridedSliceTest.java:"), message);
    assertThrows(GraphException.class, () -> tf.stridedSlice(x, ""));
    assertThrows(GraphException.class, () -> tf.stridedSlice(x, "1:2:3:4"));
    assertThrows(GraphException.class, () -> tf.stridedSlice(x, "99999999999999999999"));
  }

  @Test
  void whatIsKnownOfTheShapeIsKept() {
    Output vague = tf.placeholder(DType.FLOAT32, Shape.of(-1, 3, 4));
    assertEquals(Shape.of(-1, 4), tf.stridedSlice(vague, "1:, 0").shape());
    assertEquals(Shape.of(2, 4, 1), tf.stridedSlice(vague, "0, 1:, :, newaxis").shape());
    Output begin = tf.placeholder(DType.INT32, Shape.of(2));
    SliceMasks masks = SliceMasks.none().begin(1).end(1).shrinkAxis(0);
    int[] nothing = {0, 0};
    Output slice = tf.stridedSlice(vague, begin, nothing, new int[] {1, -2}, masks);
    assertEquals(Shape.of(2, 4), slice.shape());
    Output unknown = tf.placeholder(DType.FLOAT32, Shape.unknown());
    assertEquals(Shape.unknown(), tf.stridedSlice(unknown, "1:").shape());
  }

  @Test
  void positionsMayBeFed() {
    Output begin = tf.placeholder(DType.INT32, Shape.of(1));
    Output end = tf.placeholder(DType.INT32, Shape.of(1));
    Output slice = tf.stridedSlice(tf.range(10), begin, end);
    for (int last : new int[] {4, -3}) {
      Map<Output, Object> feeds = Map.of(begin, new int[] {2}, end, new int[] {last});
      try (Tensor value = run(slice, feeds)) {
        assertArrayEquals(
            last == 4 ? new int[] {2, 3} : new int[] {2, 3, 4, 5, 6}, value.toIntArray());
      }
    }
  }
}
