package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;

import io.millrace.Graph;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.List;

@Subject("Building a graph: names, scopes and graphs")
final class NameMistakes extends Mistakes {

  @Mistake("A name with a space")
  void nameWithSpace() {
    tf.placeholder(FLOAT32, Shape.of(3), "my input");
  }

  @Mistake("A name that begins with an underscore")
  void nameWithUnderscore() {
    tf.variable(tf.zeros(3), "_w");
  }

  @Mistake("A name with a colon")
  void nameWithColon() {
    tf.withName("x:0").add(1, 2);
  }

  @Mistake("A name with an umlaut")
  void nameWithUmlaut() {
    tf.withName("größe").size(tf.zeros(3));
  }

  @Mistake("A name with a space, of several operations")
  void nameOfComposed() {
    tf.withName("my mask").booleanMask(tf.ones(2), new boolean[] {true, false});
  }

  @Mistake("A scope with a space")
  void scopeWithSpace() {
    try (var scope = graph.nameScope("layer 1")) {
      tf.zeros(3);
    }
  }

  @Mistake("A scope that begins with a slash")
  void scopeWithSlash() {
    try (var scope = tf.nameScope("/layer1")) {
      tf.zeros(3);
    }
  }

  @Mistake("Scopes closed in the wrong order")
  void scopesInWrongOrder() {
    try (var outer = graph.nameScope("outer");
        var inner = graph.nameScope("inner")) {
      outer.close();
    }
  }

  @Mistake("A scope closed twice")
  void scopeTwice() {
    var scope = graph.nameScope("layer");
    scope.close();
    scope.close();
  }

  @Mistake("An operation that there is not")
  void noOperation() {
    tf.placeholder(FLOAT32, Shape.of(3), "images");
    graph.operation("image");
  }

  @Mistake("An output that there is not")
  void noOutput() {
    tf.placeholder(FLOAT32, Shape.of(3), "images");
    graph.output("images:1");
  }

  @Mistake("A variable that there is not")
  void noVariable() {
    tf.variable(tf.zeros(3), "weights");
    tf.variableNamed("weight");
  }

  @Mistake("Another output of an operation than it has")
  void outputOfOperation() {
    var x = tf.zeros(3);
    x.operation().output(1);
  }

  @Mistake(value = "A tensor of another graph", instead = "Build both in one graph.")
  void otherGraph() {
    var other = Ops.of(new Graph());
    var a = tf.constant(new int[] {1, 2});
    var b = other.constant(new int[] {2, 3});
    tf.add(a, b);
  }

  @Mistake("A variable of another graph")
  void variableOfOtherGraph() {
    var other = Ops.of(new Graph());
    var w = other.variable(other.zeros(3), "w");
    tf.multiply(w, 2f);
  }

  @Mistake("An assignment in another graph")
  void assignInOtherGraph() {
    var other = Ops.of(new Graph());
    var w = other.variable(other.zeros(3), "w");
    tf.assign(w, tf.ones(3));
  }

  @Mistake("A control dependency on another graph")
  void controlOfOtherGraph() {
    var other = Ops.of(new Graph());
    var step = other.noOp();
    try (var after = graph.controlDependencies(List.of(step))) {
      tf.constant(1);
    }
  }

  @Mistake("A group of operations of another graph")
  void groupOfOtherGraph() {
    var other = Ops.of(new Graph());
    tf.group(tf.noOp(), other.noOp());
  }

  @Mistake("A tensor of another graph in a list")
  void concatOfOtherGraph() {
    var other = Ops.of(new Graph());
    tf.concat(List.of(tf.ones(2), other.ones(2)), 0);
  }

  @Mistake("A loss of another graph than its optimizer")
  void lossOfOtherGraph() {
    var other = Ops.of(new Graph());
    var w = other.variable(other.zeros(3), "w");
    var loss = other.reduceSum(w);
    tf.train.gradientDescent(0.1).minimize(loss);
  }

  @Mistake("The default graph where there is none")
  void noDefault() {
    Ops.of(Graph.getDefault());
  }

  @Mistake("An initializer for variables of another graph")
  void initializerOfOtherGraph() {
    var other = Ops.of(new Graph());
    var w = other.variable(other.zeros(3), "w");
    tf.variablesInitializer(List.of(w));
  }

  @Mistake("A gradient by a tensor of another graph")
  void gradientOfOtherGraph() {
    var other = Ops.of(new Graph());
    var x = other.placeholder(FLOAT32, Shape.of(3), "x");
    var loss = tf.reduceSum(tf.ones(3));
    tf.gradients(loss, x);
  }

  @Mistake("The global step made twice")
  void stepTwice() {
    tf.train.createGlobalStep();
    tf.train.createGlobalStep();
  }
}
