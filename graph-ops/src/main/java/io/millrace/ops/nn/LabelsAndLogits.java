package io.millrace.ops.nn;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what a cross entropy is taken between, and checks the labels where that is asked for. */
final class LabelsAndLogits {
  /** How far the sum of a distribution may be from 1, as its rounded parts have it. */
  private static final float TOLERANCE = 1e-3f;

  private LabelsAndLogits() {}

  /** Returns labels and logits of one floating type, that of the logits if they are a tensor. */
  static List<Output> scores(Building building, Object labels, Object logits) {
    if (logits instanceof Operand operand) {
      Output scores = operand.asInput();
      return List.of(building.operand(labels, scores.dtype()), scores);
    }
    return building.floating(labels, logits);
  }

  /** Returns labels that are classes. */
  static Output classes(Building building, Object labels) {
    Output classes = building.operand(labels);
    if (!classes.dtype().isIndex()) {
      throw Refusal.of(
          "SparseSoftmaxCrossEntropyWithLogits",
          "labels are %s, but classes are int32 or int64: labels come first, logits second",
          classes);
    }
    return classes;
  }

  /** Returns labels that are distributions over their last axis. */
  static Output distributions(Ops tf, Output labels) {
    if (!tf.debugging.checksLabels()) {
      return labels;
    }
    Output sums = tf.reduceSum(labels, -1);
    Output least = tf.reduceMin(labels, -1);
    Output whole = tf.lessEqual(tf.abs(tf.subtract(sums, 1)), TOLERANCE);
    Output holds = tf.logicalAnd(whole, tf.greaterEqual(least, 0));
    return checked(
        tf, "labels_are_distributions", labels, holds, Map.of("sum", sums, "least_label", least));
  }

  /** Returns labels that are probabilities. */
  static Output probabilities(Ops tf, Output labels) {
    if (!tf.debugging.checksLabels()) {
      return labels;
    }
    Output holds = tf.logicalAnd(tf.greaterEqual(labels, 0), tf.lessEqual(labels, 1));
    return checked(tf, "labels_are_probabilities", labels, holds, Map.of("label", labels));
  }

  /**
   * Returns labels whose run fails unless a rule holds everywhere.
   *
   * @param told what the failure shows of the first place where it does not hold, by name
   */
  private static Output checked(
      Ops tf, String rule, Output labels, Output holds, Map<String, Output> told) {
    Output flat = tf.reshape(holds, -1);
    Output numbers = tf.range(tf.size(flat));
    Output first = tf.withName("position").reduceMin(tf.whereV2(flat, tf.size(flat), numbers));
    List<Object> shown = new ArrayList<>(List.of(first));
    new TreeMap<>(told)
        .forEach(
            (name, value) -> {
              Output own = tf.whereV2(tf.equal(numbers, first), tf.reshape(value, -1), 0);
              shown.add(tf.withName(name).reduceSum(own));
            });
    Operation check = tf.withName(rule).assertThat(tf.reduceAll(holds), shown.toArray());
    Graph.Scope scope = tf.graph().controlDependencies(List.of(check));
    try (scope) {
      return tf.identity(labels);
    }
  }
}
