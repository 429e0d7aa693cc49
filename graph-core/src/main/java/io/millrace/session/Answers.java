package io.millrace.session;

import io.millrace.compiler.lowering.Question;
import io.millrace.type.Literal;

/** Answers what one stage of a run asks: from the session's state, or from what it computed. */
record Answers(VariableStore state, RunSlot slot) implements Question.Visitor<Literal> {
  @Override
  public Literal valueOf(Question.ValueOf question) {
    return slot.computed();
  }

  @Override
  public Literal sizesOf(Question.SizesOf question) {
    return slot.computed();
  }

  @Override
  public Literal another(Question.Another question) {
    return slot.computed();
  }

  @Override
  public Literal shapeOf(Question.ShapeOf question) {
    return state.shape(question.variable());
  }

  @Override
  public Literal presenceOf(Question.PresenceOf question) {
    return state.presence(question.variable());
  }

  @Override
  public Literal capacityOf(Question.CapacityOf question) {
    return state.capacity(question.loop());
  }
}
