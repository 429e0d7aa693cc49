package io.millrace.examples;

import java.util.Locale;
import java.util.Objects;

/** Counts how often a digit of each class was taken for each class. */
final class ConfusionTable {
  private static final int DIGITS = 10;

  private final long[][] counts = new long[DIGITS][DIGITS];

  /**
   * Counts one prediction.
   *
   * @throws IndexOutOfBoundsException if the truth or the prediction is not 0 to 9
   */
  void add(long truth, long predicted) {
    long column = Objects.checkIndex(predicted, DIGITS);
    counts[(int) Objects.checkIndex(truth, DIGITS)][(int) column]++;
  }

  /** Returns how often a digit of class {@code truth} was taken for {@code predicted}. */
  long count(int truth, int predicted) {
    return counts[truth][predicted];
  }

  /** Returns the number of predictions. */
  long total() {
    long total = 0;
    for (int truth = 0; truth < DIGITS; truth++) {
      total += support(truth);
    }
    return total;
  }

  /** Returns the number of right predictions. */
  long right() {
    long right = 0;
    for (int digit = 0; digit < DIGITS; digit++) {
      right += counts[digit][digit];
    }
    return right;
  }

  /** Returns the share of right predictions in [0, 1]; NaN if nothing was counted. */
  double accuracy() {
    return (double) right() / total();
  }

  /** Returns the share of a class's digits that were recognised; NaN if it had none. */
  double recall(int truth) {
    return (double) counts[truth][truth] / support(truth);
  }

  private long support(int truth) {
    long support = 0;
    for (long count : counts[truth]) {
      support += count;
    }
    return support;
  }

  /**
   * Returns the table as lines: a row per true class with its recall, then the overall accuracy.
   *
   * <p>A count of zero is shown as a dot, so that the confusions stand out.
   */
  @Override
  public String toString() {
    int width = Math.max(4, Long.toString(total()).length() + 1);
    StringBuilder text = new StringBuilder("truth  predicted\n     ");
    for (int predicted = 0; predicted < DIGITS; predicted++) {
      text.append(padded(Integer.toString(predicted), width));
    }
    text.append("   recall\n");
    for (int truth = 0; truth < DIGITS; truth++) {
      text.append(padded(Integer.toString(truth), 5));
      for (int predicted = 0; predicted < DIGITS; predicted++) {
        long count = counts[truth][predicted];
        text.append(padded(count == 0 ? "." : Long.toString(count), width));
      }
      text.append(padded(percent(recall(truth)), 9)).append('\n');
    }
    return text.append(
            String.format(
                Locale.ROOT, "accuracy %s (%d of %d)\n", percent(accuracy()), right(), total()))
        .toString()
        .replace("\n", System.lineSeparator());
  }

  private static String padded(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
