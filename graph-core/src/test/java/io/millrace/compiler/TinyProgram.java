package io.millrace.compiler;

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
import java.util.Optional;
import java.util.function.Function;

/** Writes float32 programs for tests in few words. */
public final class TinyProgram {
  public final ProgramBuilder builder = new ProgramBuilder();

  public static Resource resource(String name, long... dims) {
    return new Resource(name, TensorType.of(DType.FLOAT32, dims));
  }

  public Value feed(long... dims) {
    return builder.feed(TensorType.of(DType.FLOAT32, dims), Origin.of("x"));
  }

  public Value read(Resource resource) {
    return builder.emit(
        new Primitive.Read(resource), List.of(), resource.type(), Origin.of(resource.name()));
  }

  public Value constant(double value, long... dims) {
    Literal literal = Literal.fill(TensorType.of(DType.FLOAT32, dims), value);
    return builder.emit(new Primitive.Constant(literal), List.of(), literal.type(), Origin.of("c"));
  }

  /** Adds row numbers. */
  public Value rows(long... rows) {
    Literal literal = Literal.ofLongs(rows);
    return builder.emit(
        new Primitive.Constant(literal), List.of(), literal.type(), Origin.of("rows"));
  }

  public Value reshape(Value x, long... dims) {
    return builder.emit(
        new Primitive.Reshape(),
        List.of(x),
        x.type().withShape(Shape.of(dims)),
        Origin.of("reshape"));
  }

  /** Combines rows into those of a matrix. */
  public Value scatter(
      Primitive.Scatter.Combine combine, Value base, Value indices, Value updates) {
    return builder.emit(
        new Primitive.Scatter(combine),
        List.of(base, indices, updates),
        base.type(),
        Origin.of("scatter"));
  }

  public Value transpose(Value x) {
    Shape from = x.type().shape();
    Shape to = Shape.of(from.dim(1), from.dim(0));
    return builder.emit(
        new Primitive.Move(
            List.of(new Primitive.Move.Piece(0, to, View.of(0, 1, from.dim(1)), View.dense(to))),
            Optional.empty()),
        List.of(x),
        x.type().withShape(to),
        Origin.of("transpose"));
  }

  public Value contract(Value x, Value y) {
    TensorType type =
        TensorType.of(DType.FLOAT32, 1, x.type().shape().dim(1), y.type().shape().dim(2));
    return builder.emit(
        new Primitive.Contract(false, false), List.of(x, y), type, Origin.of("matmul"));
  }

  /** Adds a Map over the first operand's shape, the others broadcast to it. */
  public Value map(String origin, Function<List<Scalar>, Scalar> rule, Value... operands) {
    return map(origin, operands[0].type().shape(), rule, operands);
  }

  public Value map(
      String origin, Shape domain, Function<List<Scalar>, Scalar> rule, Value... operands) {
    ScalarBuilder scalars = new ScalarBuilder();
    List<Scalar> elements = new ArrayList<>();
    List<View> views = new ArrayList<>();
    for (Value operand : operands) {
      elements.add(scalars.parameter(operand.type().dtype()));
      views.add(View.broadcast(operand.type().shape(), domain));
    }
    return builder.emit(
        new Primitive.Map(scalars.build(List.of(rule.apply(elements))), domain, views),
        List.of(operands),
        new TensorType(DType.FLOAT32, domain),
        Origin.of(origin));
  }

  /** Sums along the last axis. */
  public Value sum(Value x) {
    ScalarBuilder scalars = new ScalarBuilder();
    Shape domain = x.type().shape();
    int kept = domain.rank() - 1;
    return builder.emit(
        new Primitive.Reduce(
            Reduction.SUM,
            scalars.build(List.of(scalars.parameter(DType.FLOAT32))),
            domain,
            kept,
            List.of(View.dense(domain))),
        List.of(x),
        x.type().withShape(domain.slice(0, kept)),
        Origin.of("sum"));
  }

  /** Adds a check that all elements are numbers. */
  public void check(Value x) {
    ScalarBuilder scalars = new ScalarBuilder();
    Scalar element = scalars.parameter(DType.FLOAT32);
    Shape domain = x.type().shape();
    TensorType bool = TensorType.of(DType.BOOL);
    Value holds =
        builder.emit(
            new Primitive.Reduce(
                Reduction.ALL,
                scalars.build(List.of(element.eq(element))),
                domain,
                0,
                List.of(View.dense(domain))),
            List.of(x),
            bool,
            Origin.of("holds"));
    builder.check(
        builder.emit(
            new Primitive.Check("not a number"), List.of(holds), bool, Origin.of("check")));
  }

  public Program fetch(Value... values) {
    return builder.build(List.of(values));
  }
}
