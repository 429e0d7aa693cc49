package io.millrace.ops.list;

import io.millrace.Output;
import io.millrace.ir.Primitive;
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
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Reading and setting several elements of lists at once. */
public interface ListScatterOps extends Building {

  /** The elements of a list that input 1 numbers, stacked. */
  record TensorListGather(DType elementDtype) implements Op {
    public TensorListGather {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "indices: int32", "element_shape: int32")
            .outputType("element_dtype", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape element =
          ListTypes.fitting(
              in,
              ListTypes.element(ListTypes.rows(in, 0, elementDtype)),
              ListTypes.element(in, 2),
              "element_shape");
      return List.of(
          new TensorType(elementDtype, Shape.of(Placing.count(in.shape(1))).concat(element)));
    }

    /** Adds up what arrives at elements that are named more than once. */
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output size = tf.result(new ListSizeOps.TensorListLength(), call.input(0));
      Output sums = tf.unsortedSegmentSum(call.gradient(), tf.reshape(call.input(1), -1), size);
      return Gradients.of(
          tf.result(new ListStackOps.TensorListFromTensor(), sums, ListTypes.anyShape(tf)));
    }

    @Override
    public void lower(Lowering to) {
      Value stack = ListTypes.stack(to, 0, ListTypes.elementType(to.outputType(0)));
      Value indices = Indexing.flat(to, to.input(1));
      Placing.requireIndices(to, indices, ListTypes.size(stack));
      to.output(0, Indexing.gather(to, stack, 1, indices));
    }

    static List<Example> examples() {
      Op op = new TensorListGather(DType.FLOAT64);
      String rule = "indices must be in [0, 3), as the list has so many elements";
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2).ints(2, 0, 2).ints(2),
          Example.accepts(op)
              .withList(DType.FLOAT64, 3)
              .within(0, 3, DType.INT32, 2)
              .scalar(DType.INT32, -1),
          Example.accepts(new TensorListGather(DType.BOOL))
              .withList(DType.BOOL, 3, 2)
              .ints()
              .ints(2),
          Example.rejects(op, rule + ": element [1] is 3")
              .withList(DType.FLOAT64, 3, 2)
              .ints(0, 3)
              .ints(2),
          Example.rejects(op, rule + ": element [0] is -1")
              .withList(DType.FLOAT64, 3, 2)
              .ints(-1)
              .ints(2));
    }
  }

  /** Makes a list of the rows of a tensor; what it has in elements, the data may decide. */
  interface PlacesRows extends Op {
    @Override
    default int sizes() {
      return 1;
    }

    @Override
    default void lowerSizes(Lowering to) {
      Placing.count(to, 1, 0);
    }

    @Override
    default Gradients gradient(Gradient call) {
      return Placing.placedGradient(call);
    }

    @Override
    default void lower(Lowering to) {
      Placing.place(to);
    }
  }

  /** A list of the rows of a tensor at the places that input 1 numbers; as long as need be. */
  record TensorListScatter() implements PlacesRows {
    private static final Signature SIGNATURE =
        Signature.of(
            "tensor: element_dtype", "indices: int32", "element_shape: shape_type in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(Placing.placed(in, Placing.size(in, 1, 0)));
    }

    static List<Example> examples() {
      Op op = new TensorListScatter();
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 2, 3).ints(3, 1).ints(3),
          Example.accepts(op).with(DType.FLOAT64, 3).ints(1, 0, 1).scalar(DType.INT64, -1),
          Example.accepts(op).with(DType.INT32, 0, 2).ints().ints(2),
          Example.rejects(op, "indices must be in [0, 2), as the list has so many elements")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, -1)
              .ints(3),
          Example.rejects(op, "there are 2 indices but 3 rows")
              .with(DType.FLOAT32, 3, 3)
              .ints(1, 0)
              .ints(3));
    }
  }

  /** The same with as many elements as input 3 says, or -1 for as many as need be. */
  record TensorListScatterV2() implements PlacesRows {
    private static final Signature SIGNATURE =
        Signature.of(
            "tensor: element_dtype",
            "indices: int32",
            "element_shape: shape_type in index",
            "num_elements: int32");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<Long> wished = ShapeVectors.scalar(in, 3);
      in.require(
          wished.orElse(0L) >= -1,
          "num_elements must be 0 or more, or -1 for any, not %d",
          wished.orElse(0L));
      long size = wished.isEmpty() ? -1 : wished.get() < 0 ? Placing.size(in, 1, 0) : wished.get();
      return List.of(Placing.placed(in, size));
    }

    static List<Example> examples() {
      Op op = new TensorListScatterV2();
      return List.of(
          Example.accepts(op)
              .with(DType.FLOAT64, 2, 3)
              .within(0, 4, DType.INT32, 2)
              .ints(3)
              .scalar(DType.INT32, 4),
          Example.accepts(op)
              .with(DType.FLOAT64, 2)
              .ints(0, 2)
              .scalar(DType.INT32, -1)
              .scalar(DType.INT32, -1),
          Example.rejects(op, "indices must be in [0, 2), as the list has so many elements")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 2)
              .ints(3)
              .scalar(DType.INT32, 2),
          Example.rejects(op, "num_elements must be 0 or more, or -1 for any, not -2")
              .with(DType.FLOAT32, 2, 3)
              .ints(1, 2)
              .ints(3)
              .scalar(DType.INT32, -2));
    }
  }

  /** A list with the rows of a tensor at the places that input 2 numbers; it grows if need be. */
  record TensorListScatterIntoExistingList() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "tensor: element_dtype", "indices: int32");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public int sizes() {
      return 1;
    }

    @Override
    public void lowerSizes(Lowering to) {
      Placing.count(to, 2, ListTypes.size(to.input(0)));
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType rows = ListTypes.rows(in, 0, in.dtype(1));
      Placing.requireRows(in, 1, 2);
      Shape element =
          ListTypes.fitting(in, ListTypes.element(rows), ListTypes.element(in.type(1)), "a row");
      long before = ListTypes.size(rows);
      return List.of(
          ListTypes.list(in.dtype(1), before < 0 ? before : Placing.size(in, 2, before), element));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output tensor = call.input(1);
      Output without = tf.result(this, call.gradient(), tf.zerosLike(tensor), call.input(2));
      return Gradients.of(
          List.of(
              Optional.of(ListTypes.resizedLike(tf, without, call.input(0))),
              Optional.of(Placing.kept(call, tensor, call.input(2)))),
          "indices only place the rows");
    }

    @Override
    public void lower(Lowering to) {
      Value rows = to.input(1);
      Value indices = Indexing.flat(to, to.input(2));
      Value stack = ListTypes.stack(to, 0, ListTypes.elementType(rows.type()));
      long size = Placing.size(to, 2, stack.type().shape().dim(0));
      Placing.requireIndices(to, indices, size);
      to.output(
          0,
          Indexing.scatter(
              to,
              Primitive.Scatter.Combine.SET,
              ListTypes.resized(to, stack, size),
              1,
              indices,
              rows));
    }

    static List<Example> examples() {
      Op op = new TensorListScatterIntoExistingList();
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 4, 3).with(DType.FLOAT64, 2, 3).ints(3, 1),
          Example.accepts(op).withList(DType.FLOAT64, 2).with(DType.FLOAT64, 3).ints(1, 4, 1),
          Example.rejects(op, "elements of shape [3], which a row [2] does not fit")
              .withList(DType.FLOAT32, 4, 3)
              .with(DType.FLOAT32, 1, 2)
              .ints(0),
          Example.rejects(op, "indices must be in [0, 4), as the list has so many elements")
              .withList(DType.FLOAT32, 4, 3)
              .with(DType.FLOAT32, 1, 3)
              .ints(-1));
    }
  }
}
