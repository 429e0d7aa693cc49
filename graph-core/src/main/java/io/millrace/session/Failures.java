package io.millrace.session;

import io.millrace.ExecutionException;
import io.millrace.Graph;
import io.millrace.GraphException;
import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.UninitializedException;
import io.millrace.compiler.lowering.Question;
import io.millrace.ir.Origin;
import io.millrace.op.Messages;
import io.millrace.op.OpFamilies;
import io.millrace.spi.StepException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says why runs of one session fail, in terms of its graph. */
final class Failures {
  private final Graph graph;
  private final VariableStore state;

  Failures(Graph graph, VariableStore state) {
    this.graph = graph;
    this.state = state;
  }

  /**
   * Returns what is thrown when a step fails: it names the operations that the step came from.
   *
   * @param turns the turns that loops are in, by the loop's name
   */
  ExecutionException ofRun(StepException failure, Map<String, Long> turns) {
    List<Origin.Site> sites = failure.origin().sites();
    StepException e = failure;
    Optional<Origin.Site> caller = sites.isEmpty() ? Optional.empty() : sites.get(0).caller();
    while (caller.isPresent()) {
      Long turn = turns.get(caller.get().toString());
      e = turn == null ? e : e.inTurn(turn);
      caller = caller.get().caller();
    }
    String nodes = sites.stream().map(this::place).collect(Collectors.joining());
    return new ExecutionException("the run failed: " + e.getMessage() + nodes);
  }

  private String place(Origin.Site site) {
    Optional<Operation> found = find(site);
    if (found.isEmpty()) {
      return "\n  at " + OpFamilies.caller();
    }
    Operation operation = found.get();
    String inputs = Messages.inputs(operation.inputs().stream().map(Output::toString).toList());
    return "\n  in "
        + operation
        + (inputs.isEmpty() ? "" : ": " + inputs)
        + "\n  at "
        + (operation.op() instanceof Settings.Set ? OpFamilies.caller() : operation.source())
        + calls(site);
  }

  private String calls(Origin.Site site) {
    return site.caller()
        .map(
            caller ->
                find(caller).map(o -> "\n  called by " + o + "\n  at " + o.source()).orElse("")
                    + calls(caller))
        .orElse("");
  }

  private Optional<Operation> find(Origin.Site site) {
    Stream<Graph> graphs =
        site.caller().isEmpty()
            ? Stream.of(graph)
            : find(site.caller().get()).stream()
                .flatMap(o -> o.op().functions().stream())
                .map(GraphFunction::body);
    return graphs
        .flatMap(g -> g.operations().stream())
        .filter(o -> o.name().equals(site.name()))
        .filter(o -> site.caller().isEmpty() || o.source().equals(site.line()))
        .findFirst();
  }

  /**
   * Returns what is thrown when exact shapes break a rule: it names the variables whose shapes were
   * made up, as they have no value yet.
   */
  GraphException ofCompiling(PlanKey key, GraphException e) {
    List<Operation> unset = new ArrayList<>();
    for (Question question : key.answers().keySet()) {
      if (question instanceof Question.ShapeOf shape && !state.hasShape(shape.variable())) {
        unset.add(graph.operation(shape.variable()));
      }
    }
    if (unset.isEmpty()) {
      return e;
    }
    String names =
        unset.stream()
            .map(o -> "\n  " + o.name() + " made at " + o.source())
            .collect(Collectors.joining());
    return new GraphException(
        "%s\nthese variables have no value yet and count as having no elements:%s%s"
            .formatted(e.getMessage(), names, UninitializedException.HELP));
  }
}
