package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.op.Example;
import io.millrace.ops.array.CoreOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Compares symbolic with numeric gradients, in float64, of first and of second order. */
final class GradientCheck {
  private static final double STEP = 1e-5;
  private static final double TOLERANCE = 1e-6;

  private final Bench bench;
  private final Random random = new Random(7);
  private final Map<Output, Literal> feeds;
  private final String example;

  private GradientCheck(Example example, Bench bench) {
    this.bench = bench;
    this.example = example.toString();
    feeds = new HashMap<>(bench.feeds);
  }

  /** Checks an example and returns whether there was a gradient to check. */
  static boolean check(Example example) {
    if (example.op().signature().inputs().stream().anyMatch(i -> i.type().equals("float32"))) {
      // It cannot be computed in float64.
      return false;
    }
    List<Literal> values =
        Samples.draw(example).stream()
            .map(v -> v.type().dtype() == DType.FLOAT32 ? Samples.recast(v, DType.FLOAT64) : v)
            .toList();
    GradientCheck exact =
        new GradientCheck(example, new Bench(example, values, Bench.EXACT, false));
    boolean any = exact.check();
    if (any) {
      exact.compareWith(new Bench(example, values, s -> Shape.unknown(s.rank()), false), true);
      exact.compareWith(new Bench(example, values, s -> Shape.unknown(), false), false);
    }
    return any;
  }

  /** Compares with the gradients built where less is known of the shapes. */
  private void compareWith(Bench vague, boolean all) {
    List<Literal> expected = firstOrder(bench, bench);
    List<Literal> actual = firstOrder(vague, bench);
    if (all || !actual.isEmpty()) {
      assertEquals(expected.size(), actual.size(), example + ": gradients with unknown shapes");
      for (int i = 0; i < expected.size(); i++) {
        assertTrue(
            Samples.agree(expected.get(i), actual.get(i)),
            example + ": gradient with unknown shapes is " + Samples.show(actual.get(i)));
      }
    }
  }

  /** Returns the gradients of a bench, weighted with constants drawn for the exact one. */
  private static List<Literal> firstOrder(Bench bench, Bench exact) {
    Random weights = new Random(5);
    List<Output> xs = doubles(bench.sources.stream().filter(bench.feeds::containsKey).toList());
    List<Output> ys = doubles(bench.outputs);
    List<Output> arriving = new ArrayList<>();
    for (TensorType type : exactTypes(exact, doubles(exact.outputs), exact.feeds)) {
      Literal weight = Samples.draw(type, -1, 1, weights);
      arriving.add(bench.tf.result(new CoreOps.Constant(weight)));
    }
    List<Output> gradients =
        bench.tf.gradientsIfConnected(ys, xs, arriving).stream().flatMap(Optional::stream).toList();
    return gradients.isEmpty() ? List.of() : bench.run("reference", true, gradients);
  }

  private boolean check() {
    List<Output> xs = doubles(bench.sources.stream().filter(feeds::containsKey).toList());
    List<Output> ys = doubles(bench.outputs);
    if (xs.isEmpty() || ys.isEmpty()) {
      return false;
    }
    List<Output> weights = weights(ys);
    List<Output> first = compare(ys, xs, weights, "first");
    if (!first.isEmpty()) {
      List<Output> both = new ArrayList<>(xs);
      both.addAll(weights);
      compare(first, both, weights(first), "second");
    }
    return !first.isEmpty();
  }

  private static List<Output> doubles(List<Output> outputs) {
    return outputs.stream().filter(o -> o.dtype() == DType.FLOAT64).toList();
  }

  /** Returns the types of tensors, computed where their sizes depend on data. */
  private static List<TensorType> exactTypes(
      Bench bench, List<Output> outputs, Map<Output, Literal> feeds) {
    if (outputs.stream().allMatch(o -> o.shape().isFullyDefined())) {
      return outputs.stream().map(Output::type).toList();
    }
    try (Session session =
        new Session(bench.graph, SessionOptions.defaults().device("reference"))) {
      return Bench.run(session, outputs, feeds).stream().map(Literal::type).toList();
    }
  }

  /** Returns a fed tensor like each of these. */
  private List<Output> weights(List<Output> like) {
    List<Output> weights = new ArrayList<>();
    for (TensorType type : exactTypes(bench, like, feeds)) {
      Output weight = bench.tf.placeholder(type.dtype(), type.shape());
      feeds.put(weight, Samples.draw(type, -1, 1, random));
      weights.add(weight);
    }
    return weights;
  }

  /** Returns the gradients, each of which has been compared with its numeric value. */
  private List<Output> compare(
      List<Output> ys, List<Output> xs, List<Output> weights, String order) {
    List<Optional<Output>> gradients = bench.tf.gradientsIfConnected(ys, xs, weights);
    List<Output> found = gradients.stream().flatMap(Optional::stream).toList();
    try (Session session =
        new Session(bench.graph, SessionOptions.defaults().device("reference"))) {
      for (int i = 0; i < xs.size(); i++) {
        Output x = xs.get(i);
        Literal direction = Samples.draw(x.type(), -1, 1, random);
        double symbolic = 0;
        if (gradients.get(i).isPresent()) {
          Output gradient = gradients.get(i).get();
          Literal value = Bench.run(session, List.of(gradient), feeds).get(0);
          assertEquals(x.type(), value.type(), example + ": type of the gradient for " + x);
          symbolic = Samples.dot(value, direction);
        } else if (order.equals("first")) {
          continue;
        }
        double numeric =
            (at(session, ys, weights, x, direction, STEP)
                    - at(session, ys, weights, x, direction, -STEP))
                / (2 * STEP);
        assertEquals(
            numeric,
            symbolic,
            TOLERANCE * (1 + Math.abs(numeric)),
            example + ": gradient of " + order + " order for " + x);
      }
    }
    return found;
  }

  /** Returns the weighted sum of the ys with one x moved. */
  private double at(
      Session session,
      List<Output> ys,
      List<Output> weights,
      Output x,
      Literal direction,
      double step) {
    Map<Output, Literal> moved = new HashMap<>(feeds);
    moved.put(x, Samples.plus(feeds.get(x), step, direction));
    List<Literal> values = Bench.run(session, ys, moved);
    double sum = 0;
    for (int i = 0; i < ys.size(); i++) {
      sum += Samples.dot(values.get(i), moved.get(weights.get(i)));
    }
    return sum;
  }
}
