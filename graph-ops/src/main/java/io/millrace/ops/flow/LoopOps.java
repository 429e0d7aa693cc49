package io.millrace.ops.flow;

import io.millrace.GraphFunction;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.op.Loop;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.LoopOptions;
import io.millrace.ops.building.Branches;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Doing something again and again, as often as the data say. */
public interface LoopOps extends Building {

  /**
   * Returns what loop variables end as; see {@link #whileLoop(Function, Function, List,
   * LoopOptions)}.
   */
  default List<Output> whileLoop(
      Function<List<Output>, ?> condition,
      Function<List<Output>, ? extends List<?>> body,
      List<?> loopVariables) {
    return whileLoop(condition, body, loopVariables, LoopOptions.defaults());
  }

  /**
   * Returns what loop variables end as if the body makes them anew as long as the condition holds.
   * TensorFlow: tf.while_loop.
   *
   * <p>Condition and body may use the tensors around them, and the body may write variables. It is
   * compiled once, and runs without leaving the device.
   *
   * @param condition says of the loop variables whether there is another turn, a boolean scalar
   * @param body makes the next loop variables, as many of the same element types and shapes
   * @param loopVariables what they begin with
   */
  default List<Output> whileLoop(
      Function<List<Output>, ?> condition,
      Function<List<Output>, ? extends List<?>> body,
      List<?> loopVariables,
      LoopOptions options) {
    Arguments.requireEach("condition, body, options", condition, body, options);
    Arguments.requireAll(loopVariables, "loopVariables");
    List<Output> first = new ArrayList<>();
    loopVariables.forEach(v -> first.add(operand(v)));
    return LoopBuilder.whileLoop(tf(), nameOr("while"), condition, body, first, options);
  }

  /**
   * Returns what a function makes of each row of a tensor, stacked. TensorFlow: tf.map_fn.
   *
   * @param function makes a tensor of a row, each time of the same type
   * @param elements {@code [n, ...]}
   */
  default Output mapFn(Function<Output, ?> function, Object elements) {
    Arguments.requireEach("function, elements", function, elements);
    return LoopBuilder.rows(
            tf(),
            nameOr("map"),
            List.of(),
            operand(elements),
            false,
            (carried, row) -> List.of(Arguments.require(function.apply(row), "function's result")))
        .get(0);
  }

  /**
   * Returns what a function makes of a beginning and the rows of a tensor, one after another.
   * TensorFlow: tf.foldl.
   *
   * @param function makes of what it made before, and a row, something of the first one's type
   * @param elements {@code [n, ...]}
   */
  default Output foldl(FoldFunction function, Object elements, Object initializer) {
    Arguments.requireEach("function, elements, initializer", function, elements, initializer);
    return LoopBuilder.fold(tf(), nameOr("foldl"), function, elements, initializer, false);
  }

  /** Returns the same from the last row to the first. TensorFlow: tf.foldr. */
  default Output foldr(FoldFunction function, Object elements, Object initializer) {
    Arguments.requireEach("function, elements, initializer", function, elements, initializer);
    return LoopBuilder.fold(tf(), nameOr("foldr"), function, elements, initializer, true);
  }

  /**
   * Returns all that a function makes of a beginning and the rows of a tensor, one after another,
   * stacked. TensorFlow: tf.scan.
   *
   * @param function makes of what it made before, and a row, something of the first one's type
   * @param elements {@code [n, ...]}
   */
  default Output scan(FoldFunction function, Object elements, Object initializer) {
    Arguments.requireEach("function, elements, initializer", function, elements, initializer);
    return scope("scan", () -> LoopBuilder.scan(tf(), "loop", function, elements, initializer));
  }

  /** Makes something of what was made before and a row. */
  @FunctionalInterface
  interface FoldFunction {
    /** Returns what becomes a tensor of the type of {@code before}. */
    Object apply(Output before, Output row);
  }

  /**
   * What the inputs become if the body makes them anew as long as the condition holds.
   *
   * @param stateful whether one of the functions has effects
   */
  record While(GraphFunction condition, GraphFunction body, boolean stateful) implements Looping {
    private static final Signature SIGNATURE =
        Signature.of("input: T... in passed")
            .rename("condition", "cond")
            .told("stateful")
            .ignoring("output_shapes", "parallel_iterations");

    @Override
    public String type() {
      return stateful ? "While" : "StatelessWhile";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public Op calling(List<GraphFunction> functions) {
      return new While(functions.get(0), functions.get(1), Calls.haveEffects(functions));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Calls.requireArguments(in, 0, condition);
      Calls.requireArguments(in, 0, body);
      in.require(
          condition.results().size() == 1,
          "the condition '%s' must return one tensor, not %d",
          condition.name(),
          condition.results().size());
      LoopBuilder.requireNext(in, 0, in.count(), body);
      in.require(
          body.results().size() == in.count(),
          "the body '%s' takes %d tensors but returns %d",
          body.name(),
          in.count(),
          body.results().size());
      List<TensorType> types = new ArrayList<>();
      for (int i = 0; i < in.count(); i++) {
        Output result = body.results().get(i);
        types.add(
            result == body.parameters().get(i)
                ? in.type(i)
                : Branches.common(in.type(i), result.type()));
      }
      return types;
    }

    @Override
    public Loop loop() {
      return new Loop(Optional.of(condition), body, body.parameters().size(), 0, false);
    }

    static List<Example> examples() {
      TensorType count = TensorType.of(DType.INT32);
      TensorType value = TensorType.of(DType.FLOAT32, 2, 3);
      GraphFunction few =
          Calls.example("few", (tf, x) -> List.of(tf.less(x.get(0), 5)), count, value);
      GraphFunction grow =
          Calls.example(
              "grow",
              (tf, x) -> List.of(tf.add(x.get(0), 1), tf.multiply(x.get(1), 1.5f)),
              count,
              value);
      GraphFunction forget =
          Calls.example("forget", (tf, x) -> List.of(tf.add(x.get(0), 1)), count, value);
      return List.of(
          Example.accepts(new While(few, grow, false)).with(DType.INT32).with(DType.FLOAT32, 2, 3),
          Example.accepts(new While(few, grow, true))
              .scalar(DType.INT32, 7)
              .with(DType.FLOAT32, 2, 3),
          Example.rejects(
                  new While(few, forget, false), "the body 'forget' takes 2 tensors but returns 1")
              .with(DType.INT32)
              .with(DType.FLOAT32, 2, 3));
    }
  }

  /**
   * What is carried through turns, as many as input 0 says, an int64 scalar, and what each turn
   * adds, stacked. The body takes what is carried, a row of each stack, and what stays the same; it
   * makes what is carried next, then what is added.
   *
   * @param carried the number of inputs that are carried
   * @param scanned the number of inputs behind those that are stacks
   * @param backward whether rows are taken, and put, from the last to the first
   */
  record Scan(GraphFunction body, int carried, int scanned, boolean backward) implements Looping {
    @Override
    public List<TensorType> infer(Inference in) {
      in.require(in.count() > 0 && in.dtype(0) == DType.INT64, "input 0 must be an int64 scalar");
      in.requireRank(0, 0);
      LoopBuilder.requireRows(in, this);
      LoopBuilder.requireNext(in, 1, carried, body);
      long rows = Shape.UNKNOWN;
      for (int i = 0; i < scanned; i++) {
        Shape stack = in.shape(1 + carried + i);
        rows = stack.isRankKnown() && stack.dim(0) >= 0 ? stack.dim(0) : rows;
      }
      if (scanned == 0) {
        rows = in.known(0).map(l -> l.getLong(0)).orElse(rows);
      }
      List<TensorType> types = new ArrayList<>();
      for (int i = 0; i < body.results().size(); i++) {
        TensorType result = body.results().get(i).type();
        types.add(
            i < carried
                ? Branches.common(result, in.type(1 + i))
                : LoopBuilder.stacked(result, rows));
      }
      return types;
    }

    @Override
    public Loop loop() {
      return new Loop(Optional.empty(), body, carried, scanned, backward);
    }

    static List<Example> examples() {
      TensorType row = TensorType.of(DType.FLOAT32, 3);
      GraphFunction sum =
          Calls.example(
              "sum",
              (tf, x) -> {
                Output next = tf.add(tf.multiply(x.get(0), 0.5f), x.get(1));
                return List.of(next, tf.square(next));
              },
              row,
              row);
      return List.of(
          Example.accepts(new Scan(sum, 1, 1, false))
              .scalar(DType.INT64, 4)
              .with(DType.FLOAT32, 3)
              .with(DType.FLOAT32, 4, 3),
          Example.accepts(new Scan(sum, 1, 1, true))
              .scalar(DType.INT64, 4)
              .with(DType.FLOAT32, 3)
              .with(DType.FLOAT32, 4, 3),
          Example.rejects(new Scan(sum, 1, 1, false), "takes 2 tensors, not 1")
              .scalar(DType.INT64, 4)
              .with(DType.FLOAT32, 3));
    }
  }
}
