package io.millrace.ops;

import io.millrace.Output;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A variable with the gradient of a loss by it.
 *
 * @param gradient absent if the loss does not depend on the variable
 */
public record GradientAndVariable(Optional<Output> gradient, Variable variable) {

  /** Returns the same variable with a function of the gradient, such as a clipped one. */
  public GradientAndVariable map(UnaryOperator<Output> function) {
    return new GradientAndVariable(gradient.map(function), variable);
  }
}
