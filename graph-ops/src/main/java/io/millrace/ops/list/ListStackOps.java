package io.millrace.ops.list;

import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Making lists: of nothing yet, or of the rows of a tensor; and making tensors of lists. */
public interface ListStackOps extends Building {

  /** A list of as many elements as input 1 says, none of which is set. */
  record TensorListReserve(DType elementDtype) implements Op {
    public TensorListReserve {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("element_shape: shape_type in index", "num_elements: int32");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      long size = ShapeVectors.scalar(in, 1).orElse(Shape.UNKNOWN);
      in.require(
          size >= 0 || in.constant(1).isEmpty(), "num_elements must be 0 or more, not %d", size);
      return List.of(ListTypes.list(elementDtype, size, ListTypes.asked(in, 0)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its inputs only size the list");
    }

    @Override
    public void lower(Lowering to) {
      lower(to, elementDtype, to.constant(1).getLong(0));
    }

    /** Sets the output to a list of which no element is set. */
    static void lower(Lowering to, DType dtype, long size) {
      TensorType rows = to.outputType(0).target();
      to.output(
          0,
          rows.shape().isFullyDefined()
              ? Indexing.filled(to, rows, 0)
              : Value.unmade(size, new TensorType(dtype, ListTypes.element(rows))));
    }

    static List<Example> examples() {
      Op op = new TensorListReserve(DType.FLOAT32);
      return List.of(
          Example.accepts(op).ints(2, 3).scalar(DType.INT32, 4),
          Example.accepts(new TensorListReserve(DType.BOOL)).longs().scalar(DType.INT32, 0),
          Example.rejects(op, "num_elements must be 0 or more, not -1")
              .ints(2)
              .scalar(DType.INT32, -1),
          Example.rejects(op, "element_shape must be a vector, or -1 for any, not 3")
              .scalar(DType.INT32, 3)
              .scalar(DType.INT32, 1),
          Example.rejects(op, "element_shape must have extents of 0 or more")
              .ints(-2)
              .scalar(DType.INT32, 1));
    }
  }

  /** A list without elements. */
  record EmptyTensorList(DType elementDtype) implements Op {
    public EmptyTensorList {
      ListTypes.requireHeldOrList(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("element_shape: shape_type in index", "max_num_elements: int32");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(1, 0);
      return List.of(
          makesAnyList()
              ? ListTypes.any()
              : ListTypes.list(elementDtype, 0, ListTypes.asked(in, 0)));
    }

    @Override
    public boolean makesAnyList() {
      return elementDtype == DType.VARIANT;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its inputs only size the list");
    }

    @Override
    public void lower(Lowering to) {
      if (makesAnyList()) {
        to.output(0, ListTypes.unmade(0));
      } else {
        TensorListReserve.lower(to, elementDtype, 0);
      }
    }

    static List<Example> examples() {
      Op op = new EmptyTensorList(DType.FLOAT32);
      return List.of(
          Example.accepts(op).ints(2, 3).scalar(DType.INT32, -1),
          Example.rejects(op, "input 1 must be a scalar").ints(2).ints(3, 4));
    }
  }

  /** A list of the rows of a tensor. */
  record TensorListFromTensor() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("tensor: element_dtype", "element_shape: shape_type in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shapes.requireAxes(in, 0, 1);
      Shape element =
          ListTypes.fitting(
              in, ListTypes.element(in.type(0)), ListTypes.element(in, 1), "element_shape");
      return List.of(ListTypes.list(in.dtype(0), ListTypes.size(in.type(0)), element));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.result(
              new TensorListStack(call.type(0).dtype(), -1),
              call.gradient(),
              ListTypes.elementShape(tf, call.input(0), 1)));
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.input(0));
    }

    static List<Example> examples() {
      Op op = new TensorListFromTensor();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 3, 2).ints(2),
          Example.accepts(op).with(DType.FLOAT64, 4).scalar(DType.INT64, -1),
          Example.accepts(op).with(DType.BOOL, 2, 3, 1).ints(-1, 1),
          Example.rejects(op, "elements of shape [2], which element_shape [3] does not fit")
              .with(DType.FLOAT32, 3, 2)
              .ints(3),
          Example.rejects(op, "input 0 must have at least 1 axis").with(DType.FLOAT32).ints());
    }
  }

  /**
   * The elements of a list, stacked.
   *
   * @param numElements how many there must be; -1 for any number
   */
  record TensorListStack(DType elementDtype, int numElements) implements Op {
    public TensorListStack {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "element_shape: int32")
            .optional("num_elements", -1)
            .outputType("element_dtype", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType rows = ListTypes.rows(in, 0, elementDtype);
      long size = ListTypes.size(rows);
      in.require(
          numElements < 0 || size < 0 || numElements == size,
          "the list must have %d elements, but has %d",
          numElements,
          size);
      Shape element =
          ListTypes.fitting(in, ListTypes.element(rows), ListTypes.element(in, 1), "element_shape");
      return List.of(
          rows.withShape(Shape.of(size < 0 ? Math.max(-1, numElements) : size).concat(element)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.result(new TensorListFromTensor(), call.gradient(), ListTypes.anyShape(tf)));
    }

    @Override
    public void lower(Lowering to) {
      Value stack = ListTypes.stack(to, 0, ListTypes.elementType(to.outputType(0)));
      if (numElements >= 0 && ListTypes.size(stack) != numElements) {
        throw new RuleException(
            "the list must have %d elements, but has %d"
                .formatted(numElements, ListTypes.size(stack)));
      }
      to.output(0, stack);
    }

    static List<Example> examples() {
      Op op = new TensorListStack(DType.FLOAT64, -1);
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2).ints(2),
          Example.accepts(new TensorListStack(DType.FLOAT64, 4))
              .withList(DType.FLOAT64, 4)
              .scalar(DType.INT32, -1),
          Example.accepts(new TensorListStack(DType.INT32, 0)).withList(DType.INT32, 0, 3).ints(-1),
          Example.rejects(new TensorListStack(DType.FLOAT64, 2), "must have 2 elements, but has 3")
              .withList(DType.FLOAT64, 3, 2)
              .ints(2),
          Example.rejects(op, "elements of shape [2], which element_shape [3] does not fit")
              .withList(DType.FLOAT64, 3, 2)
              .ints(3),
          Example.rejects(op, "the list holds int32, not float64")
              .withList(DType.INT32, 3, 2)
              .ints(2));
    }
  }
}
