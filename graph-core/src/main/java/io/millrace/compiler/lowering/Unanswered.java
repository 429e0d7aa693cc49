package io.millrace.compiler.lowering;

import java.util.Optional;

/** Says that what is asked has no answer yet. */
final class Unanswered extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Question question;
  private final transient Optional<Stages.Stage> stage;

  Unanswered(Question question, Optional<Stages.Stage> stage) {
    super(question.toString(), null, false, false);
    this.question = question;
    this.stage = stage;
  }

  Question question() {
    return question;
  }

  /** Returns the stage that computes the answer, unless the state tells it. */
  Optional<Stages.Stage> stage() {
    return stage;
  }
}
