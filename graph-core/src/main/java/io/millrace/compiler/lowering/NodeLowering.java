package io.millrace.compiler.lowering;

import io.millrace.Operation;
import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjIntConsumer;

/** Binds the lowering of one node to the program under construction. */
final class NodeLowering extends Lowering {
  private final Lowerer lowerer;
  private final Operation operation;
  private final List<TensorType> types;
  private final ObjIntConsumer<Value> outputs;

  NodeLowering(
      Lowerer lowerer, Operation operation, List<TensorType> types, ObjIntConsumer<Value> outputs) {
    this.lowerer = lowerer;
    this.operation = operation;
    this.types = types;
    this.outputs = outputs;
  }

  @Override
  public String name() {
    return operation.name();
  }

  @Override
  public int inputs() {
    return operation.inputs().size();
  }

  @Override
  public Value input(int index) {
    return lowerer.input(operation.input(index), operation);
  }

  @Override
  public TensorType inputType(int index) {
    return lowerer.type(operation.input(index));
  }

  @Override
  public Literal constant(int input) {
    return lowerer.constant(operation.input(input), operation);
  }

  @Override
  public TensorType outputType(int index) {
    return types.get(index);
  }

  @Override
  public void output(int index, Value value) {
    outputs.accept(value, index);
  }

  @Override
  public Optional<Literal> known(int input) {
    return lowerer.known(operation.input(input));
  }

  @Override
  public Value found(int index) {
    return lowerer.found(operation, index);
  }

  @Override
  public void unfed() {
    lowerer.missing(operation);
  }

  @Override
  public Resource reference(int input) {
    return lowerer.reference(operation, input);
  }

  @Override
  public boolean isInitialized(int input) {
    return lowerer.isInitialized(operation, input);
  }

  @Override
  public Resource retype(int input, TensorType type) {
    return lowerer.variables().retype(lowerer.reference(operation, input), type);
  }

  @Override
  public void outputReference(int index, Resource resource) {
    lowerer.variables().setReference(operation.output(index), resource);
  }

  @Override
  public Value reserve(long blocks, boolean seeded) {
    return lowerer.reserve(operation, blocks, seeded);
  }

  @Override
  public Value read(Resource resource) {
    return lowerer.variables().read(resource, operation);
  }

  @Override
  public void write(Resource resource, Value value) {
    lowerer.variables().write(resource, value, operation);
  }

  @Override
  public List<Value> emit(Primitive primitive, List<Value> inputs, List<TensorType> types) {
    return lowerer.emit(primitive, inputs, types, operation);
  }

  @Override
  public void check(Value condition, Primitive.Check check, List<Value> shown) {
    lowerer.check(condition, check, shown, operation);
  }
}
