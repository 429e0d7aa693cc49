package io.millrace.compiler.lowering;

import io.millrace.GraphFunction;
import io.millrace.Operation;
import io.millrace.ir.Primitive;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Loop;
import io.millrace.op.Lowering;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.ObjIntConsumer;

/** Binds the lowering of one node to the program under construction. */
final class NodeLowering extends Lowering {
  private final Lowerer lowerer;
  private final Frame frame;
  private final Operation operation;
  private final List<TensorType> types;
  private final ObjIntConsumer<Value> outputs;

  NodeLowering(
      Lowerer lowerer,
      Frame frame,
      Operation operation,
      List<TensorType> types,
      ObjIntConsumer<Value> outputs) {
    this.lowerer = lowerer;
    this.frame = frame;
    this.operation = operation;
    this.types = types;
    this.outputs = outputs;
  }

  @Override
  public String name() {
    return frame.path().name(operation);
  }

  @Override
  public int inputs() {
    return operation.inputs().size();
  }

  @Override
  public Value input(int index) {
    return frame.input(operation.input(index), operation);
  }

  @Override
  public TensorType inputType(int index) {
    return frame.type(operation.input(index));
  }

  @Override
  public Literal constant(int input) {
    return frame.asking().constant(operation.input(input), operation);
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
    return frame.asking().known(operation.input(input));
  }

  @Override
  public Value found(int index) {
    return frame.asking().found(operation, index);
  }

  @Override
  public void unfed() {
    lowerer.missing(operation);
    frame.dead().skip(operation);
  }

  @Override
  public Resource reference(int input) {
    return frame.reference(operation, input);
  }

  @Override
  public boolean isInitialized(int input) {
    return lowerer.isInitialized(frame.reference(operation, input));
  }

  @Override
  public Resource retype(int input, TensorType type) {
    return lowerer.variables().retype(frame.reference(operation, input), type);
  }

  @Override
  public void outputReference(int index, Resource resource) {
    frame.setReference(operation.output(index), resource);
  }

  @Override
  public void pass(int input, int output) {
    frame.pass(operation.input(input), operation.output(output));
  }

  @Override
  public boolean isDead(int input) {
    return frame.dead().contains(operation.input(input));
  }

  @Override
  public void dead(int output) {
    frame.dead().kill(operation.output(output), false);
  }

  @Override
  public void call(GraphFunction function, int first) {
    lowerer.note(frame, operation, "written out: '" + function.name() + "'");
    CallLowering.lower(frame, operation, function, first);
  }

  @Override
  public void choose(Value index, IntSupplier asked, List<GraphFunction> functions, int first) {
    try {
      new ChoiceLowering(lowerer, frame, operation, functions, first, this).lower(index);
      lowerer.note(frame, operation, "one instruction, whose branches have the same types");
    } catch (NotFixedException e) {
      if (lowerer.isInside()) {
        throw e;
      }
      call(functions.get(asked.getAsInt()), first);
      lowerer.note(
          frame, operation, "the run was asked which branch, for they differ: " + e.getMessage());
    }
  }

  @Override
  public void repeat(Loop loop) {
    new LoopLowering(lowerer, frame, operation, loop, this).lower();
  }

  @Override
  public Value reserve(long blocks, boolean seeded) {
    return lowerer.reserve(frame, operation, blocks, seeded);
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
    return lowerer.emit(frame, operation, primitive, inputs, types);
  }

  @Override
  public void check(Value condition, Primitive.Check check, List<Value> shown) {
    lowerer.check(frame, operation, condition, check, shown);
  }
}
