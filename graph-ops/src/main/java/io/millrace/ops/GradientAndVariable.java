package io.millrace.ops;

import io.millrace.Output;
import io.millrace.op.Arguments;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A variable with the gradient of a loss by it.
 *
 * @param gradient absent if the loss does not depend on the variable
 */
public record GradientAndVariable(Optional<Output> gradient, Variable variable) {
  public GradientAndVariable {
    Arguments.require(gradient, "gradient");
    Arguments.require(variable, "variable");
  }

  /** Returns the same variable with a function of the gradient, such as a clipped one. */
  public GradientAndVariable map(UnaryOperator<Output> function) {
    return new GradientAndVariable(gradient.map(Arguments.require(function, "function")), variable);
  }
}
