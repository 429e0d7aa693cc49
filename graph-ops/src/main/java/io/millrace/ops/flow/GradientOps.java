package io.millrace.ops.flow;

import io.millrace.GraphException;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.GradientWalk;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.ops.building.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gradients as operations of the same graph. */
public interface GradientOps extends Building {

  /**
   * Returns the gradient of the sum of y's elements with respect to each x, in the shape of x.
   * TensorFlow: tf.gradients.
   *
   * @throws GraphException if y does not depend on an x through differentiable operations; the
   *     message says where the path ends
   */
  default List<Output> gradients(Operand y, Operand... xs) {
    Arguments.require(y, "y");
    return gradients(List.of(y), List.of(Arguments.requireAll(xs, "xs")));
  }

  /** Returns the gradient of the sum of y's elements with respect to each x. */
  default List<Output> gradients(Operand y, List<? extends Operand> xs) {
    Arguments.require(y, "y");
    return gradients(List.of(y), xs);
  }

  /** Returns the gradients of the sum of all elements of all ys with respect to each x. */
  default List<Output> gradients(List<? extends Operand> ys, List<? extends Operand> xs) {
    return gradients(ys, xs, List.of());
  }

  /**
   * Returns the gradients of the sum of all ys with respect to each x, each y's elements weighted.
   *
   * <p>A {@link Variable} among the xs stands for all its reads, as in TensorFlow.
   *
   * @param gradYs for each y, what arrives as its gradient, in its shape; empty for ones
   * @throws GraphException if no y depends on an x through differentiable operations
   */
  default List<Output> gradients(
      List<? extends Operand> ys, List<? extends Operand> xs, List<? extends Operand> gradYs) {
    Arguments.requireAll(ys, "ys");
    Arguments.requireAll(xs, "xs");
    Arguments.requireAll(gradYs, "gradYs");
    return scopeOfAll(
        "gradients",
        () -> {
          GradientWalk walk = GradientBuilder.walk(graph(), ys, xs, gradYs);
          return xs.stream()
              .map(GradientBuilder::source)
              .map(
                  x ->
                      walk.gradient(x)
                          .orElseThrow(() -> Refusal.of("gradients", "%s", walk.explain(x))))
              .toList();
        });
  }

  /**
   * Returns the gradients of the sum of all elements of all ys with respect to each x; none for an
   * x that no y depends on through differentiable operations, or that is not floating.
   */
  default List<Optional<Output>> gradientsIfConnected(
      List<? extends Operand> ys, List<? extends Operand> xs) {
    return gradientsIfConnected(ys, xs, List.of());
  }

  /** Returns weighted gradients, or none for an x that no y depends on differentiably. */
  default List<Optional<Output>> gradientsIfConnected(
      List<? extends Operand> ys, List<? extends Operand> xs, List<? extends Operand> gradYs) {
    Arguments.requireAll(ys, "ys");
    Arguments.requireAll(xs, "xs");
    Arguments.requireAll(gradYs, "gradYs");
    List<? extends Operand> floating =
        xs.stream()
            .filter(x -> GradientBuilder.hasGradient(GradientBuilder.source(x).type()))
            .toList();
    List<Operand> connected = new ArrayList<>();
    List<Output> gradients =
        scopeOfAll(
            "gradients",
            () -> {
              GradientWalk walk = GradientBuilder.walk(graph(), ys, floating, gradYs);
              List<Output> found = new ArrayList<>();
              for (Operand x : floating) {
                Optional<Output> gradient = walk.gradient(GradientBuilder.source(x));
                gradient.ifPresent(found::add);
                gradient.ifPresent(g -> connected.add(x));
              }
              return found;
            });
    return xs.stream()
        .map(connected::indexOf)
        .map(i -> i < 0 ? Optional.<Output>empty() : Optional.of(gradients.get(i)))
        .toList();
  }
}
