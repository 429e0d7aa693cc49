package io.millrace.primitives;

import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ProgramBuilder;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Writes programs of all types for tests in few words. */
public final class ProgramWriter {
  public final ProgramBuilder builder = new ProgramBuilder();

  public Value feed(TensorType type) {
    return builder.feed(type, Origin.of("fed"));
  }

  public Value constant(Literal literal) {
    return emit(new Primitive.Constant(literal), literal.type());
  }

  public Value scalar(DType type, double value) {
    return constant(Literal.scalar(type, value));
  }

  public Value read(Resource resource) {
    return builder.emit(
        new Primitive.Read(resource),
        List.of(),
        resource.type(),
        Origin.of("read " + resource.name()));
  }

  public Value emit(Primitive primitive, TensorType type, Value... inputs) {
    return builder.emit(
        primitive, List.of(inputs), type, Origin.of(primitive.getClass().getSimpleName()));
  }

  /** Adds a Map over the first operand's shape, the others broadcast to it. */
  public Value map(Function<List<Scalar>, Scalar> rule, Value... operands) {
    ScalarBuilder scalars = new ScalarBuilder();
    List<Scalar> elements = new ArrayList<>();
    List<View> views = new ArrayList<>();
    Shape domain = operands[0].type().shape();
    for (Value operand : operands) {
      elements.add(scalars.parameter(operand.type().dtype()));
      views.add(View.broadcast(operand.type().shape(), domain));
    }
    Scalar result = rule.apply(elements);
    return emit(
        new Primitive.Map(scalars.build(List.of(result)), domain, views),
        new TensorType(result.type(), domain),
        operands);
  }

  /** Adds a tensor of which each element is that of a scalar. */
  public Value broadcast(Value scalar, Shape shape) {
    ScalarBuilder scalars = new ScalarBuilder();
    DType type = scalar.type().dtype();
    return emit(
        new Primitive.Map(
            scalars.build(List.of(scalars.parameter(type))),
            shape,
            List.of(View.broadcast(Shape.of(), shape))),
        new TensorType(type, shape),
        scalar);
  }

  /** Adds the sum of all elements. */
  public Value sum(Value x) {
    ScalarBuilder scalars = new ScalarBuilder();
    Shape domain = x.type().shape();
    return emit(
        new Primitive.Reduce(
            Reduction.SUM,
            scalars.build(List.of(scalars.parameter(x.type().dtype()))),
            domain,
            0,
            List.of(View.dense(domain))),
        x.type().withShape(Shape.of()),
        x);
  }

  public Value reshape(Value x, long... dims) {
    return emit(new Primitive.Reshape(), x.type().withShape(Shape.of(dims)), x);
  }

  public void check(String message, Value holds, Value... shown) {
    List<Value> inputs = new ArrayList<>(List.of(holds));
    inputs.addAll(List.of(shown));
    builder.check(
        builder.emit(
            new Primitive.Check(message, -1), inputs, holds.type(), Origin.of("check of a turn")));
  }

  public Program fetch(List<Value> values) {
    return builder.build(values);
  }
}
