package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.ConstantEvaluator;
import io.millrace.op.Inference;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
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

/** Finds the values of tensors while a run is compiled, computing them where nothing is fed. */
final class KnownValues {
  private final Map<Output, Literal> known = new HashMap<>();
  private final Predicate<Output> fed;
  private final Function<Output, Optional<Literal>> given;
  private final Function<Output, TensorType> types;
  private final Set<Output> unknowable = new HashSet<>();

  /**
   * Starts knowing nothing.
   *
   * @param fed whether a tensor is given from outside
   * @param given what is known of such a tensor
   * @param types gives the fully defined type of a tensor that the run needs
   */
  KnownValues(
      Predicate<Output> fed,
      Function<Output, Optional<Literal>> given,
      Function<Output, TensorType> types) {
    this.fed = fed;
    this.given = given;
    this.types = types;
  }

  /** Returns the value of a tensor, unless it depends on feeds or state. */
  Optional<Literal> of(Output output) {
    return known.containsKey(output) || isKnowable(output)
        ? Optional.of(Objects.requireNonNull(known.get(output)))
        : Optional.empty();
  }

  /** Returns the sizes of an operation's outputs, unless they depend on feeds or state. */
  Optional<Literal> sizesOf(Operation operation) {
    List<Literal> inputs = new ArrayList<>();
    for (Output input : operation.inputs()) {
      Optional<Literal> value = of(input);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      inputs.add(value.get());
    }
    return ConstantEvaluator.sizes(operation.op(), inputs);
  }

  /** Notes what a run told. */
  void put(Output output, Literal value) {
    known.put(output, value);
  }

  /** Walks back to leaves with an explicit stack, first to see whether all are known. */
  private boolean isKnowable(Output wanted) {
    Deque<Output> open = new ArrayDeque<>(List.of(wanted));
    Set<Output> seen = new HashSet<>(open);
    Deque<Operation> order = new ArrayDeque<>();
    while (!open.isEmpty()) {
      Output output = open.pop();
      if (known.containsKey(output)) {
        continue;
      }
      Optional<Literal> value = fed.test(output) ? given.apply(output) : stated(output);
      if (value.isPresent()) {
        known.put(output, value.get());
        continue;
      }
      Operation operation = output.operation();
      if (fed.test(output)
          || unknowable.contains(output)
          || operation.op().isStateful()
          || operation.inputs().isEmpty()) {
        unknowable.add(output);
        unknowable.add(wanted);
        return false;
      }
      order.push(operation);
      operation.inputs().stream().filter(seen::add).forEach(open::push);
    }
    boolean computed =
        order.stream()
            .distinct()
            .sorted(Comparator.comparingInt(Operation::id))
            .allMatch(this::compute);
    if (!computed) {
      unknowable.add(wanted);
    }
    return computed;
  }

  /** Returns the value that follows from the types of the operation's inputs. */
  private Optional<Literal> stated(Output output) {
    Operation operation = output.operation();
    if (output.index() != 0) {
      return Optional.empty();
    }
    return operation
        .op()
        .value(
            new Inference(
                operation.inputs().stream().map(types).toList(),
                i -> Optional.ofNullable(known.get(operation.input(i)))));
  }

  private boolean compute(Operation operation) {
    List<Literal> inputs =
        operation.inputs().stream().map(i -> Objects.requireNonNull(known.get(i))).toList();
    Optional<List<Literal>> outputs = ConstantEvaluator.evaluate(operation.op(), inputs);
    outputs.ifPresent(
        literals ->
            operation.outputs().forEach(o -> known.putIfAbsent(o, literals.get(o.index()))));
    return outputs.isPresent();
  }
}
