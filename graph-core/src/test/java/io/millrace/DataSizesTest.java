package io.millrace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs graphs with tensors whose sizes depend on data. */
class DataSizesTest {
  private final Graph graph = new Graph();
  private final TestOps ops = new TestOps(graph);
  private final Output x = ops.placeholder("x", DType.FLOAT32, -1);
  private final Output doubled = ops.add("doubled", x, x);
  private final Output picked = ops.positives("picked", doubled);
  private final Output sum = ops.add("sum", picked, picked);
  private final Session session = new Session(graph, SessionOptions.defaults().device("reference"));

  @AfterEach
  void close() {
    session.close();
  }

  private float[] run(Output fetch, float... values) {
    return session.run(fetch, Map.of(x, values)).toFloatArray();
  }

  @Test
  void theSizeIsThatOfTheData() {
    assertEquals(Shape.of(-1), picked.shape());
    assertArrayEquals(new float[] {4, 12}, run(sum, 1, -2, 3));
    assertArrayEquals(new float[] {}, run(sum, -1, -2, -3));
    assertArrayEquals(new float[] {4, 8, 12}, run(sum, 1, 2, 3));
    assertArrayEquals(new float[] {}, run(sum));
  }

  @Test
  void dataOfOneSizeShareAPlan() {
    run(sum, 1, -2, 3);
    int plans = session.cachedPlans();
    assertArrayEquals(new float[] {8, 12}, run(sum, -1, 2, 3));
    assertArrayEquals(new float[] {20, 28}, run(sum, 5, 7, -1));
    assertEquals(plans, session.cachedPlans());
  }

  @Test
  void sizesMayDependOnTensorsWhoseSizesDoToo() {
    Output one = ops.constant("one", new float[] {-5});
    Output more = ops.positives("more", ops.add("less", picked, one));
    assertArrayEquals(new float[] {1, 5}, run(more, 1, 3, -1, 5));
    assertArrayEquals(new float[] {1}, run(more, 3, 2, 1));
    assertArrayEquals(new float[] {}, run(more, -3, -2));
  }

  @Test
  void whatLeadsToTheSizesIsComputedOnce() {
    String text = session.explain(sum, Map.of(x, new float[] {1, -2, 3}));
    assertTrue(
        text.startsWith("found first: the sizes of picked (Positives) = int64[1] {2}\n"), text);
    String plan = text.substring(text.indexOf("\nplan"));
    assertTrue(plan.contains("picked"), plan);
    assertFalse(plan.contains("doubled"), plan);
  }

  @Test
  void whatLeadsToTheSizesWritesOnce() {
    Output count = ops.variable("count", DType.FLOAT32, 2);
    Output start = ops.constant("start", new float[] {-2, 2});
    Output step = ops.constant("step", new float[] {1, 1});
    session.run(ops.assign("set", count, start));
    Output grown = ops.assignAdd("grow", count, step).output(0);
    Output after = ops.positives("after", ops.identity("grown", grown));
    assertArrayEquals(new float[] {3}, session.run(after).toFloatArray());
    assertArrayEquals(new float[] {4}, session.run(after).toFloatArray());
    assertArrayEquals(new float[] {1, 5}, session.run(after).toFloatArray());
    assertArrayEquals(new float[] {1, 5}, session.run(count).toFloatArray());
  }

  @Test
  void constantsTellTheSizeWhenARunIsCompiled() {
    Output known = ops.positives("known", ops.constant("c", new float[] {3, -1}));
    String text = session.explain(known, Map.of());
    assertTrue(text.startsWith("graph"), text);
    assertArrayEquals(new float[] {3}, session.run(known).toFloatArray());
  }

  @Test
  void anythingMayBeFedInstead() {
    Map<Output, float[]> feeds = Map.of(picked, new float[] {1, 2, 3, 4});
    assertEquals(Shape.of(4), session.run(sum, feeds).shape());
    List<Tensor> both = session.run(List.of(doubled, sum), Map.of(doubled, new float[] {-1, 7}));
    assertArrayEquals(new float[] {14}, both.get(1).toFloatArray());
  }
}
