package io.millrace.op;

import io.millrace.GraphFunction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntSupplier;

/** Computes a stateless operation of known inputs. */
public final class ConstantEvaluator {
  private ConstantEvaluator() {}

  /**
   * Returns the outputs of an operation applied to these inputs; nothing if some have no elements,
   * or if computing them fails, as an integer division by zero does: then the run reports it.
   */
  public static Optional<List<Literal>> evaluate(Op op, List<Literal> inputs) {
    List<TensorType> types = inputs.stream().map(Literal::type).toList();
    try {
      Inference inference =
          new Inference(
              types,
              i -> Optional.of(inputs.get(i)),
              i -> Optional.of(inputs.get(i)),
              () -> Optional.of(counting(op, inputs).results().get(0).toLongs()),
              name -> Optional.empty());
      List<TensorType> results = inference.typesOf(op);
      if (results.stream().anyMatch(r -> r.dtype().isHandle())) {
        return Optional.empty();
      }
      Eager lowering = new Eager(op, inputs, results);
      op.lower(lowering);
      return Optional.of(lowering.results());
    } catch (ArithmeticException | RuleException e) {
      return Optional.empty();
    }
  }

  /**
   * Returns the sizes that the types of an operation's outputs depend on, for these inputs; nothing
   * if computing them fails.
   */
  public static Optional<Literal> sizes(Op op, List<Literal> inputs) {
    try {
      return Optional.of(counting(op, inputs).results().get(0));
    } catch (ArithmeticException | RuleException e) {
      return Optional.empty();
    }
  }

  private static Eager counting(Op op, List<Literal> inputs) {
    int sizes = op.sizes(inputs.stream().map(Literal::type).toList());
    Eager lowering = new Eager(op, inputs, List.of(TensorType.of(DType.INT64, sizes)));
    op.lowerSizes(lowering);
    return lowering;
  }

  /** A lowering that computes each instruction as soon as it is added. */
  private static final class Eager extends Lowering {
    private final Op op;
    private final List<Literal> inputs;
    private final List<TensorType> types;
    private final List<Value> inputValues = new ArrayList<>();
    private final Map<Value, Literal> literals = new HashMap<>();
    private final Map<Integer, Value> outputs = new HashMap<>();

    Eager(Op op, List<Literal> inputs, List<TensorType> types) {
      this.op = op;
      this.inputs = inputs;
      this.types = types;
      inputs.forEach(i -> inputValues.add(add(i)));
    }

    List<Literal> results() {
      List<Literal> results = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        results.add(get(Objects.requireNonNull(outputs.get(i), op.type())));
      }
      return results;
    }

    private Value add(Literal literal) {
      Value value = new Value(literals.size(), literal.type());
      literals.put(value, literal);
      return value;
    }

    private Literal get(Value value) {
      return Objects.requireNonNull(literals.get(value));
    }

    private IllegalStateException stateful() {
      return new IllegalStateException(
          op.type() + " touches state, so its isStateful() must be true");
    }

    @Override
    public String name() {
      return op.type();
    }

    @Override
    public int inputs() {
      return inputs.size();
    }

    @Override
    public Value input(int index) {
      return inputValues.get(index);
    }

    @Override
    public TensorType inputType(int index) {
      return inputs.get(index).type();
    }

    @Override
    public Literal constant(int input) {
      return inputs.get(input);
    }

    @Override
    public Optional<Literal> known(int input) {
      return Optional.of(inputs.get(input));
    }

    @Override
    public Value found(int index) {
      Eager counting = counting(op, inputs);
      return add(counting.get(Objects.requireNonNull(counting.outputs.get(index), op.type())));
    }

    @Override
    public TensorType outputType(int index) {
      return types.get(index);
    }

    @Override
    public void output(int index, Value value) {
      outputs.put(index, value);
    }

    @Override
    public void unfed() {
      throw stateful();
    }

    @Override
    public Resource reference(int input) {
      throw stateful();
    }

    @Override
    public boolean isInitialized(int input) {
      throw stateful();
    }

    @Override
    public Resource retype(int input, TensorType type) {
      throw stateful();
    }

    @Override
    public void outputReference(int index, Resource resource) {
      throw stateful();
    }

    @Override
    public void pass(int input, int output) {
      output(output, input(input));
    }

    @Override
    public boolean isDead(int input) {
      return false;
    }

    @Override
    public void dead(int output) {
      throw stateful();
    }

    @Override
    public void call(GraphFunction function, int first) {
      throw stateful();
    }

    @Override
    public void choose(Value index, IntSupplier asked, List<GraphFunction> functions, int first) {
      throw stateful();
    }

    @Override
    public void repeat(Loop loop) {
      throw stateful();
    }

    @Override
    public Value reserve(long blocks, boolean seeded) {
      throw stateful();
    }

    @Override
    public Value read(Resource resource) {
      throw stateful();
    }

    @Override
    public void write(Resource resource, Value value) {
      throw stateful();
    }

    @Override
    public List<Value> emit(Primitive primitive, List<Value> inputs, List<TensorType> types) {
      return ReferenceInterpreter.evaluate(
              primitive, inputs.stream().map(this::get).toList(), types)
          .stream()
          .map(this::add)
          .toList();
    }

    @Override
    public void check(Value condition, Primitive.Check check, List<Value> shown) {
      if (get(condition).getLong(0) == 0) {
        throw new RuleException(check.message());
      }
    }
  }
}
