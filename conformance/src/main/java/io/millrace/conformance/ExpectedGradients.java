package io.millrace.conformance;

import io.millrace.type.Literal;
import java.util.List;
import java.util.Optional;

/**
 * Gradients that TensorFlow recorded: of the sum over {@code of} of {@code sum(output * weight)}.
 *
 * @param of names of the tensors that are differentiated
 * @param weights the weights of each
 * @param wrt names of the tensors with respect to which they are
 * @param expected for each of these the gradient, or none if there is no differentiable path
 */
record ExpectedGradients(
    List<String> of,
    List<Literal> weights,
    List<String> wrt,
    List<Optional<Expectation>> expected) {

  ExpectedGradients {
    of = List.copyOf(of);
    weights = List.copyOf(weights);
    wrt = List.copyOf(wrt);
    expected = List.copyOf(expected);
  }
}
