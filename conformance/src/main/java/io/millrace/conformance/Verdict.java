package io.millrace.conformance;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** What came of a case. */
sealed interface Verdict {

  /** Everything is as TensorFlow recorded it. */
  record Passed() implements Verdict {}

  /**
   * The graph needs what the engine lacks.
   *
   * @param operations the types of the operations
   * @param message what the engine says about them
   */
  record Unsupported(List<String> operations, String message) implements Verdict {
    public Unsupported {
      operations = List.copyOf(operations);
    }
  }

  /**
   * Something is not as recorded.
   *
   * @param summary one line
   * @param details lines that tell everything
   */
  record Failed(String summary, List<String> details) implements Verdict {
    public Failed {
      details = List.copyOf(details);
    }
  }

  /** Returns the verdict on what differs, which is passed if nothing does. */
  static Verdict on(List<Difference> differences) {
    if (differences.isEmpty()) {
      return new Passed();
    }
    Difference most = differences.get(0);
    for (Difference difference : differences) {
      most = difference.distance() > most.distance() ? difference : most;
    }
    int others = differences.size() - 1;
    return new Failed(
        most
            + (others == 0
                ? ""
                : "; "
                    + others
                    + (others == 1 ? " other tensor differs" : " other tensors differ")),
        differences.stream().map(Difference::toString).toList());
  }

  /** Returns a failure to do something. */
  static Failed failed(String doing, Throwable e) {
    StringWriter trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    String kind = e instanceof BrokenCaseException ? "" : e.getClass().getSimpleName() + ": ";
    return new Failed(
        doing + " failed: " + kind + Text.firstLine(e), trace.toString().lines().toList());
  }
}
