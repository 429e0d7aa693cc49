package io.millrace.conformance.mistakes;

import static io.millrace.type.DType.BOOL;
import static io.millrace.type.DType.FLOAT32;
import static io.millrace.type.DType.INT32;

import io.millrace.Graph;
import io.millrace.Output;
import io.millrace.State;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

@Subject("Branches, loops, functions and state")
final class FlowMistakes extends Mistakes {

  @Mistake("Branches that give other element types")
  void branchTypes() {
    var p = tf.placeholder(BOOL, Shape.of(), "p");
    tf.cond(p, () -> tf.constant(1f), () -> tf.constant(2));
  }

  @Mistake("A condition that is no truth value")
  void condition() {
    var x = tf.placeholder(FLOAT32, Shape.of(3), "x");
    tf.whileLoop(v -> tf.less(v.get(0), x), v -> List.of(tf.add(v.get(0), 1f)), List.of(0f));
  }

  @Mistake("A condition that is a number")
  void numberCondition() {
    tf.whileLoop(v -> tf.subtract(5, v.get(0)), v -> List.of(tf.add(v.get(0), 1)), List.of(0));
  }

  @Mistake("A loop whose body gives too few tensors")
  void bodyResults() {
    tf.whileLoop(v -> tf.less(v.get(0), 5), v -> List.of(tf.add(v.get(0), 1)), List.of(0, 1f));
  }

  @Mistake("A loop variable that changes its element type")
  void loopType() {
    tf.whileLoop(v -> tf.less(v.get(0), 5), v -> List.of(tf.cast(v.get(0), FLOAT32)), List.of(0));
  }

  @Mistake("A loop variable that changes its shape")
  void loopShape() {
    tf.whileLoop(
        v -> tf.less(tf.size(v.get(0)), 9),
        v -> List.of(tf.concat(List.of(v.get(0), v.get(0)), 0)),
        List.of(tf.ones(2)));
  }

  @Mistake("A loop over variables that there are none of")
  void noLoopVariables() {
    tf.whileLoop(v -> tf.constant(false), v -> List.of(), List.of());
  }

  @Mistake("A turn that divides by 0")
  void turn() {
    var n = tf.placeholder(INT32, Shape.of(), "n");
    var ends =
        tf.whileLoop(
            v -> tf.less(v.get(0), 5),
            v -> List.of(tf.add(v.get(0), 1), tf.floordiv(v.get(1), tf.subtract(n, v.get(0)))),
            List.of(0, 100));
    session.run(ends.get(1), Map.of(n, 3));
  }

  @Mistake("A tensor of a loop's turn, outside of the loop")
  void inside() {
    var kept = new ArrayList<Output>();
    tf.whileLoop(
        v -> tf.less(v.get(0), 5),
        v -> {
          kept.add(tf.add(v.get(0), 1));
          return List.of(kept.get(0));
        },
        List.of(0));
    tf.square(kept.get(0));
  }

  @Mistake("A tensor of a branch that is fetched")
  void fetchedInside() {
    var kept = new ArrayList<Output>();
    var p = tf.placeholder(BOOL, Shape.of(), "p");
    tf.cond(
        p,
        () -> {
          kept.add(tf.square(3f));
          return kept.get(0);
        },
        () -> tf.constant(2f));
    session.run(kept.get(0));
  }

  @Mistake("A function with too few arguments")
  void fewArguments() {
    var f = tf.function("f", List.of(TensorType.of(FLOAT32, 3)), v -> List.of(v.get(0)));
    tf.call(f);
  }

  @Mistake("A function with an argument of another shape")
  void argumentShape() {
    var f = tf.function("f", List.of(TensorType.of(FLOAT32, 3)), v -> List.of(v.get(0)));
    tf.call(f, tf.ones(4));
  }

  @Mistake("A function that makes nothing")
  void nothing() {
    tf.function("f", List.of(TensorType.of(FLOAT32, 3)), v -> null);
  }

  @Mistake("A function of another graph")
  void foreignFunction() {
    var other = new Graph();
    var x = Ops.of(other).placeholder(FLOAT32, Shape.of(), "x");
    var f = Ops.of(other).function("f", List.of(), v -> List.of(Ops.of(other).square(x)));
    tf.call(f);
  }

  @Mistake("No branch to choose from")
  void noBranches() {
    var i = tf.placeholder(INT32, Shape.of(), "i");
    tf.switchCase(i, List.of());
  }

  @Mistake("A branch that does not make what it should, null")
  void nullBranch() {
    tf.cond(tf.placeholder(BOOL, Shape.of(), "p"), () -> null, () -> tf.constant(1f));
  }

  @Mistake("A branch that is chosen by a fraction")
  void fractionIndex() {
    tf.switchCase(tf.constant(0.5f), List.of(() -> tf.constant(1f), () -> tf.constant(2f)));
  }

  @Mistake("The rows of a scalar")
  void rowsOfScalar() {
    tf.mapFn(row -> tf.square(row), tf.constant(3f));
  }

  @Mistake("A scan that makes another shape than it began with")
  void scanShape() {
    tf.scan((before, row) -> tf.concat(List.of(before, row), 0), tf.ones(4, 2), tf.ones(2));
  }

  @Mistake("A value of a variable that a state does not have")
  void stateName() {
    var state = new State();
    state.read("weights");
  }

  @Mistake("A value of another shape, written to a state")
  void stateShape() {
    tf.variable(new float[] {1, 2}, "weights");
    session.run(tf.globalVariablesInitializer());
    session.state().write("weights", new float[] {1, 2, 3});
  }
}
