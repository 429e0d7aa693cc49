package io.millrace.session;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.compiler.Compiler;
import io.millrace.compiler.lowering.Question;
import io.millrace.compiler.lowering.Request;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What makes two runs share a plan.
 *
 * @param fetches the distinct tensors to compute
 * @param targets the operations to run
 * @param feeds the fed tensors with their exact shapes
 * @param answers what the plan was made for besides
 */
record PlanKey(
    List<Output> fetches,
    List<Operation> targets,
    Map<Output, Shape> feeds,
    Map<Question, Literal> answers) {

  private static final int SHOWN = 4;

  static PlanKey of(Call call) {
    Map<Output, Shape> feeds = new HashMap<>();
    call.slots().forEach(s -> feeds.put(s.output(), s.type().shape()));
    return new PlanKey(call.fetches(), call.targets(), feeds, Map.of());
  }

  /** Returns the key of the same run, of which one thing more is known. */
  PlanKey with(Question question, Literal answer) {
    Map<Question, Literal> more = new HashMap<>(answers);
    more.keySet().removeIf(question::replaces);
    more.put(question, answer);
    return new PlanKey(fetches, targets, feeds, more);
  }

  /** Says what is fetched and fed, for people. */
  @Override
  public String toString() {
    String wanted =
        Stream.concat(fetches.stream(), targets.stream())
            .limit(SHOWN)
            .map(Object::toString)
            .collect(Collectors.joining(", "));
    String fed =
        feeds.entrySet().stream()
            .limit(SHOWN)
            .map(e -> e.getKey().name() + " " + e.getValue())
            .collect(Collectors.joining(", "));
    return "runs " + wanted + (fed.isEmpty() ? "" : ", fed " + fed);
  }

  /** Compiles this run; see {@link Compiler#compile}. */
  Compiler.Compilation compile(Graph graph, boolean passes, Devices devices) {
    return Compiler.compile(
        new Request(graph, fetches, targets, feeds, answers, passes, devices::of, devices.home()));
  }
}
