package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;

import io.millrace.Session;
import io.millrace.Tensor;
import io.millrace.type.Shape;
import java.util.Map;

@Subject("Sessions and tensors after they were closed")
final class LifetimeMistakes extends Mistakes {

  @Mistake("A run after the session was closed")
  void runAfterClose() {
    var x = tf.ones(3);
    session.close();
    session.run(x);
  }

  @Mistake(
      value = "A run after the block that closes the session",
      instead = "Run inside the block.")
  void runAfterBlock() {
    var x = tf.ones(3);
    var kept = new Session(graph);
    try (kept) {
      kept.run(x);
    }
    kept.run(x);
  }

  @Mistake("A variable set after the session was closed")
  void setAfterClose() {
    var w = tf.variable(tf.zeros(3), "w");
    session.close();
    session.set(w, new float[3]);
  }

  @Mistake("A run explained after the session was closed")
  void explainAfterClose() {
    var x = tf.ones(3);
    session.close();
    session.explain(x, Map.of());
  }

  @Mistake("A runner of a closed session")
  void runnerAfterClose() {
    var x = tf.ones(3);
    var runner = session.runner().fetch(x);
    session.close();
    runner.run();
  }

  @Mistake("A tensor read after it was closed")
  void readAfterClose() {
    var value = session.run(tf.constant(1f));
    value.close();
    value.floatValue();
  }

  @Mistake("An array of a tensor that was closed")
  void arrayAfterClose() {
    var value = Tensor.of(new float[] {1, 2});
    value.close();
    value.toFloatArray();
  }

  @Mistake("A closed tensor fed")
  void feedAfterClose() {
    var x = tf.placeholder(FLOAT32, Shape.of(2), "x");
    var value = Tensor.of(new float[] {1, 2});
    value.close();
    session.run(tf.identity(x), Map.of(x, value));
  }

  @Mistake("A closed tensor made a constant")
  void constantAfterClose() {
    var value = Tensor.of(new float[] {1, 2});
    value.close();
    tf.constant(value);
  }
}
