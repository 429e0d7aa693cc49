package io.millrace.ops.list;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** What operations have in common that join the elements of a list along their first axis. */
final class Joined {
  private Joined() {}

  /**
   * Returns the types of the tensor and of the number of rows of each element.
   *
   * @param said what the operation says of the shape of an element
   */
  static List<TensorType> types(Inference in, DType dtype, Shape said) {
    TensorType rows = ListTypes.rows(in, 0, dtype);
    Shape element = ListTypes.fitting(in, ListTypes.element(rows), said, "element_shape");
    in.require(
        !element.isRankKnown() || element.rank() > 0,
        "the list's elements are scalars, which have no first axis");
    long size = ListTypes.size(rows);
    boolean known = element.isRankKnown() && element.dim(0) >= 0 && size >= 0;
    return List.of(
        new TensorType(
            dtype,
            element.isRankKnown()
                ? element.with(0, known ? Math.multiplyExact(size, element.dim(0)) : Shape.UNKNOWN)
                : element),
        TensorType.of(DType.INT64, size));
  }

  static Gradients gradient(Gradient call) {
    Ops tf = Ops.of(call.graph());
    Output gradient = call.gradient(0).orElseGet(() -> tf.zerosLike(call.output(0)));
    return Gradients.of(
        tf.result(
            new ListConcatOps.TensorListSplit(),
            gradient,
            call.type(0)
                .refers()
                .map(rows -> ListTypes.shape(tf, ListTypes.element(rows)))
                .orElseGet(() -> ListTypes.anyShape(tf)),
            call.output(1)));
  }

  /**
   * Sets the outputs.
   *
   * @param element what is said of the shape of an element that was never set
   */
  static void lower(Lowering to, Shape element) {
    Value list = to.input(0);
    boolean open = !list.isMade() && ListTypes.size(list) == 0 && element.isRankKnown();
    TensorType like = to.outputType(0).withShape(open ? element.with(0, 0) : element);
    Value stack = ListTypes.stack(to, 0, like);
    Shape shape = stack.type().shape();
    long size = shape.dim(0);
    long each = shape.dim(1);
    to.output(
        0, to.reshape(stack, shape.slice(1, shape.rank()).with(0, Math.multiplyExact(size, each))));
    Value rows = to.literal(Literal.ofLongs(each).reshape(Shape.scalar()));
    to.output(1, to.map(Shape.of(size), List.of(rows), s -> s.get(0)));
  }
}
