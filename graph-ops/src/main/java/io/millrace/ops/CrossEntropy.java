package io.millrace.ops;

import io.millrace.op.Arguments;

/**
 * What a cross entropy is taken between, by name and in either order: {@code
 * CrossEntropy.labels(y).logits(z)} or {@code CrossEntropy.logits(z).labels(y)}.
 *
 * @param labels the truth: distributions, classes or probabilities
 * @param logits the scores that the network gave
 */
public record CrossEntropy(Object labels, Object logits) {
  public CrossEntropy {
    Arguments.require(labels, "labels");
    Arguments.require(logits, "logits");
  }

  /** The truth, which still wants scores beside it. */
  public record Labels(Object labels) {
    public Labels {
      Arguments.require(labels, "labels");
    }

    /** Returns the labels with these scores. */
    public CrossEntropy logits(Object logits) {
      return new CrossEntropy(labels, logits);
    }
  }

  /** The scores, which still want the truth beside them. */
  public record Logits(Object logits) {
    public Logits {
      Arguments.require(logits, "logits");
    }

    /** Returns the scores with these labels. */
    public CrossEntropy labels(Object labels) {
      return new CrossEntropy(labels, logits);
    }
  }

  /** Begins with the truth. */
  public static Labels labels(Object labels) {
    return new Labels(labels);
  }

  /** Begins with the scores. */
  public static Logits logits(Object logits) {
    return new Logits(logits);
  }
}
