package io.millrace.ops.flow;

import io.millrace.FunctionBody;
import io.millrace.GraphFunction;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.op.Op;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Branches;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** What operations that call functions have in common. */
final class Calls {
  private Calls() {}

  /** Returns whether one of some functions does more than compute its results. */
  static boolean haveEffects(List<GraphFunction> functions) {
    return functions.stream().anyMatch(f -> !f.targets().isEmpty());
  }

  /** Returns the function of an example, whose body gives a tensor or a list of them. */
  static GraphFunction example(
      String name, BiFunction<Ops, List<Output>, ?> body, TensorType... parameters) {
    FunctionBody made = FunctionBody.alone(name);
    List<Output> arguments = new ArrayList<>();
    for (TensorType parameter : parameters) {
      arguments.add(made.parameter("x", parameter));
    }
    Ops tf = Ops.of(made.graph());
    return made.finish(made.build(() -> results(tf, listed(body.apply(tf, arguments)))), List.of());
  }

  /** Returns what a body gives as a list. */
  static List<?> listed(Object given) {
    return given instanceof List<?> list ? list : List.of(given);
  }

  /** Returns a branch of one result. */
  static Supplier<List<?>> alone(Supplier<?> branch) {
    return () -> List.of(Arguments.require(branch.get(), "what a branch gives"));
  }

  /** Returns a branch of no results. */
  static Supplier<List<?>> without(Runnable branch) {
    return () -> {
      branch.run();
      return List.of();
    };
  }

  /** Returns what a body gives as tensors of its graph, in which nodes are added now. */
  static List<Output> results(Ops tf, List<?> given) {
    List<Output> results = new ArrayList<>();
    Arguments.requireAll(given, "results").forEach(r -> results.add(tf.operand(r)));
    return results;
  }

  /** Builds functions that take the same tensors around them. */
  static List<GraphFunction> branches(
      Ops tf, List<String> names, List<? extends Supplier<? extends List<?>>> branches) {
    List<FunctionBody> bodies = new ArrayList<>();
    List<List<Output>> results = new ArrayList<>();
    for (int i = 0; i < branches.size(); i++) {
      FunctionBody body = FunctionBody.in(tf.graph(), names.get(i));
      Supplier<? extends List<?>> branch = branches.get(i);
      results.add(body.build(() -> results(tf, branch.get())));
      bodies.add(body);
    }
    return finish(bodies, results);
  }

  /** Ends functions so that they take the same tensors around them. */
  static List<GraphFunction> finish(List<FunctionBody> bodies, List<List<Output>> results) {
    Set<Output> taken = new LinkedHashSet<>();
    bodies.forEach(b -> taken.addAll(b.captures()));
    // Results that are tensors around a body are arguments too.
    for (int i = 0; i < bodies.size(); i++) {
      taken.addAll(bodies.get(i).captures(results.get(i)));
    }
    List<GraphFunction> functions = new ArrayList<>();
    for (int i = 0; i < bodies.size(); i++) {
      functions.add(bodies.get(i).finish(results.get(i), List.copyOf(taken)));
    }
    return functions;
  }

  /**
   * Adds an operation that calls one of these functions, which take the same.
   *
   * @param decides the inputs before the functions' arguments
   */
  static Operation add(
      Ops tf, String name, Op op, List<Output> decides, List<GraphFunction> functions) {
    List<Operand> inputs = new ArrayList<>(decides);
    Set<Operation> before = new LinkedHashSet<>();
    for (GraphFunction function : functions) {
      before.addAll(function.before());
    }
    if (!functions.isEmpty()) {
      inputs.addAll(functions.get(0).captures());
    }
    return tf.graph().add(op, name, inputs, List.copyOf(before));
  }

  /**
   * Returns the types of what one of some functions returns, if all take the inputs from this one
   * on.
   */
  static List<TensorType> infer(Inference in, int first, List<GraphFunction> functions) {
    List<TensorType> types = new ArrayList<>();
    for (GraphFunction function : functions) {
      requireArguments(in, first, function);
      GraphFunction other = functions.get(0);
      in.require(
          function.results().size() == other.results().size(),
          "the function '%s' returns %d tensors but '%s' %d",
          other.name(),
          other.results().size(),
          function.name(),
          function.results().size());
      for (int i = 0; i < function.results().size(); i++) {
        TensorType type = function.results().get(i).type();
        if (function == other) {
          types.add(type);
          continue;
        }
        TensorType before = types.get(i);
        in.require(
            before.dtype() == type.dtype(),
            "result %d is %s of the function '%s' but %s of '%s'",
            i,
            before,
            other.name(),
            type,
            function.name());
        types.set(i, Branches.common(before, type));
      }
    }
    return types;
  }

  /** Requires a function to take the inputs from this one on. */
  static void requireArguments(Inference in, int first, GraphFunction function) {
    List<Output> parameters = function.parameters();
    int count = in.count() - first;
    in.require(
        count == parameters.size(),
        "the function '%s' takes %s, not %d",
        function.name(),
        Messages.count(parameters.size(), "argument", "arguments"),
        count);
    for (int i = 0; i < count; i++) {
      TensorType wanted = parameters.get(i).type();
      TensorType given = in.type(first + i);
      in.require(
          given.isCompatibleWith(wanted),
          "argument %d of the function '%s' must be %s, not %s",
          i,
          function.name(),
          wanted,
          given);
    }
  }
}
