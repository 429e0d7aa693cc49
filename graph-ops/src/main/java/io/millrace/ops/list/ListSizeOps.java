package io.millrace.ops.list;

import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** The number of a list's elements, and their shape. */
public interface ListSizeOps extends Building {

  /** How many elements a list has, set or not. */
  record TensorListLength() implements Op {
    private static final Signature SIGNATURE = Signature.of("input_handle: variant");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(TensorType.of(DType.INT32));
    }

    @Override
    public Optional<Literal> value(Inference in) {
      return ListTypes.anyRows(in, 0)
          .map(ListTypes::size)
          .filter(size -> size >= 0)
          .map(size -> Literal.scalar(DType.INT32, size));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is an integer, a size");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.literal(Literal.scalar(DType.INT32, ListTypes.size(to.input(0)))));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new TensorListLength()).withList(DType.FLOAT32, 3, 2),
          Example.accepts(new TensorListLength()).withList(DType.BOOL, 0));
    }
  }

  /**
   * The shape that a list's elements have, a vector; or -1 if it is not known, as it may be before
   * one is set.
   */
  record TensorListElementShape(DType shapeType) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant").outputType("shape_type", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(shapeType.isIndex(), "shape_type must be int32 or int64, not %s", shapeType);
      Shape element = element(in);
      return List.of(
          new TensorType(
              shapeType, element.isRankKnown() ? Shape.of(element.rank()) : Shape.unknown()));
    }

    private static Shape element(Inference in) {
      return ListTypes.anyRows(in, 0).map(ListTypes::element).orElse(Shape.unknown());
    }

    @Override
    public Optional<Literal> value(Inference in) {
      return Optional.of(element(in)).filter(Shape::isFullyDefined).map(this::said);
    }

    private Literal said(Shape element) {
      if (!element.isRankKnown()) {
        return Literal.scalar(shapeType, -1);
      }
      long[] dims = element.dims();
      Literal.Builder said = new Literal.Builder(new TensorType(shapeType, Shape.of(dims.length)));
      for (int i = 0; i < dims.length; i++) {
        said.setLong(i, dims[i]);
      }
      return said.build();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is integers, sizes");
    }

    @Override
    public void lower(Lowering to) {
      Value list = to.input(0);
      TensorType rows = list.type();
      to.output(
          0, to.literal(said(list.isMade() ? ListTypes.element(rows) : rows.target().shape())));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new TensorListElementShape(DType.INT32)).withList(DType.FLOAT32, 3, 2),
          Example.accepts(new TensorListElementShape(DType.INT64)).withList(DType.BOOL, 3),
          Example.rejects(
                  new TensorListElementShape(DType.FLOAT32), "shape_type must be int32 or int64")
              .withList(DType.FLOAT32, 3));
    }
  }

  /** A list with as many elements as input 1 says: without the last ones, or with some unset. */
  record TensorListResize() implements Op {
    private static final Signature SIGNATURE = Signature.of("input_handle: variant", "size: int32");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long size = ShapeVectors.scalar(in, 1).orElse(Shape.UNKNOWN);
      in.require(size >= 0 || in.constant(1).isEmpty(), "the size must be 0 or more, not %d", size);
      TensorType list = in.type(0).ofAnyLength();
      return List.of(
          ListTypes.anyRows(in, 0)
              .map(rows -> ListTypes.list(rows.dtype(), size, ListTypes.element(rows)))
              .orElse(list));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(
          ListTypes.resizedLike(Ops.of(call.graph()), call.gradient(), call.input(0)));
    }

    @Override
    public void lower(Lowering to) {
      Value list = to.input(0);
      long size = to.constant(1).getLong(0);
      to.output(
          0,
          list.isMade()
              ? ListTypes.resized(to, list, size)
              : Value.unmade(size, list.type().target()));
    }

    static List<Example> examples() {
      Op op = new TensorListResize();
      return List.of(
          Example.accepts(op).withList(DType.FLOAT32, 3, 2).scalar(DType.INT32, 5),
          Example.accepts(op).withList(DType.FLOAT64, 3).scalar(DType.INT32, 2),
          Example.accepts(op).withList(DType.BOOL, 2, 2).scalar(DType.INT32, 0),
          Example.rejects(op, "the size must be 0 or more, not -1")
              .withList(DType.FLOAT32, 3, 2)
              .scalar(DType.INT32, -1));
    }
  }
}
