package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Counting in variables and setting slices of them, by reference and by handle. */
class CountAndSliceAssignTest {
  private static final int[] FIRST = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  /** What NumPy makes of {@code v[0::2, 3:0:-2] = [[-1, -2], [-3, -4]]}. */
  private static final int[] SET = {0, -2, 2, -1, 4, 5, 6, 7, 8, -4, 10, -3};

  private final Graph graph = new Graph();
  private final Ops tf = Ops.of(graph);

  private Variable variable(boolean resource, Object value) {
    return tf.variable(value, "v", Variable.Options.defaults().useResource(resource));
  }

  @ParameterizedTest
  @CsvSource({"cpu,false", "cpu,true", "reference,false", "reference,true"})
  void slicesAreSetAsNumpySetsThem(String device, boolean resource) {
    Variable v = variable(resource, tf.reshape(FIRST, 3, 4));
    int[][] value = {{-1, -2}, {-3, -4}};
    Output known =
        tf.stridedSliceAssign(v, new int[] {0, 3}, new int[] {3, 0}, new int[] {2, -2}, value);
    Output begin = tf.placeholder(DType.INT32, Shape.of(2));
    Output fed = tf.stridedSliceAssign(v, begin, new int[] {3, 0}, new int[] {2, -2}, value);
    for (boolean passes : new boolean[] {false, true}) {
      SessionOptions options = SessionOptions.defaults().device(device).passes(passes);
      try (Session session = new Session(graph, options)) {
        session.run(v.initializer());
        assertArrayEquals(SET, session.run(known).toIntArray());
        assertArrayEquals(SET, session.run(v).toIntArray());
        session.run(v.initializer());
        assertArrayEquals(SET, session.run(fed, Map.of(begin, new int[] {0, 3})).toIntArray());
        ExecutionException failure =
            assertThrows(
                ExecutionException.class, () -> session.run(fed, Map.of(begin, new int[] {2, 3})));
        assertTrue(failure.getMessage().contains("StridedSliceAssign"), failure.getMessage());
        assertArrayEquals(SET, session.run(v).toIntArray());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"cpu,false", "cpu,true", "reference,false", "reference,true"})
  void aCountEndsBeforeItsLimit(String device, boolean resource) {
    Variable v = variable(resource, tf.constant(5));
    Output count = tf.countUpTo(v, 7);
    SessionOptions options = SessionOptions.defaults().device(device);
    try (Session session = new Session(graph, options)) {
      session.run(v.initializer());
      assertEquals(5, session.run(count).intValue());
      assertEquals(6, session.run(count).intValue());
      for (int i = 0; i < 2; i++) {
        String message =
            assertThrows(ExecutionException.class, () -> session.run(count)).getMessage();
        for (String part :
            List.of("CountUpTo", "the count has reached its limit, 7", "CountAndSliceAssignTest")) {
          assertTrue(message.contains(part), message);
        }
      }
      assertEquals(7, session.run(v).intValue());
    }
  }
}
