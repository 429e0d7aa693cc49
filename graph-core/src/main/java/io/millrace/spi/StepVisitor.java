package io.millrace.spi;

import io.millrace.ir.Primitive;
import io.millrace.ir.PrimitiveVisitor;

/**
 * Visits the primitive of a step; one that only names a place, and so is no step, is refused.
 *
 * @param <R> the type of the result
 */
public abstract class StepVisitor<R> implements PrimitiveVisitor<R> {
  private final Step step;

  /** Begins at a step. */
  protected StepVisitor(Step step) {
    this.step = step;
  }

  /** Returns the result for the step. */
  public final R visit() {
    return step.primitive().accept(this);
  }

  @Override
  public final R feed(Primitive.Feed primitive) {
    throw onlyPlace();
  }

  @Override
  public final R constant(Primitive.Constant primitive) {
    throw onlyPlace();
  }

  @Override
  public final R read(Primitive.Read primitive) {
    throw onlyPlace();
  }

  @Override
  public final R reshape(Primitive.Reshape primitive) {
    throw onlyPlace();
  }

  @Override
  public final R bitcast(Primitive.Bitcast primitive) {
    throw onlyPlace();
  }

  private IllegalArgumentException onlyPlace() {
    return new IllegalArgumentException(step + " names a place and is not a step");
  }
}
