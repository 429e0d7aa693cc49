package io.millrace.ops.flow;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.building.Branches;
import io.millrace.ops.building.Refusal;
import io.millrace.type.DType;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Doing one thing or another, as the data say. */
public interface BranchOps extends Building {

  /**
   * Returns what one of two branches gives, the other one not being run. TensorFlow: tf.cond.
   *
   * <p>The branches may use the tensors around them. Operations in them that have effects, such as
   * an assignment, run if the branch is taken, whether its result needs them or not.
   *
   * @param predicate a boolean scalar; a number counts as true unless it is zero
   * @param then what is added if it is true: gives a tensor, or what becomes one
   * @param otherwise what is added if it is false: gives a tensor of the same element type
   */
  default Output cond(Object predicate, Supplier<?> then, Supplier<?> otherwise) {
    Arguments.requireEach("predicate, then, otherwise", predicate, then, otherwise);
    return condOfAll(predicate, Calls.alone(then), Calls.alone(otherwise)).get(0);
  }

  /**
   * Returns what one of two branches gives, as {@link #cond} does.
   *
   * @param then gives any number of tensors
   * @param otherwise gives as many of the same element types
   */
  default List<Output> condOfAll(
      Object predicate, Supplier<? extends List<?>> then, Supplier<? extends List<?>> otherwise) {
    Arguments.requireEach("predicate, then, otherwise", predicate, then, otherwise);
    return condition(predicate, then, otherwise).outputs();
  }

  /**
   * Returns an operation that runs one of two branches for its effects.
   *
   * @param then what is added if the predicate is true
   * @param otherwise what is added if it is false
   */
  default Operation condRun(Object predicate, Runnable then, Runnable otherwise) {
    Arguments.requireEach("predicate, then, otherwise", predicate, then, otherwise);
    return condition(predicate, Calls.without(then), Calls.without(otherwise));
  }

  private Operation condition(
      Object predicate, Supplier<? extends List<?>> then, Supplier<? extends List<?>> otherwise) {
    Output decides = operand(predicate);
    if (decides.shape().isRankKnown() && decides.shape().rank() > 0) {
      throw Refusal.of("cond", "the predicate must be a scalar, but is %s", decides);
    }
    List<GraphFunction> branches =
        Calls.branches(tf(), List.of("then", "otherwise"), List.of(then, otherwise));
    GraphFunction first = branches.get(0);
    GraphFunction second = branches.get(1);
    return Calls.add(
        tf(),
        nameOr("cond"),
        new If(first, second, Calls.haveEffects(branches)),
        List.of(decides),
        branches);
  }

  /**
   * Returns what one of several branches gives, the others not being run. TensorFlow:
   * tf.switch_case.
   *
   * @param index an int32 scalar, counted from 0; one that names no branch means the last
   * @param branches what is added for each: gives a tensor; all of one element type
   */
  default Output switchCase(Object index, List<? extends Supplier<?>> branches) {
    Arguments.require(index, "index");
    Arguments.requireAll(branches, "branches");
    List<Supplier<List<?>>> lists = branches.stream().map(Calls::alone).toList();
    return switchCaseOfAll(index, lists).get(0);
  }

  /**
   * Returns what one of several branches gives, as {@link #switchCase} does.
   *
   * @param branches give any number of tensors, all as many of the same element types
   */
  default List<Output> switchCaseOfAll(
      Object index, List<? extends Supplier<? extends List<?>>> branches) {
    Arguments.require(index, "index");
    Arguments.requireAll(branches, "branches");
    Output decides = operand(index);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < branches.size(); i++) {
      names.add("branch_" + i);
    }
    List<GraphFunction> functions = Calls.branches(tf(), names, branches);
    return Calls.add(
            tf(),
            nameOr("case"),
            new Case(functions, Calls.haveEffects(functions)),
            List.of(decides),
            functions)
        .outputs();
  }

  /**
   * What one of two functions makes of the other inputs.
   *
   * @param stateful whether one of them has effects
   */
  record If(GraphFunction then, GraphFunction otherwise, boolean stateful) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("cond: Tcond", "input: Tin... in passed")
            .rename("then", "then_branch")
            .rename("otherwise", "else_branch")
            .told("stateful")
            .outputTypes("Tout")
            .ignoring("output_shapes");

    @Override
    public String type() {
      return stateful ? "If" : "StatelessIf";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<GraphFunction> functions() {
      return List.of(then, otherwise);
    }

    @Override
    public Op calling(List<GraphFunction> functions) {
      return new If(functions.get(0), functions.get(1), Calls.haveEffects(functions));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return Calls.infer(in, 1, functions());
    }

    @Override
    public Gradients gradient(Gradient call) {
      return CallGradient.of(call, 1, this);
    }

    @Override
    public void lower(Lowering to) {
      Branches.choose(to, 0, then, otherwise, 1);
    }

    /** Returns true: what a branch does is a run's matter. */
    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      TensorType type = TensorType.of(DType.FLOAT32, 2, 3);
      GraphFunction twice = Calls.example("twice", (tf, x) -> tf.multiply(x.get(0), 2), type);
      GraphFunction square = Calls.example("square", (tf, x) -> tf.square(x.get(0)), type);
      GraphFunction count = Calls.example("count", (tf, x) -> tf.size(x.get(0)), type);
      return List.of(
          Example.accepts(new If(twice, square, false)).with(DType.BOOL).with(DType.FLOAT32, 2, 3),
          Example.accepts(new If(square, twice, true)).with(DType.INT32).with(DType.FLOAT32, 2, 3),
          Example.accepts(new If(square, twice, false))
              .with(DType.FLOAT64, 0)
              .with(DType.FLOAT32, 2, 3),
          Example.rejects(
                  new If(square, count, false),
                  "result 0 is float32[2,3] of the function 'square' but int32[] of 'count'")
              .with(DType.BOOL)
              .with(DType.FLOAT32, 2, 3));
    }
  }

  /**
   * What one of several functions makes of the other inputs.
   *
   * @param stateful whether one of them has effects
   */
  record Case(List<GraphFunction> branches, boolean stateful) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("branch_index: int32", "input: Tin... in passed")
            .told("stateful")
            .outputTypes("Tout")
            .ignoring("output_shapes");

    public Case {
      branches = List.copyOf(branches);
    }

    @Override
    public String type() {
      return stateful ? "Case" : "StatelessCase";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<GraphFunction> functions() {
      return branches;
    }

    @Override
    public Op calling(List<GraphFunction> functions) {
      return new Case(functions, Calls.haveEffects(functions));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(!branches.isEmpty(), "there is no branch");
      in.requireRank(0, 0);
      return Calls.infer(in, 1, branches);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return CallGradient.of(call, 1, this);
    }

    @Override
    public void lower(Lowering to) {
      if (to.known(0).isPresent()) {
        to.call(branches.get(taken(to)), 1);
      } else {
        to.choose(to.input(0), () -> taken(to), branches, 1);
      }
    }

    private int taken(Lowering to) {
      long index = to.constant(0).getLong(0);
      int last = branches.size() - 1;
      return index < 0 || index > last ? last : (int) index;
    }

    /** Returns true: what a branch does is a run's matter. */
    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      TensorType type = TensorType.of(DType.FLOAT32, 4);
      GraphFunction twice = Calls.example("twice", (tf, x) -> tf.multiply(x.get(0), 2), type);
      GraphFunction square = Calls.example("square", (tf, x) -> tf.square(x.get(0)), type);
      List<GraphFunction> both = List.of(twice, square);
      return List.of(
          Example.accepts(new Case(both, false)).scalar(DType.INT32, 0).with(DType.FLOAT32, 4),
          Example.accepts(new Case(both, true)).with(DType.INT32).with(DType.FLOAT32, 4),
          Example.rejects(new Case(List.of(), false), "there is no branch")
              .scalar(DType.INT32, 0)
              .with(DType.FLOAT32, 4));
    }
  }
}
