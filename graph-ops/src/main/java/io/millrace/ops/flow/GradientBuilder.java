package io.millrace.ops.flow;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.GradientWalk;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.state.ResourceOps;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks what gradients are asked for, and walks. */
public final class GradientBuilder implements GradientWalk.Arithmetic {
  private final Ops tf;

  private GradientBuilder(Ops tf) {
    this.tf = tf;
  }

  static GradientWalk walk(
      Graph graph,
      List<? extends Operand> ys,
      List<? extends Operand> xs,
      List<? extends Operand> gradYs) {
    require(!ys.isEmpty(), "there is no y to take gradients of");
    List<Output> from = outputs(graph, "y", ys);
    List<Output> to = outputs(graph, "x", xs.stream().map(GradientBuilder::source).toList());
    List<Output> seeds = outputs(graph, "gradient", gradYs);
    for (Output y : from) {
      require(
          !seeds.isEmpty() || !y.type().isList(),
          "y " + y + " is a list of tensors: stack it, or say the gradient that arrives at it");
    }
    require(
        seeds.isEmpty() || seeds.size() == from.size(),
        "the number of ys, %s, and that of the gradients that arrive at them, %s, differ"
            .formatted(from.size(), seeds.size()));
    for (int i = 0; i < seeds.size(); i++) {
      require(
          seeds.get(i).dtype() == from.get(i).dtype()
              && seeds.get(i).shape().isCompatibleWith(from.get(i).shape()),
          "the gradient " + seeds.get(i) + " does not fit y " + from.get(i));
    }
    return walk(Ops.of(graph), from, to, seeds);
  }

  /** Adds gradients of ys, at which the seeds arrive, with respect to xs. */
  static GradientWalk walk(Ops tf, List<Output> ys, List<Output> xs, List<Output> seeds) {
    return GradientWalk.of(new GradientBuilder(tf), ys, xs, seeds);
  }

  /** Returns where a path from one of these variables to a loss ends, if there is such a path. */
  public static Optional<String> end(Graph graph, Operand loss, List<Variable> variables) {
    GradientWalk walk;
    Graph.Scope scope = graph.nameScope("gradients");
    try (scope) {
      walk = walk(graph, List.of(loss), variables, List.of());
    }
    return variables.stream()
        .flatMap(
            v ->
                walk
                    .end(source(v))
                    .map(end -> "the path from " + v.name() + " ends at " + end)
                    .stream())
        .findFirst();
  }

  /** Returns whether a tensor, or what a handle refers to, is of a type that has gradients. */
  static boolean hasGradient(TensorType type) {
    return type.isList() ? type.isDifferentiable() : type.target().dtype().isFloating();
  }

  /** Returns whether a tensor is a handle of a variable, no list of tensors. */
  static boolean isVariable(Output x) {
    return x.isHandle() && !x.type().isList();
  }

  /**
   * Returns whether gradients pass to an argument of a function: a file's function does not say
   * what a handle is one of.
   */
  static boolean passes(Output parameter, Output argument) {
    return isVariable(parameter)
        ? hasGradient(argument.type())
        : parameter.type().isDifferentiable();
  }

  /** Returns zeros of the type and shape of the gradient of a tensor, or of a handle's variable. */
  static Output zerosLike(Ops tf, Output x) {
    if (!isVariable(x)) {
      return tf.zerosLike(x);
    }
    TensorType type = x.type().target();
    return type.shape().isFullyDefined()
        ? tf.zeros(type.dtype(), type.shape().dims())
        : tf.zeros(type.dtype(), tf.result(new ResourceOps.VariableShape(DType.INT32), x));
  }

  /** Returns what a gradient is taken with respect to: of a variable, all that reads it. */
  static Output source(Operand x) {
    return x instanceof Variable variable ? variable.reference() : x.asOutput();
  }

  private static List<Output> outputs(Graph graph, String role, List<? extends Operand> operands) {
    List<Output> outputs = new ArrayList<>();
    for (Operand operand : operands) {
      Output output = operand.asOutput();
      require(
          output.graph() == graph,
          "%s %s (made at %s) belongs to another graph"
              .formatted(role, output, output.operation().source()));
      require(
          hasGradient(output.type()),
          role + " " + output + " is not floating, and gradients are of floating tensors");
      outputs.add(output);
    }
    return outputs;
  }

  private static void require(boolean holds, String rule) {
    if (!holds) {
      throw Refusal.of("gradients", "%s", rule);
    }
  }

  @Override
  public Graph graph() {
    return tf.graph();
  }

  @Override
  public Output ones(Output like) {
    return like.shape().isFullyDefined()
        ? tf.ones(like.dtype(), like.shape().dims())
        : tf.onesLike(like);
  }

  @Override
  public Output sum(List<Output> terms) {
    return tf.addN(terms);
  }
}
