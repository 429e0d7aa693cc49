package io.millrace.ops.flow;

import io.millrace.FunctionBody;
import io.millrace.GraphFunction;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Inference;
import io.millrace.ops.LoopOptions;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Builds loops of what users say of their turns, and states the rules of their types. */
final class LoopBuilder {
  private LoopBuilder() {}

  static List<Output> whileLoop(
      Ops tf,
      String name,
      Function<List<Output>, ?> condition,
      Function<List<Output>, ? extends List<?>> body,
      List<Output> first,
      LoopOptions options) {
    List<Shape> shapes = options.shapeInvariants();
    if (first.isEmpty()) {
      throw Refusal.of("while_loop", "there are no loop variables");
    }
    if (!shapes.isEmpty() && shapes.size() != first.size()) {
      throw Refusal.of(
          "while_loop",
          "there are %d loop variables but %d shape invariants",
          first.size(),
          shapes.size());
    }
    boolean limited = options.maximumIterations().isPresent();
    List<Output> begin = new ArrayList<>(first);
    if (limited) {
      begin.add(tf.constant(0));
    }
    FunctionBody asked = FunctionBody.in(tf.graph(), "condition");
    List<Output> seen = parameters(asked, begin, shapes);
    Output more =
        asked.build(
            () -> {
              Output says = condition(tf, condition.apply(seen.subList(0, first.size())));
              return limited
                  ? tf.logicalAnd(
                      says, tf.less(seen.get(first.size()), options.maximumIterations().getAsInt()))
                  : says;
            });
    FunctionBody made = FunctionBody.in(tf.graph(), "body");
    List<Output> taken = parameters(made, begin, shapes);
    List<Output> next =
        made.build(
            () -> {
              List<Output> results =
                  new ArrayList<>(
                      results(tf, "while_loop", body.apply(taken.subList(0, first.size())), taken));
              if (results.size() != first.size()) {
                throw Refusal.of(
                    "while_loop",
                    "the body takes %d loop variables but returns %d",
                    first.size(),
                    results.size());
              }
              if (limited) {
                results.add(tf.add(taken.get(first.size()), 1));
              }
              return results;
            });
    Set<Output> around = new LinkedHashSet<>(asked.captures(List.of(more)));
    around.addAll(made.captures(next));
    List<Output> captures = List.copyOf(around);
    List<Output> all = new ArrayList<>(next);
    all.addAll(captures);
    GraphFunction says = asked.finish(List.of(more), captures);
    GraphFunction does = made.finish(all, captures);
    List<Operand> inputs = new ArrayList<>(begin);
    inputs.addAll(captures);
    Set<Operation> before = new LinkedHashSet<>(says.before());
    before.addAll(does.before());
    return tf.graph()
        .add(
            new LoopOps.While(says, does, Calls.haveEffects(List.of(says, does))),
            name,
            inputs,
            List.copyOf(before))
        .outputs()
        .subList(0, first.size());
  }

  /** Returns what a condition gives, which must be a truth value. */
  private static Output condition(Ops tf, Object given) {
    Output says = tf.operand(Arguments.require(given, "condition's result"));
    if (!says.dtype().isBoolean() || !says.shape().isCompatibleWith(Shape.scalar())) {
      throw Refusal.of("while_loop", "the condition must give a boolean scalar, not %s", says);
    }
    return says;
  }

  private static List<Output> parameters(
      FunctionBody body, List<Output> first, List<Shape> shapes) {
    List<Output> parameters = new ArrayList<>();
    for (int i = 0; i < first.size(); i++) {
      TensorType type = first.get(i).type();
      parameters.add(
          body.parameter(
              "variable_" + i,
              (i < shapes.size() ? type.withShape(shapes.get(i)) : type).ofAnyLength()));
    }
    return parameters;
  }

  /** Returns what a body gives as tensors, numbers having the types of what they take over. */
  private static List<Output> results(
      Ops tf, String operation, List<?> given, List<Output> before) {
    List<Output> results = new ArrayList<>();
    Arguments.requireAll(given, "results");
    for (int i = 0; i < given.size(); i++) {
      results.add(
          i < before.size()
              ? tf.operand(operation, given.get(i), before.get(i).dtype())
              : tf.operand(given.get(i)));
    }
    return results;
  }

  /**
   * Adds a loop over the rows of a tensor.
   *
   * @param first what is carried at the beginning
   * @param body makes of what is carried, and a row, what is carried next and what is collected
   */
  static List<Output> rows(
      Ops tf,
      String name,
      List<Output> first,
      Output elements,
      boolean backward,
      BiFunction<List<Output>, Output, List<?>> body) {
    if (elements.shape().isRankKnown() && elements.shape().rank() == 0) {
      throw Refusal.of(name, "%s is a scalar, which has no rows", elements);
    }
    FunctionBody made = FunctionBody.in(tf.graph(), "body");
    List<Output> carried = parameters(made, first, List.of());
    Output row = made.row(elements);
    List<Output> results = made.build(() -> results(tf, name, body.apply(carried, row), carried));
    Output length =
        tf.cast(tf.reshape(tf.slice(tf.shape(elements), 0, 1), Shape.scalar()), DType.INT64);
    return scan(tf, name, made, length, first, List.of(elements), results, backward);
  }

  /** Ends the body of a loop over rows and adds the loop. */
  static List<Output> scan(
      Ops tf,
      String name,
      FunctionBody made,
      Output length,
      List<Output> first,
      List<Output> stacks,
      List<Output> results,
      boolean backward) {
    List<Output> captures = made.captures(results);
    GraphFunction body = made.finish(results, captures);
    List<Operand> inputs = new ArrayList<>(List.of(length));
    inputs.addAll(first);
    inputs.addAll(stacks);
    inputs.addAll(captures);
    return tf.graph()
        .add(
            new LoopOps.Scan(body, first.size(), stacks.size(), backward),
            name,
            inputs,
            body.before())
        .outputs();
  }

  static Output fold(
      Ops tf,
      String name,
      LoopOps.FoldFunction function,
      Object elements,
      Object initializer,
      boolean backward) {
    Output rows = tf.operand(elements);
    Output first = tf.operand(name, initializer, rows.dtype());
    return rows(
            tf,
            name,
            List.of(first),
            rows,
            backward,
            (carried, row) -> List.of(next(function, carried.get(0), row)))
        .get(0);
  }

  static Output scan(
      Ops tf, String name, LoopOps.FoldFunction function, Object elements, Object initializer) {
    Output rows = tf.operand(elements);
    Output first = tf.operand(name, initializer, rows.dtype());
    return rows(
            tf,
            name,
            List.of(first),
            rows,
            false,
            (carried, row) -> {
              Output next = tf.operand(next(function, carried.get(0), row));
              return List.of(next, next);
            })
        .get(1);
  }

  private static Object next(LoopOps.FoldFunction function, Output before, Output row) {
    return Arguments.require(function.apply(before, row), "function's result");
  }

  /** Returns the type of a stack of any number of such rows. */
  static TensorType stacked(TensorType row) {
    return stacked(row, Shape.UNKNOWN);
  }

  static TensorType stacked(TensorType row, long rows) {
    Shape shape = row.shape();
    if (!shape.isRankKnown()) {
      return row;
    }
    long[] dims = new long[shape.rank() + 1];
    dims[0] = rows;
    System.arraycopy(shape.dims(), 0, dims, 1, shape.rank());
    return row.withShape(Shape.of(dims));
  }

  /** Requires the first results of a body to be such as it takes next. */
  static void requireNext(Inference in, int first, int count, GraphFunction body) {
    in.require(
        body.results().size() >= count && body.parameters().size() >= count,
        "the body '%s' takes %d tensors but returns %d",
        body.name(),
        body.parameters().size(),
        body.results().size());
    for (int i = 0; i < count; i++) {
      TensorType wanted = body.parameters().get(i).type();
      TensorType next = body.results().get(i).type();
      in.require(
          wanted.isCompatibleWith(next),
          "loop variable %d of the body '%s' is %s but becomes %s",
          i,
          body.name(),
          wanted,
          next);
    }
  }

  /** Requires the inputs of a loop over rows to be what its body takes. */
  static void requireRows(Inference in, LoopOps.Scan scan) {
    List<Output> parameters = scan.body().parameters();
    in.require(
        in.count() - 1 == parameters.size(),
        "the body '%s' takes %d tensors, not %d",
        scan.body().name(),
        parameters.size(),
        in.count() - 1);
    for (int i = 0; i < parameters.size(); i++) {
      TensorType wanted = parameters.get(i).type();
      boolean stack = i >= scan.carried() && i < scan.carried() + scan.scanned();
      TensorType expected = stack ? stacked(wanted) : wanted;
      TensorType given = in.type(1 + i);
      in.require(
          given.isCompatibleWith(expected),
          "argument %d of the body '%s' must be %s, not %s",
          i,
          scan.body().name(),
          expected,
          given);
    }
  }
}
