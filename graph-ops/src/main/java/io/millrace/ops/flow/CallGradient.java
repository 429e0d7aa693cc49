package io.millrace.ops.flow;

import io.millrace.FunctionBody;
import io.millrace.Graph;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Gradient;
import io.millrace.op.GradientWalk;
import io.millrace.op.Gradients;
import io.millrace.op.Op;
import io.millrace.ops.Ops;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Makes the gradient of an operation that runs one of some functions: an operation that runs one of
 * their gradients. A gradient takes what it needs of its function's tensors as {@linkplain
 * Operation#trace traces}, so that nothing is computed, or drawn at random, twice.
 */
final class CallGradient {
  private final Gradient call;
  private final int first;
  private final Op op;
  private final List<GraphFunction> functions;

  /** Where paths end, in words. */
  private final Set<String> ends = new LinkedHashSet<>();

  private CallGradient(Gradient call, int first, Op op) {
    this.call = call;
    this.first = first;
    this.op = op;
    functions = op.functions();
  }

  /**
   * Returns the gradients of an operation.
   *
   * @param first the input that is the first argument of each function; those before it decide
   * @param op the operation, which runs one of its functions
   */
  static Gradients of(Gradient call, int first, Op op) {
    return new CallGradient(call, first, op).build();
  }

  /** A function's gradient while it is built: what arrives at its parameters, by position. */
  private record Body(FunctionBody made, Map<Integer, Output> gradients) {}

  private Gradients build() {
    List<Body> bodies = functions.stream().map(this::body).toList();
    Set<Integer> reached = new TreeSet<>();
    bodies.forEach(b -> reached.addAll(b.gradients().keySet()));
    if (reached.isEmpty()) {
      return Gradients.none(reason());
    }
    List<List<Output>> results = bodies.stream().map(b -> results(b, reached)).toList();
    List<GraphFunction> gradients = Calls.finish(bodies.stream().map(Body::made).toList(), results);
    Operation made =
        Calls.add(
            Ops.of(call.graph()),
            "gradient",
            op.calling(gradients),
            call.node().inputs().subList(0, first),
            gradients);
    List<Integer> order = List.copyOf(reached);
    List<Optional<Output>> all = new ArrayList<>();
    for (int i = 0; i < call.inputs(); i++) {
      int result = order.indexOf(i - first);
      all.add(result < 0 ? Optional.empty() : Optional.of(made.output(result)));
    }
    return Gradients.of(all, reason());
  }

  private String reason() {
    return ends.isEmpty()
        ? "no result of " + names() + " depends on it differentiably"
        : "in " + names() + " the path ends at " + String.join(", and at ", ends);
  }

  private String names() {
    return String.join(" or ", functions.stream().map(f -> "'" + f.name() + "'").toList());
  }

  private Body body(GraphFunction function) {
    Graph inside = function.body();
    FunctionBody made =
        FunctionBody.in(call.graph(), function.name() + "_gradient")
            .seeing(inside, o -> outside(function, o));
    return new Body(made, made.build(() -> walk(made, function)));
  }

  /** Returns what stands around the operation for a tensor of a function that it runs. */
  private Output outside(GraphFunction function, Output tensor) {
    int parameter = function.parameters().indexOf(tensor);
    return parameter < 0 ? call.node().trace(tensor) : call.input(first + parameter);
  }

  /** Returns what arrives at a result, which may have another shape if the function is not run. */
  private static Output fitting(FunctionBody made, Output arriving, Output result) {
    return arriving.shape().isCompatibleWith(result.shape())
        ? arriving
        : made.take(arriving, arriving.type().withShape(Shape.unknown()));
  }

  private Map<Integer, Output> walk(FunctionBody made, GraphFunction function) {
    Map<Output, List<Output>> arriving = new LinkedHashMap<>();
    for (int i = 0; i < function.results().size(); i++) {
      Output result = function.results().get(i);
      call.gradient(i)
          .ifPresent(
              g ->
                  arriving
                      .computeIfAbsent(result, r -> new ArrayList<>())
                      .add(fitting(made, g, result)));
    }
    call.traced()
        .forEach(
            (inside, gradient) -> {
              if (inside.graph() == function.body()) {
                arriving.computeIfAbsent(inside, r -> new ArrayList<>()).add(gradient);
              }
            });
    Ops tf = Ops.of(call.graph());
    List<Output> ys = List.copyOf(arriving.keySet());
    List<Output> seeds =
        arriving.values().stream().map(a -> a.size() == 1 ? a.get(0) : tf.addN(a)).toList();
    List<Output> xs =
        IntStream.range(0, function.parameters().size())
            .filter(
                p -> GradientBuilder.passes(function.parameters().get(p), call.input(first + p)))
            .mapToObj(p -> function.parameters().get(p))
            .toList();
    GradientWalk walk = GradientBuilder.walk(tf, ys, xs, seeds);
    Map<Integer, Output> gradients = new LinkedHashMap<>();
    for (Output x : xs) {
      walk.gradient(x).ifPresent(g -> gradients.put(function.parameters().indexOf(x), g));
      walk.end(x).ifPresent(ends::add);
    }
    return gradients;
  }

  /** Returns what a gradient gives for these parameters: zeros where nothing arrives. */
  private List<Output> results(Body body, Set<Integer> reached) {
    Ops tf = Ops.of(call.graph());
    return body.made()
        .build(
            () ->
                reached.stream()
                    .map(
                        p ->
                            Optional.ofNullable(body.gradients().get(p))
                                .orElseGet(
                                    () -> GradientBuilder.zerosLike(tf, call.input(first + p))))
                    .toList());
  }
}
