package io.millrace.conformance;

import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.MillraceException;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.Session;
import io.millrace.SessionOptions;
import io.millrace.Tensor;
import io.millrace.io.GraphDefs;
import io.millrace.op.ForeignOp;
import io.millrace.op.NodeList;
import io.millrace.ops.Ops;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Supplier;

/** One case on its way through the engine: imported, differentiated, run and compared. */
final class CaseRun {
  private static final String READING = "reading the graph";

  private final Case recorded;
  private final SessionOptions options;
  private final List<Difference> differences = new ArrayList<>();

  /** What is fetched with the first step beside its own: gradients, whose weights are fed. */
  private final List<Output> gradients = new ArrayList<>();

  /** With respect to which tensor each of them is. */
  private final List<Output> points = new ArrayList<>();

  private final List<Expectation> expectedGradients = new ArrayList<>();
  private final Map<Output, Literal> weights = new HashMap<>();

  private CaseRun(Case recorded, SessionOptions options) {
    this.recorded = recorded;
    this.options = options;
  }

  /**
   * Runs a case on the graph that TensorFlow made.
   *
   * @throws IOException if the graph cannot be read
   */
  static Verdict of(Case recorded, SessionOptions options) throws IOException {
    byte[] file = recorded.graph();
    return of(recorded, () -> GraphDefs.read(file), options);
  }

  /** Runs a case on another graph, in which its names mean the same. */
  static Verdict of(Case recorded, Supplier<Graph> graph, SessionOptions options) {
    return new CaseRun(recorded, options).run(graph);
  }

  private Verdict run(Supplier<Graph> source) {
    Graph graph;
    try {
      graph = source.get();
    } catch (GraphException e) {
      return recorded.mayNotBuild() ? new Verdict.Passed() : Verdict.failed(READING, e);
    } catch (RuntimeException | Error e) {
      return Verdict.failed(READING, e);
    }
    NodeList unsupported = unsupported(graph);
    return unsupported.isEmpty()
        ? run(graph)
        : new Verdict.Unsupported(unsupported.types(), unsupported.toString());
  }

  /** Returns what the steps need and the engine does not have, whatever is fed. */
  private NodeList unsupported(Graph graph) {
    Set<String> wanted = new HashSet<>();
    for (RecordedStep step : recorded.steps()) {
      step.fetches().forEach(name -> wanted.add(name.replaceFirst(":.*", "")));
      wanted.addAll(step.targets());
    }
    Deque<Operation> open = new ArrayDeque<>();
    graph.operations().stream().filter(o -> wanted.contains(o.name())).forEach(open::add);
    NodeList found = new NodeList();
    Set<Operation> seen = new HashSet<>();
    while (!open.isEmpty()) {
      Operation operation = open.pop();
      if (seen.add(operation)) {
        if (operation.op() instanceof ForeignOp foreign) {
          found.add(operation.type(), operation.name(), foreign.reason());
        }
        operation.inputs().forEach(input -> open.push(input.operation()));
        operation.controlInputs().forEach(open::push);
      }
    }
    return found;
  }

  private Verdict run(Graph graph) {
    String doing = "building gradients";
    try {
      recorded.gradients().forEach(wanted -> differentiate(graph, wanted));
      doing = "opening a session";
      try (Session session = new Session(graph, options)) {
        boolean first = true;
        for (RecordedStep step : recorded.steps()) {
          doing = step.when().isEmpty() ? "running" : step.when();
          step(session, step, first);
          first = false;
        }
      }
      return Verdict.on(differences);
    } catch (RuntimeException | Error e) {
      return Verdict.failed(doing, e);
    }
  }

  private void differentiate(Graph graph, ExpectedGradients wanted) {
    Ops tf = Ops.of(graph);
    List<Output> of = new ArrayList<>();
    List<Output> arriving = new ArrayList<>();
    for (int i = 0; i < wanted.of().size(); i++) {
      Output output = graph.output(wanted.of().get(i));
      TensorType type = wanted.weights().get(i).type();
      if (output.dtype().isFloating()) {
        Output fed = tf.placeholder(type.dtype(), type.shape());
        weights.put(fed, wanted.weights().get(i));
        of.add(output);
        arriving.add(fed);
      }
    }
    List<Output> wrt = wanted.wrt().stream().map(graph::output).toList();
    Map<Output, Output> found = gradients(tf, of, wrt, arriving);
    for (int i = 0; i < wrt.size(); i++) {
      Optional<Output> gradient = Optional.ofNullable(found.get(wrt.get(i)));
      Optional<Expectation> expected = wanted.expected().get(i);
      if (gradient.isPresent() && expected.isPresent()) {
        gradients.add(gradient.get());
        points.add(wrt.get(i));
        expectedGradients.add(expected.get());
      } else if (gradient.isPresent() || expected.isPresent()) {
        differences.add(
            new Difference(
                "gradient for " + wrt.get(i).name(),
                gradient.isPresent() ? "exists, expected none" : "does not exist",
                Double.POSITIVE_INFINITY));
      }
    }
  }

  /** Returns the gradients that exist; of what is not floating there is none. */
  private static Map<Output, Output> gradients(
      Ops tf, List<Output> of, List<Output> wrt, List<Output> arriving) {
    List<Output> floating = wrt.stream().filter(x -> x.dtype().isFloating()).toList();
    List<Optional<Output>> found = tf.gradientsIfConnected(of, floating, arriving);
    Map<Output, Output> gradients = new HashMap<>();
    for (int i = 0; i < floating.size(); i++) {
      Output x = floating.get(i);
      found.get(i).ifPresent(gradient -> gradients.put(x, gradient));
    }
    return gradients;
  }

  private void step(Session session, RecordedStep step, boolean withGradients) {
    List<Object> wanted = new ArrayList<>();
    List<Expectation> expected = new ArrayList<>(step.expected());
    Map<Output, Tensor> feeds = new HashMap<>();
    Graph graph = session.graph();
    step.fetches().forEach(name -> wanted.add(graph.output(name)));
    step.targets().forEach(name -> wanted.add(graph.operation(name)));
    step.feeds().forEach((name, value) -> feeds.put(graph.output(name), Tensor.of(value)));
    if (withGradients) {
      wanted.addAll(gradients);
      expected.addAll(expectedGradients);
      weights.forEach((fed, value) -> feeds.put(fed, Tensor.of(value)));
    }
    try {
      compare(graph, step, expected, session.run(wanted, feeds).tensors());
    } catch (MillraceException e) {
      if (step.error().isEmpty()) {
        throw e;
      }
    } finally {
      feeds.values().forEach(Tensor::close);
    }
  }

  private void compare(
      Graph graph, RecordedStep step, List<Expectation> expected, List<Tensor> results) {
    String prefix = step.when().isEmpty() ? "" : step.when() + ": ";
    if (step.error().isPresent()) {
      String error = step.error().get();
      differences.add(
          new Difference(
              prefix + "the run", "succeeded, expected " + error, Double.POSITIVE_INFINITY));
    }
    int own = step.expected().size();
    for (int i = 0; i < expected.size(); i++) {
      LongPredicate counts =
          i < own ? at -> true : WronglyRecorded.right(graph, points.get(i - own), step.feeds());
      expected
          .get(i)
          .difference(results.get(i).toLiteral(), counts)
          .map(d -> new Difference(prefix + d.tensor(), d.text(), d.distance()))
          .ifPresent(differences::add);
    }
    results.forEach(Tensor::close);
  }
}
