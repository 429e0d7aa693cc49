package io.millrace.ops.list;

import io.millrace.Output;
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
import io.millrace.ops.array.Joining;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Adding elements at the end of lists, and taking them away. */
public interface ListQueueOps extends Building {

  /** A list with one more element. */
  record TensorListPushBack() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "tensor: element_dtype in passed");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(in.dtype(1) != DType.RESOURCE, "lists hold tensors, but no %s", in.dtype(1));
      Optional<TensorType> held =
          ListTypes.held(in, 1).or(() -> ListTypes.anyRows(in, 0).map(ListTypes::elementType));
      if (held.isEmpty()) {
        return List.of(ListTypes.any());
      }
      DType dtype = held.get().dtype();
      TensorType rows = ListTypes.rows(in, 0, dtype);
      Shape element =
          ListTypes.fitting(in, ListTypes.element(rows), held.get().shape(), "the tensor");
      long size = ListTypes.size(rows);
      return List.of(ListTypes.list(dtype, size < 0 ? size : size + 1, element));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output tensor = call.input(1);
      List<Output> popped =
          tf.apply(
                  new TensorListPopBack(tensor.dtype()),
                  call.gradient(),
                  ListTypes.elementShape(tf, tensor, 0))
              .outputs();
      return Gradients.of(popped.get(0), popped.get(1));
    }

    @Override
    public void lower(Lowering to) {
      Value list = to.input(0);
      Value tensor = to.input(1);
      if (!tensor.isMade() && !list.isMade()) {
        to.output(0, ListTypes.unmade(ListTypes.size(list) + 1));
        return;
      }
      TensorType element = tensor.isMade() ? tensor.type() : ListTypes.elementType(list.type());
      Value held = tensor.isMade() ? tensor : Indexing.filled(to, element, 0);
      Value row = to.reshape(held, Shape.of(1).concat(element.shape()));
      to.output(0, ListTypes.joined(to, ListTypes.stack(to, 0, element), row));
    }

    static List<Example> examples() {
      Op op = new TensorListPushBack();
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2).with(DType.FLOAT64, 2),
          Example.accepts(op).withList(DType.INT32, 0).with(DType.INT32),
          Example.rejects(op, "elements of shape [2], which the tensor [3] does not fit")
              .withList(DType.FLOAT32, 3, 2)
              .with(DType.FLOAT32, 3));
    }
  }

  /** A list without its last element, and that. */
  record TensorListPopBack(DType elementDtype) implements Op {
    public TensorListPopBack {
      ListTypes.requireHeldOrList(elementDtype);
    }

    private static final Signature SIGNATURE =
        Signature.of("input_handle: variant", "element_shape: int32")
            .outputType("element_dtype", 1);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (elementDtype == DType.VARIANT) {
        return List.of(
            ListTypes.anyRows(in, 0)
                .map(rows -> left(rows, rows.dtype(), ListTypes.element(rows)))
                .orElse(ListTypes.any()),
            ListTypes.inner(in, 0));
      }
      TensorType rows = ListTypes.rows(in, 0, elementDtype);
      Shape element =
          ListTypes.fitting(in, ListTypes.element(rows), ListTypes.element(in, 1), "element_shape");
      return List.of(left(rows, elementDtype, element), new TensorType(elementDtype, element));
    }

    private static TensorType left(TensorType rows, DType dtype, Shape element) {
      long size = ListTypes.size(rows);
      return ListTypes.list(dtype, size < 0 ? size : Math.max(0, size - 1), element);
    }

    @Override
    public boolean makesAnyList() {
      return elementDtype == DType.VARIANT;
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(tf.result(new TensorListPushBack(), Joining.gradients(call).toArray()));
    }

    /** Taking from an empty list fails where it is done: a loop may have no such turn. */
    @Override
    public void lower(Lowering to) {
      Value list = to.input(0);
      long left = Math.max(0, ListTypes.size(list) - 1);
      if (ListTypes.size(list) == 0) {
        to.check(to.scalar(DType.BOOL, 0), "there is no element to take: the list is empty");
      }
      if (elementDtype == DType.VARIANT && !list.isMade()) {
        to.output(0, ListTypes.unmade(left));
        to.output(1, OptionalOps.none());
        return;
      }
      Value stack = ListTypes.stack(to, 0, to.outputType(1));
      to.output(0, ListTypes.rows(to, stack, 0, left));
      to.output(1, ListTypes.row(to, stack, to.literal(Literal.scalar(DType.INT32, left))));
    }

    static List<Example> examples() {
      Op op = new TensorListPopBack(DType.FLOAT64);
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2).ints(2),
          Example.accepts(op).withList(DType.FLOAT64, 1).scalar(DType.INT32, -1),
          Example.rejects(op, "there is no element to take: the list is empty")
              .withList(DType.FLOAT64, 0, 2)
              .ints(2));
    }
  }

  /** The elements of one list, then those of another. */
  record TensorListConcatLists(DType elementDtype) implements Op {
    public TensorListConcatLists {
      ListTypes.requireHeld(elementDtype);
    }

    private static final Signature SIGNATURE = Signature.of("input_a: variant", "input_b: variant");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType first = ListTypes.rows(in, 0, elementDtype);
      TensorType second = ListTypes.rows(in, 1, elementDtype);
      Shape element =
          ListTypes.fitting(
              in, ListTypes.element(first), ListTypes.element(second), "an element of shape");
      long one = ListTypes.size(first);
      long other = ListTypes.size(second);
      return List.of(
          ListTypes.list(elementDtype, one < 0 || other < 0 ? -1 : one + other, element));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output all =
          tf.result(
              new ListStackOps.TensorListStack(elementDtype, -1),
              call.gradient(),
              ListTypes.anyShape(tf));
      Output first = tf.result(new ListSizeOps.TensorListLength(), call.input(0));
      Output end = tf.result(new ListSizeOps.TensorListLength(), call.output(0));
      Output rest = tf.gather(all, tf.range(first, end));
      return Gradients.of(
          ListTypes.resizedLike(tf, call.gradient(), call.input(0)),
          tf.result(new ListStackOps.TensorListFromTensor(), rest, ListTypes.anyShape(tf)));
    }

    @Override
    public void lower(Lowering to) {
      Value first = to.input(0);
      Value second = to.input(1);
      if (!first.isMade() && !second.isMade()) {
        Shape element = to.outputType(0).target().shape();
        long size = first.type().shape().dim(0) + second.type().shape().dim(0);
        to.output(
            0,
            Value.unmade(
                size,
                new TensorType(
                    elementDtype,
                    element.isRankKnown() ? element.slice(1, element.rank()) : element)));
        return;
      }
      Value made = first.isMade() ? first : second;
      TensorType element = ListTypes.elementType(made.type());
      to.output(
          0,
          ListTypes.joined(to, ListTypes.stack(to, 0, element), ListTypes.stack(to, 1, element)));
    }

    static List<Example> examples() {
      Op op = new TensorListConcatLists(DType.FLOAT64);
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 3, 2).withList(DType.FLOAT64, 2, 2),
          Example.accepts(new TensorListConcatLists(DType.BOOL))
              .withList(DType.BOOL, 0)
              .withList(DType.BOOL, 2),
          Example.rejects(op, "elements of shape [2], which an element of shape [3] does not fit")
              .withList(DType.FLOAT64, 3, 2)
              .withList(DType.FLOAT64, 3, 3));
    }
  }
}
