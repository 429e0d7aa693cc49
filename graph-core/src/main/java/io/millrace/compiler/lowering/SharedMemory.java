package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Knows which tensors are a variable's own memory under another name or shape, as what reads a
 * reference gives in TensorFlow: whoever uses one sees what the variable holds by then.
 */
final class SharedMemory {
  private final Variables variables;
  private final Predicate<Output> fed;
  private final Function<Output, Optional<Resource>> references;
  private final Map<Output, View> views = new HashMap<>();

  /** What each renamed value is, under its first name. */
  private final Map<Value, Value> originals = new HashMap<>();

  /**
   * The memory of a variable.
   *
   * @param writes how often it was written to before this was lowered
   * @param isWhole whether its shape is the variable's own
   */
  private record View(Resource variable, int writes, boolean isWhole) {}

  /**
   * Starts without any.
   *
   * @param fed whether a tensor is given from outside
   * @param references gives the variable that a tensor refers to
   */
  SharedMemory(
      Variables variables, Predicate<Output> fed, Function<Output, Optional<Resource>> references) {
    this.variables = variables;
    this.fed = fed;
    this.references = references;
  }

  /** Notes that a value is another one with its elements in another shape. */
  void rename(Value value, Value renamed) {
    originals.put(renamed, original(value));
  }

  private Value original(Value value) {
    return originals.getOrDefault(value, value);
  }

  /** Notes which outputs of an operation just lowered are the memory of a variable. */
  void note(Operation operation, Function<Output, @Nullable Value> values) {
    if (!operation.op().signature().isSharing()) {
      return;
    }
    for (Output output : operation.outputs()) {
      Value value = fed.test(output) ? null : values.apply(output);
      operation.inputs().stream()
          .flatMap(input -> variable(input).stream())
          .filter(variable -> value != null && holds(variable, value))
          .findFirst()
          .ifPresent(v -> views.put(output, view(v, value)));
    }
  }

  private View view(Resource variable, @Nullable Value value) {
    boolean isWhole = Objects.equals(variables.held(variable), value);
    return new View(variable, variables.writes(variable), isWhole);
  }

  private boolean holds(Resource variable, Value value) {
    Value held = variables.held(variable);
    return held != null && original(held).equals(original(value));
  }

  /** Returns the variable whose memory a tensor is, as it was at the beginning of the run. */
  private Optional<Resource> variable(Output output) {
    View view = views.get(output);
    return view != null ? Optional.of(view.variable()) : references.apply(output);
  }

  /** Returns the variable whose memory a tensor is, if it has the same shape. */
  Optional<Resource> whole(Output output) {
    return Optional.ofNullable(views.get(output)).filter(View::isWhole).map(View::variable);
  }

  /** Notes that a function's parameter is the memory of a variable. */
  void bind(Output parameter, Resource variable) {
    views.put(parameter, new View(variable, variables.writes(variable), true));
  }

  /** Returns whether a tensor is the memory of a variable. */
  boolean isShared(Output output) {
    return variable(output).isPresent();
  }

  /** Returns how often the variable was written to whose memory a tensor is; 0 if it is none's. */
  int writes(Output output) {
    return variable(output).map(variables::writes).orElse(0);
  }

  /**
   * Returns the operations to be lowered again, in this order, before a tensor is used: what the
   * variable held is not what it holds. The first may be that of a parameter, which is read again.
   */
  Deque<Operation> stale(Output wanted) {
    Deque<Operation> stale = new ArrayDeque<>();
    Output output = wanted;
    View view = views.get(output);
    while (view != null && view.writes() != variables.writes(view.variable())) {
      Operation operation = output.operation();
      stale.push(operation);
      Resource variable = view.variable();
      if (operation.inputs().isEmpty()) {
        return stale;
      }
      output =
          operation.inputs().stream()
              .filter(input -> variable(input).filter(variable::equals).isPresent())
              .findFirst()
              .orElseThrow();
      view = views.get(output);
    }
    return stale;
  }

  /**
   * Returns where in a run's order each tensor is needed last, if what may be the memory of a
   * variable is lowered again for whoever uses it.
   */
  static Map<Output, Integer> lastUses(
      List<Operation> operations, Collection<Output> fetches, Predicate<Output> fed) {
    Set<Operation> sharing = new HashSet<>();
    for (Operation operation : operations) {
      boolean hasMemory =
          operation.inputs().stream()
              .filter(i -> !fed.test(i))
              .anyMatch(i -> i.isReference() || sharing.contains(i.operation()));
      if (hasMemory && operation.op().signature().isSharing()) {
        sharing.add(operation);
      }
    }
    Map<Output, Integer> uses = new HashMap<>();
    fetches.forEach(f -> uses.put(f, Integer.MAX_VALUE));
    for (int i = operations.size() - 1; i >= 0; i--) {
      Operation operation = operations.get(i);
      int last = operation.id();
      if (sharing.contains(operation)) {
        for (Output output : operation.outputs()) {
          last = Math.max(last, uses.getOrDefault(output, last));
        }
      }
      int use = last;
      operation.inputs().forEach(input -> uses.merge(input, use, Math::max));
    }
    return uses;
  }
}
