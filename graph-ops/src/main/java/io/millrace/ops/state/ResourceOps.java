package io.millrace.ops.state;

import io.millrace.Graph;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.ir.Resource;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.array.IdentityOps;
import io.millrace.ops.array.ShapeOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Variables that are taken by their handles, and reading them. */
public interface ResourceOps extends Building {

  /** Adds a read of a variable at this place, and after some operations. */
  static Output read(Graph graph, Output handle, String name, List<Operation> after) {
    DType dtype = handle.type().target().dtype();
    Graph.Scope beside = graph.colocateWith(handle.operation());
    try (beside) {
      return graph.add(new ReadVariableOp(dtype), name, List.of(handle), after).output(0);
    }
  }

  /**
   * Holds a tensor from run to run; its output is a handle of it. If the shape is not fully defined
   * it may change.
   */
  record VarHandleOp(DType dtype, Shape shape, Shared shared) implements Op {
    private static final Signature SIGNATURE =
        Signature.of().ignoring("allowed_devices", "debug_name");

    /** Makes the holder of the variable that has its own name. */
    public VarHandleOp(DType dtype, Shape shape) {
      this(dtype, shape, Shared.OWN);
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(TensorType.handle(VariableOps.VariableV2.now(in, dtype, shape, shared)));
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
    public boolean refersToState() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      to.outputReference(0, new Resource(shared.name(to.name()), to.outputType(0).target()));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new VarHandleOp(DType.FLOAT32, Shape.of(2, 3))),
          Example.rejects(
              new VarHandleOp(DType.RESOURCE, Shape.scalar()), "resource is no type of elements"));
    }
  }

  /** What the variable that the input is a handle of holds at this place. */
  record ReadVariableOp(DType dtype) implements Op {
    private static final Signature SIGNATURE = Signature.of("resource: resource");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.dereferenced(dtype).type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(call.gradient());
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.read(to.reference(0)));
    }

    @Override
    public Optional<Op> ofValue() {
      return Optional.of(new IdentityOps.Identity());
    }

    static List<Example> examples() {
      Op op = new ReadVariableOp(DType.FLOAT32);
      return List.of(
          Example.accepts(op).withHandle(-2, 2, DType.FLOAT32, 2, 3),
          Example.accepts(new ReadVariableOp(DType.BOOL)).withHandle(0, 2, DType.BOOL),
          Example.rejects(op, "is a handle of a variable int32[2], not of float32")
              .withHandle(0, 2, DType.INT32, 2));
    }
  }

  /** The shape of the variable that the input is a handle of, at this place. */
  record VariableShape(DType outType) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: resource").optional("out_type", DType.INT32);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(outType.isIndex(), "out_type must be int32 or int64, not %s", outType);
      Optional<Shape> shape = in.type(0).refers().map(TensorType::shape);
      return List.of(
          TensorType.of(
              outType, shape.filter(Shape::isRankKnown).map(s -> (long) s.rank()).orElse(-1L)));
    }

    @Override
    public Optional<Literal> value(Inference in) {
      return in.type(0)
          .refers()
          .map(TensorType::shape)
          .filter(Shape::isFullyDefined)
          .map(shape -> literal(in, shape));
    }

    @Override
    public Optional<Op> ofValue() {
      return Optional.of(new ShapeOps.Extent(ShapeOps.Extent.Kind.SHAPE, outType));
    }

    private Literal literal(Inference in, Shape shape) {
      Literal.Builder builder = new Literal.Builder(TensorType.of(outType, shape.rank()));
      for (int i = 0; i < shape.rank(); i++) {
        in.require(outType.fits(shape.dim(i)), "the shape %s does not fit %s", shape, outType);
        builder.setLong(i, shape.dim(i));
      }
      return builder.build();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it depends on the shape alone");
    }

    @Override
    public void lower(Lowering to) {
      Inference in = new Inference(List.of(to.inputType(0)), i -> Optional.empty());
      to.output(0, to.literal(literal(in, to.reference(0).type().shape())));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new VariableShape(DType.INT32)).withHandle(-2, 2, DType.FLOAT32, 2, 3),
          Example.accepts(new VariableShape(DType.INT64)).withHandle(-2, 2, DType.INT32),
          Example.rejects(new VariableShape(DType.FLOAT32), "out_type must be int32 or int64")
              .withHandle(0, 2, DType.INT32, 2));
    }
  }
}
