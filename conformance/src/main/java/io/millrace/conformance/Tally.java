package io.millrace.conformance;

/** Counts cases: those that passed, of all. */
record Tally(int passed, int all) {
  static final Tally NONE = new Tally(0, 0);

  /** Returns this with one case more. */
  Tally plus(Verdict verdict) {
    return new Tally(verdict instanceof Verdict.Passed ? passed + 1 : passed, all + 1);
  }

  /** Returns both together. */
  Tally plus(Tally other) {
    return new Tally(passed + other.passed, all + other.all);
  }

  /** Returns a text such as {@code 3 of 4}; empty if there is no case. */
  @Override
  public String toString() {
    return all == 0 ? "" : passed + " of " + all;
  }
}
