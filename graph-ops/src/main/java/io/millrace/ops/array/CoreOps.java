package io.millrace.ops.array;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Where tensors come from: placeholders and constants. */
public interface CoreOps extends Building {

  /** Returns a tensor of any shape that every run must feed. TensorFlow: Placeholder. */
  default Output placeholder(DType dtype) {
    return placeholder(dtype, Shape.unknown());
  }

  /** Returns a tensor of any shape that every run must feed. TensorFlow: Placeholder. */
  default Output placeholder(DType dtype, String name) {
    return placeholder(dtype, Shape.unknown(), name);
  }

  /**
   * Returns a tensor that every run must feed. TensorFlow: Placeholder.
   *
   * @param shape a {@link Shape}, a number, an array or a list of them, -1 for unknown extents
   */
  default Output placeholder(DType dtype, Object shape, String name) {
    Arguments.requireEach("dtype, shape, name", dtype, shape, name);
    return tf().withName(name).placeholder(dtype, shape);
  }

  /** Returns a tensor that every run must feed. TensorFlow: Placeholder. */
  default Output placeholder(DType dtype, Object shape) {
    Arguments.requireEach("dtype, shape", dtype, shape);
    return result(new Placeholder(dtype, ShapeArguments.shape("Placeholder", shape)));
  }

  /** Returns a tensor that every run must feed. TensorFlow: Placeholder. */
  default Output placeholder(DType dtype, long... dims) {
    return placeholder(dtype, (Object) Arguments.require(dims, "dims"));
  }

  /**
   * Returns a tensor that a run may feed, and that is this one if it does not. TensorFlow:
   * PlaceholderWithDefault.
   *
   * @param shape what is known of the shape of whatever is fed
   */
  default Output placeholderWithDefault(Object x, Object shape) {
    Arguments.requireEach("x, shape", x, shape);
    return result(
        new PlaceholderWithDefault(ShapeArguments.shape("PlaceholderWithDefault", shape)), x);
  }

  /**
   * Returns a constant: of a tensor, a number, a boolean, or a (nested) Java array, list or buffer.
   * Single numbers and lists with fractions are float32, arrays of double float64.
   */
  default Output constant(Object value) {
    Output constant = Constants.named(graph(), nameOr("Const"), value, Optional.empty());
    return value instanceof Operand ? named(constant) : constant;
  }

  /** Returns a constant of a given type. */
  default Output constant(Object value, DType dtype) {
    Arguments.requireEach("value, dtype", value, dtype);
    Output constant = Constants.named(graph(), nameOr("Const"), value, Optional.of(dtype));
    if (constant.dtype() != dtype) {
      throw Refusal.of("Const", "a tensor of type %s is not %s", constant.type(), dtype);
    }
    return value instanceof Operand ? named(constant) : constant;
  }

  /** Returns a constant of a given type and shape, of all elements or one for all of them. */
  default Output constant(Object value, DType dtype, Object shape) {
    Arguments.requireEach("value, dtype, shape", value, dtype, shape);
    Output given = tf().constant(value, dtype);
    Shape wanted = ShapeArguments.shape("Const", shape);
    return given.shape().size() == 1
        ? result(new CreationOps.Fill(), sizes(wanted), tf().reshape(given, Shape.scalar()))
        : result(new ReshapeOps.Reshape(), given, sizes(wanted));
  }

  /** Opens a scope: names of operations added until it is closed begin with this one. */
  default Graph.Scope nameScope(String name) {
    return graph().nameScope(name);
  }

  /** A tensor that is fed. */
  record Placeholder(DType dtype, Shape shape) implements Op {
    private static final Signature SIGNATURE =
        Signature.of().alias("PlaceholderV2").optional("shape", Shape.unknown());

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(new TensorType(dtype, shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no inputs");
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      to.unfed();
    }

    static List<Example> examples() {
      return List.of(Example.accepts(new Placeholder(DType.FLOAT32, Shape.of(2))));
    }
  }

  /** A tensor whose value is part of the graph. */
  record Constant(Literal literal) implements Op {
    private static final Signature SIGNATURE =
        Signature.of().rename("literal", "value").outputType("dtype", 0);

    @Override
    public String type() {
      return "Const";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(literal.type());
    }

    @Override
    public Optional<Literal> value(Inference in) {
      return Optional.of(literal);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no inputs");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.literal(literal));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Constant(Literal.scalar(DType.FLOAT32, 1.5))),
          Example.accepts(new Constant(Literal.ofInts(1, 2, 3))));
    }
  }

  /** The input, unless something else is fed in its place. */
  record PlaceholderWithDefault(Shape shape) implements Passing {
    private static final Signature WRITTEN = Signature.of("input: dtype").sharing();

    @Override
    public Signature signature() {
      return WRITTEN;
    }

    /** The shape is that of what may be fed, so nothing more is promised of the default's. */
    @Override
    public List<TensorType> infer(Inference in) {
      in.require(
          in.shape(0).isCompatibleWith(shape),
          "the default has shape %s, which does not fit %s",
          in.shape(0),
          shape);
      return List.of(in.type(0).withShape(shape));
    }

    /** A value that may be fed is not known ahead of the run. */
    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new PlaceholderWithDefault(Shape.of(2, 3))).with(DType.FLOAT32, 2, 3),
          Example.accepts(new PlaceholderWithDefault(Shape.of())).with(DType.BOOL),
          Example.rejects(
                  new PlaceholderWithDefault(Shape.of(-1, 3)),
                  "the default has shape [2,2], which does not fit [?,3]")
              .with(DType.FLOAT32, 2, 2));
    }
  }
}
