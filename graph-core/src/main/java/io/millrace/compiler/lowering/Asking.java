package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.op.Inference;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the values in a frame that shapes and branches depend on, or has the run asked for them.
 */
final class Asking {
  private final Lowerer lowerer;
  private final Frame frame;
  private final SharedMemory shared;
  private final Predicate<Output> given;
  private final KnownValues known;

  /** What was told; of the memory of variables it holds until they are written to. */
  private final Map<Question, Literal> told = new HashMap<>();

  /** What the operation that is lowered now counted its sizes with. */
  private final Map<Integer, Value> found = new HashMap<>();

  Asking(Lowerer lowerer, Frame frame, SharedMemory shared, Predicate<Output> given) {
    this.lowerer = lowerer;
    this.frame = frame;
    this.shared = shared;
    this.given = given;
    known =
        new KnownValues(
            given,
            o -> frame.argument(o).flatMap(a -> a.frame().asking().known(a.output())),
            frame::type);
  }

  /** Forgets what the operation before counted. */
  void begin() {
    found.clear();
  }

  /** Returns what the operation that is lowered now counted besides its sizes. */
  List<Value> later() {
    return found.entrySet().stream().filter(f -> f.getKey() > 0).map(Map.Entry::getValue).toList();
  }

  /** Notes what a tensor is. */
  void tell(Output output, Literal value) {
    known.put(output, value);
  }

  /** Returns the value of a tensor that shapes or branches depend on. */
  Literal constant(Output output, Operation asking) {
    Optional<Literal> value = known(output);
    if (value.isPresent()) {
      return value.get();
    }
    Optional<Literal> outside =
        frame.argument(output).map(a -> a.frame().asking().constant(a.output(), frame.call()));
    if (outside.isPresent()) {
      known.put(output, outside.get());
      frame.give(output, literal(outside.get(), output));
      return outside.get();
    }
    Question question = question(output);
    List<Operation> before = Pruner.needed(List.of(output), List.of(), given);
    Value asked = frame.input(output, asking);
    Literal answer = lowerer.answer(question, asked, Optional.of(output), before, frame, asking);
    told.put(question, answer);
    if (!shared.isShared(output)) {
      known.put(output, answer);
      frame.give(output, literal(answer, output));
    }
    return answer;
  }

  private Value literal(Literal value, Output output) {
    return lowerer.literal(value, frame.path().origin(output.operation()));
  }

  private Question question(Output output) {
    return new Question.ValueOf(frame.path(), output, shared.writes(output));
  }

  /** Returns the value of a tensor if no question is needed for it. */
  Optional<Literal> known(Output output) {
    return shared.isShared(output)
        ? Optional.ofNullable(told.get(question(output)))
        : known.of(output);
  }

  /** Returns the sizes that an operation's rule asks for, if it does. */
  Optional<long[]> sizes(Operation operation) {
    if (operation.op().sizes(frame.types(operation)) == 0) {
      return Optional.empty();
    }
    Optional<Literal> sizes = known.sizesOf(operation);
    if (sizes.isPresent()) {
      return sizes.map(Literal::toLongs);
    }
    // The rule is kept before the sizes are counted, and asks for nothing to be counted.
    new Inference(frame.types(operation), i -> known.of(operation.input(i)))
        .typesOf(operation.op());
    Question question = new Question.SizesOf(frame.path(), operation);
    List<Operation> before = Pruner.needed(List.of(), List.of(operation), given);
    Value counted = found(operation, 0);
    return Optional.of(
        lowerer.answer(question, counted, Optional.empty(), before, frame, operation).toLongs());
  }

  /** Returns what an operation's program for its sizes set. */
  Value found(Operation operation, int index) {
    if (found.isEmpty()) {
      int count = operation.op().sizes(frame.types(operation));
      List<TensorType> sizes = List.of(TensorType.of(DType.INT64, count));
      frame.apart(
          () ->
              operation
                  .op()
                  .lowerSizes(
                      new NodeLowering(
                          lowerer, frame, operation, sizes, (v, i) -> found.put(i, v))));
    }
    return Objects.requireNonNull(found.get(index), operation.name());
  }
}
