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

/** Reading and setting elements of lists. */
public interface ListElementOps extends Building {

  /** The element of a list that input 1 numbers; zeros if it was not set. */
  record TensorListGetItem(DType elementDtype) implements Op {
    public TensorListGetItem {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "index: int32", "element_shape: Tshape in index")
            .outputType("element_dtype", 0);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(1, 0);
      Shape element =
          ListTypes.fitting(
              in,
              ListTypes.element(ListTypes.rows(in, 0, elementDtype)),
              ListTypes.element(in, 2),
              "element_shape");
      return List.of(new TensorType(elementDtype, element));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(
          tf.result(
              new TensorListSetItem(false),
              tf.zerosLike(call.input(0)),
              call.input(1),
              call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Value stack = ListTypes.stack(to, 0, to.outputType(0));
      requireIndex(to, ListTypes.size(stack));
      to.output(0, ListTypes.row(to, stack, to.input(1)));
    }

    /** Makes the run fail unless input 1 numbers an element. */
    static void requireIndex(Lowering to, long size) {
      Optional<Long> known = to.known(1).map(l -> l.getLong(0));
      if (known.filter(i -> i >= 0 && i < size).isEmpty()) {
        Indexing.requireWithin(
            to,
            to.input(1),
            0,
            size,
            "the index must be in [0, %d), as the list has so many elements".formatted(size));
      }
    }

    static List<Example> examples() {
      Op op = new TensorListGetItem(DType.FLOAT64);
      String outside = "the index must be in [0, 3), as the list has so many elements: it is ";
      return List.of(
          Example.accepts(op)
              .withList(DType.FLOAT64, 3, 2)
              .within(0, 3, DType.INT32)
              .scalar(DType.INT32, -1),
          Example.accepts(new TensorListGetItem(DType.FLOAT64))
              .withList(DType.FLOAT64, 4)
              .scalar(DType.INT32, 3)
              .ints(),
          Example.accepts(new TensorListGetItem(DType.BOOL))
              .withList(DType.BOOL, 2, 3)
              .within(0, 2, DType.INT32)
              .longs(-1),
          Example.rejects(op, outside + "3")
              .withList(DType.FLOAT64, 3, 2)
              .scalar(DType.INT32, 3)
              .ints(2),
          Example.rejects(op, outside + "-1")
              .withList(DType.FLOAT64, 3, 2)
              .scalar(DType.INT32, -1)
              .ints(2),
          Example.rejects(op, "input 1 must be a scalar")
              .withList(DType.FLOAT64, 3, 2)
              .ints(1)
              .ints(2));
    }
  }

  /**
   * A list with another element at the place that input 1 numbers.
   *
   * @param resizeIfIndexOutOfBounds whether the list grows where there is no such place
   */
  record TensorListSetItem(boolean resizeIfIndexOutOfBounds) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "index: int32", "item: element_dtype")
            .optional("resize_if_index_out_of_bounds", false);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(1, 0);
      TensorType rows = ListTypes.rows(in, 0, in.dtype(2));
      Shape element = ListTypes.fitting(in, ListTypes.element(rows), in.shape(2), "the item");
      long size = ListTypes.size(rows);
      if (resizeIfIndexOutOfBounds) {
        Optional<Long> index = ShapeVectors.scalar(in, 1);
        in.require(index.orElse(0L) >= 0, "the index must be 0 or more, not %d", index.orElse(0L));
        size = index.isPresent() && size >= 0 ? Math.max(size, index.get() + 1) : Shape.UNKNOWN;
      }
      return List.of(ListTypes.list(in.dtype(2), size, element));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output item = call.input(2);
      Output without =
          tf.result(
              new TensorListSetItem(false), call.gradient(), call.input(1), tf.zerosLike(item));
      return Gradients.of(
          List.of(
              Optional.of(
                  resizeIfIndexOutOfBounds
                      ? ListTypes.resizedLike(tf, without, call.input(0))
                      : without),
              Optional.empty(),
              Optional.of(
                  tf.result(
                      new TensorListGetItem(item.dtype()),
                      call.gradient(),
                      call.input(1),
                      ListTypes.elementShape(tf, item, 0)))),
          "the index only selects");
    }

    @Override
    public void lower(Lowering to) {
      Value item = to.input(2);
      Value stack = ListTypes.stack(to, 0, item.type());
      long size = ListTypes.size(stack);
      if (resizeIfIndexOutOfBounds) {
        stack = ListTypes.resized(to, stack, Math.max(size, to.constant(1).getLong(0) + 1));
      } else {
        TensorListGetItem.requireIndex(to, size);
      }
      to.output(
          0,
          Indexing.scatter(
              to,
              Primitive.Scatter.Combine.SET,
              stack,
              1,
              to.reshape(to.input(1), Shape.of(1)),
              item));
    }

    static List<Example> examples() {
      Op op = new TensorListSetItem(false);
      Op growing = new TensorListSetItem(true);
      return List.of(
          Example.accepts(op)
              .withList(DType.FLOAT32, 3, 2)
              .within(0, 3, DType.INT32)
              .with(DType.FLOAT32, 2),
          Example.accepts(op).withList(DType.INT32, 3).scalar(DType.INT32, 2).with(DType.INT32),
          Example.accepts(growing)
              .withList(DType.FLOAT64, 2, 2)
              .scalar(DType.INT32, 4)
              .with(DType.FLOAT64, 2),
          Example.accepts(growing)
              .withList(DType.BOOL, 2, 2)
              .scalar(DType.INT32, 1)
              .with(DType.BOOL, 2),
          Example.rejects(op, "the index must be in [0, 3), as the list has so many elements")
              .withList(DType.FLOAT32, 3, 2)
              .scalar(DType.INT32, 3)
              .with(DType.FLOAT32, 2),
          Example.rejects(op, "elements of shape [2], which the item [3] does not fit")
              .withList(DType.FLOAT32, 3, 2)
              .scalar(DType.INT32, 0)
              .with(DType.FLOAT32, 3),
          Example.rejects(op, "the list holds int32, not float32")
              .withList(DType.INT32, 3, 2)
              .scalar(DType.INT32, 0)
              .with(DType.FLOAT32, 2),
          Example.rejects(growing, "the index must be 0 or more, not -1")
              .withList(DType.FLOAT32, 3, 2)
              .scalar(DType.INT32, -1)
              .with(DType.FLOAT32, 2));
    }
  }
}
