package com.acme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.io.GraphDefs;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Somebody else's operations stand in files, and are differentiated, as ours are. */
class AcmeFilesTest {
  private static Graph graph() {
    Ops tf = Ops.of(new Graph());
    Output x = tf.placeholder(DType.FLOAT32, Shape.of(2), "x");
    Output y = tf.placeholder(DType.FLOAT32, Shape.of(2), "y");
    tf.withName("blend").apply(new AcmeOps.Blend(0.25f), x, y);
    return tf.graph();
  }

  @Test
  void areWrittenAndReadBack() {
    Graph read = GraphDefs.readText(GraphDefs.writeText(graph()));
    assertEquals(new AcmeOps.Blend(0.25f), read.operation("blend").op());
    assertEquals(graph().toString(), read.toString());
  }

  @Test
  void areReadFromWhatOthersWrote() {
    Graph read =
        GraphDefs.readText(
            """
            node { name: "x" op: "Placeholder"
              attr { key: "dtype" value { type: DT_DOUBLE } }
              attr { key: "shape" value { shape { } } } }
            node { name: "z" op: "AcmeBlend" input: "x" input: "x"
              attr { key: "T" value { type: DT_DOUBLE } } }
            """);
    assertEquals(new AcmeOps.Blend(0.5f), read.operation("z").op());
  }

  @Test
  void runWithTheirGradientsAfterReading() {
    Graph read = GraphDefs.read(GraphDefs.write(graph()));
    Output x = read.output("x");
    Output slope = Ops.of(read).gradients(read.output("blend"), x).get(0);
    Map<Output, Object> feeds = Map.of(x, new float[] {1, 2}, read.output("y"), new float[] {5, 6});
    try (Session session = new Session(read, SessionOptions.defaults().device("reference"));
        Tensor blend = session.run(read.output("blend"), feeds);
        Tensor gradient = session.run(slope, feeds)) {
      assertEquals("[2. 3.]", blend.toString());
      assertEquals("[0.75 0.75]", gradient.toString());
    }
  }

  @Test
  void mistakesNameTheLineOfTheUser() {
    Ops tf = Ops.of(new Graph());
    Output x = tf.ones(2);
    for (Runnable mistake :
        new Runnable[] {
          () -> tf.apply(new AcmeOps.Blend(2), x, x),
          () -> tf.graph().add(new AcmeOps.Blend(1), "far", java.util.List.of(x, tf.ones(3)))
        }) {
      String text = String.valueOf(assertThrows(GraphException.class, mistake::run).getMessage());
      assertTrue(text.startsWith("[AcmeBlend"), text);
      assertTrue(text.contains("at com.acme.AcmeFilesTest.") && text.contains(".java:"), text);
    }
  }
}
