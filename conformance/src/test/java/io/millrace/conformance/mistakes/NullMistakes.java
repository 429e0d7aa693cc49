package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;

import io.millrace.Session;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.Arrays;

@Subject("Null")
final class NullMistakes extends Mistakes {

  @Mistake("Null instead of a graph")
  void graph() {
    Ops.of(null);
  }

  @Mistake("A session without a graph")
  void session() {
    new Session(null);
  }

  @Mistake("Null instead of a tensor")
  void operand() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    tf.add(x, null);
  }

  @Mistake("Null on the other side of an operator")
  void operator() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    x.matmul(null);
  }

  @Mistake("Null in a list of tensors")
  void element() {
    tf.concat(Arrays.asList(tf.ones(2), null), 0);
  }

  @Mistake("Null instead of a name")
  void name() {
    tf.variable(tf.zeros(3), (String) null);
  }

  @Mistake("Null instead of a type")
  void dtype() {
    tf.placeholder(null, Shape.of(3), "x");
  }

  @Mistake("Null instead of a rate")
  void rate() {
    tf.train.adam(null);
  }

  @Mistake("Null instead of a loss")
  void loss() {
    tf.train.gradientDescent(0.1).minimize(null);
  }

  @Mistake("A control dependency that is null")
  void control() {
    try (var after = graph.controlDependencies(Arrays.asList(tf.noOp(), null))) {
      tf.constant(1);
    }
  }

  @Mistake("Null instead of feeds")
  void feeds() {
    var x = tf.ones(3);
    session.run(x, null);
  }

  @Mistake("Null instead of the name of what is fetched")
  void fetch() {
    session.run((String) null);
  }
}
