package io.millrace.ops.flow;

import io.millrace.FunctionBody;
import io.millrace.Output;
import io.millrace.op.Gradient;
import io.millrace.op.GradientWalk;
import io.millrace.op.Gradients;
import io.millrace.op.Loop;
import io.millrace.ops.Ops;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the gradient of a loop: a loop over its turns from the last to the first. What a turn needs
 * of the one that it is the gradient of is a row of a {@linkplain io.millrace.Operation#trace
 * trace}. It carries the gradients of what was carried, and the sums of those of what stayed the
 * same; those of rows are collected.
 */
final class LoopGradient {
  private final Gradient call;
  private final Loop loop;
  private final Ops tf;
  private final FunctionBody made;

  /** Positions of the floating parameters. */
  private final List<Integer> carried = new ArrayList<>();

  private final List<Integer> scanned = new ArrayList<>();
  private final List<Integer> same = new ArrayList<>();

  private final List<Output> first = new ArrayList<>();
  private final Set<String> ends = new LinkedHashSet<>();

  private LoopGradient(Gradient call, Loop loop) {
    this.call = call;
    this.loop = loop;
    tf = Ops.of(call.graph());
    List<Output> parameters = loop.body().parameters();
    for (int i = 0; i < parameters.size(); i++) {
      // A handle of a variable is the same in all turns; what arrives at it is added up.
      boolean passes = GradientBuilder.passes(parameters.get(i), call.input(loop.first() + i));
      if (passes && (!GradientBuilder.isVariable(parameters.get(i)) || kind(i) == same)) {
        kind(i).add(i);
      }
    }
    made =
        FunctionBody.in(call.graph(), loop.body().name() + "_gradient")
            .seeing(loop.body().body(), this::outside);
  }

  static Gradients of(Gradient call, Loop loop) {
    return new LoopGradient(call, loop).build();
  }

  private List<Integer> kind(int parameter) {
    if (parameter >= loop.carried()) {
      return parameter < loop.carried() + loop.scanned() ? scanned : same;
    }
    return isPassed(parameter) ? same : carried;
  }

  private boolean isPassed(int parameter) {
    return loop.body().results().get(parameter) == loop.body().parameters().get(parameter);
  }

  /** Returns what stands for a tensor of the loop's body: a row of its trace, or an input. */
  private Output outside(Output tensor) {
    int parameter = loop.body().parameters().indexOf(tensor);
    if (parameter < 0 || (parameter < loop.carried() && !isPassed(parameter))) {
      return made.row(call.node().trace(tensor));
    }
    Output input = call.input(loop.first() + parameter);
    boolean isRow = parameter >= loop.carried() && parameter < loop.carried() + loop.scanned();
    return isRow ? made.row(input) : input;
  }

  private Gradients build() {
    List<Output> states = new ArrayList<>();
    for (int i : carried) {
      first.add(call.gradient(i).orElseGet(() -> tf.zerosLike(call.output(i))));
    }
    for (int i : same) {
      Optional<Output> passed = i < loop.carried() ? call.gradient(i) : Optional.empty();
      Output input = call.input(loop.first() + i);
      first.add(passed.orElseGet(() -> GradientBuilder.zerosLike(tf, input)));
    }
    for (Output begin : first) {
      states.add(made.parameter("gradient", begin.type().ofAnyLength()));
    }
    Map<Output, Output> seeds = new LinkedHashMap<>();
    List<Output> results = made.build(() -> turn(states, seeds));
    if (results.isEmpty()) {
      return Gradients.none("nothing in the loop '" + loop.body().name() + "' is floating");
    }
    Output turns = loop.condition().isPresent() ? call.node().turns() : call.input(0);
    List<Output> outputs =
        LoopBuilder.scan(
            tf, "gradient", made, turns, first, made.rows(), results, !loop.backward());
    List<Optional<Output>> gradients = new ArrayList<>();
    for (int i = 0; i < call.inputs(); i++) {
      gradients.add(Optional.empty());
    }
    int next = 0;
    for (List<Integer> kind : List.of(carried, same, scanned)) {
      for (int i : kind) {
        gradients.set(loop.first() + i, Optional.of(outputs.get(next++)));
      }
    }
    return Gradients.of(
        gradients, ends.isEmpty() ? "it is not floating" : "in the loop the path ends at " + ends);
  }

  /** Adds one turn of the gradient: what is carried next, then what is collected. */
  private List<Output> turn(List<Output> states, Map<Output, Output> seeds) {
    for (int k = 0; k < carried.size(); k++) {
      arrive(seeds, loop.body().results().get(carried.get(k)), states.get(k));
    }
    for (int j = 0; j < loop.collected(); j++) {
      Output result = loop.body().results().get(loop.carried() + j);
      call.gradient(loop.carried() + j).ifPresent(g -> arrive(seeds, result, made.row(g)));
    }
    call.traced()
        .forEach(
            (inside, gradient) -> {
              if (inside.graph() == loop.body().body()) {
                arrive(seeds, inside, made.row(gradient));
              }
            });
    List<Output> xs = new ArrayList<>();
    for (List<Integer> kind : List.of(carried, same, scanned)) {
      kind.forEach(i -> xs.add(loop.body().parameters().get(i)));
    }
    GradientWalk walk =
        GradientBuilder.walk(tf, List.copyOf(seeds.keySet()), xs, List.copyOf(seeds.values()));
    List<Output> results = new ArrayList<>();
    for (int k = 0; k < xs.size(); k++) {
      Output x = xs.get(k);
      Optional<Output> gradient = walk.gradient(x);
      walk.end(x).ifPresent(ends::add);
      boolean isSum = k >= carried.size() && k < states.size();
      if (isSum) {
        Output sum = states.get(k);
        results.add(gradient.map(g -> tf.addN(List.of(sum, g))).orElse(sum));
      } else {
        results.add(gradient.orElseGet(() -> tf.zerosLike(x)));
      }
    }
    return results;
  }

  private void arrive(Map<Output, Output> seeds, Output at, Output gradient) {
    seeds.merge(at, gradient, (a, b) -> tf.addN(List.of(a, b)));
  }
}
