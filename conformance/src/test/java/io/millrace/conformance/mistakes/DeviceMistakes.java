package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.FLOAT32;

import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.type.Shape;
import java.util.Map;

@Subject("Devices, memory and threads")
final class DeviceMistakes extends Mistakes {

  @Mistake("A device's name with a letter wrong")
  void misspelt() {
    new Session(graph, SessionOptions.defaults().device("cqu:0"));
  }

  @Mistake("A device's name that is none")
  void noName() {
    new Session(graph, SessionOptions.defaults().device("the fast one"));
  }

  @Mistake("The second processor")
  void secondCpu() {
    new Session(graph, SessionOptions.defaults().device("cpu:1"));
  }

  @Mistake("A device's scope that is none")
  void scope() {
    try (var device = graph.device("gpu 0")) {
      tf.ones(3);
    }
  }

  @Mistake("An operation on a device that there is not")
  void operationOnNone() {
    try (var device = graph.device("/device:TPU:0")) {
      tf.withName("y").square(tf.constant(3f));
    }
    session.run("y");
  }

  @Mistake("An operation on another machine")
  void otherMachine() {
    try (var device = graph.device("/job:worker/task:1/cpu:0")) {
      tf.withName("y").square(tf.constant(3f));
    }
    session.run("y");
  }

  @Mistake("A negative number of threads")
  void negativeThreads() {
    new Session(graph, SessionOptions.defaults().threads(-1));
  }

  @Mistake("Too many threads")
  void tooManyThreads() {
    new Session(graph, SessionOptions.defaults().threads(1_000_000_000));
  }

  @Mistake("A negative limit of memory")
  void negativeLimit() {
    new Session(graph, SessionOptions.defaults().memoryLimit(-1));
  }

  @Mistake("A cache of no plans")
  void noPlans() {
    SessionOptions.defaults().planCacheSize(0);
  }

  @Mistake("No run at a time")
  void noRuns() {
    SessionOptions.defaults().parallelRuns(0);
  }

  @Mistake("A value greater than the limit")
  void valueOverTheLimit() {
    var x = tf.placeholder(FLOAT32, Shape.of(-1), "x");
    var options = SessionOptions.defaults().device("cpu").memoryLimit(1 << 20);
    try (var small = new Session(graph, options)) {
      small.run(tf.reduceSum(x), Map.of(x, new float[1_000_000]));
    }
  }

  @Mistake("A variable greater than the limit")
  void variableOverTheLimit() {
    tf.variable(tf.zeros(1000, 1000), "w");
    var options = SessionOptions.defaults().device("cpu").memoryLimit(1 << 20);
    try (var small = new Session(graph, options)) {
      small.run(tf.globalVariablesInitializer());
    }
  }

  @Mistake("A constant greater than the limit")
  void constantOverTheLimit() {
    var w = tf.constant(new float[1000][1000]);
    var options = SessionOptions.defaults().device("cpu").memoryLimit(1 << 20);
    try (var small = new Session(graph, options)) {
      small.run(tf.reduceSum(tf.sort(w)));
    }
  }

  @Mistake("A run of an interrupted thread")
  void interrupted() {
    var x = tf.ones(3);
    Thread.currentThread().interrupt();
    session.run(tf.reduceSum(tf.square(x)));
  }
}
