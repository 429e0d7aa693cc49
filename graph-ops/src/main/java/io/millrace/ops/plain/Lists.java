package io.millrace.ops.plain;

import io.millrace.Output;
import io.millrace.op.Op;
import io.millrace.ops.Ops;
import io.millrace.ops.list.ListElementOps;
import io.millrace.ops.list.ListQueueOps;
import io.millrace.ops.list.ListStackOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Lists of tensors, as the operations have them that files know. */
final class Lists {
  private Lists() {}

  /** Returns a list of nothing. */
  static Output empty(Ops tf, DType dtype, Shape element) {
    return add(
        tf, new ListStackOps.EmptyTensorList(dtype), "list", shape(tf, element), tf.constant(-1));
  }

  /** Returns a list of so many elements, an int32 scalar, that have no value yet. */
  static Output reserved(Ops tf, DType dtype, Shape element, Output count) {
    return add(tf, new ListStackOps.TensorListReserve(dtype), "list", shape(tf, element), count);
  }

  static Output with(Ops tf, Output list, Output element) {
    return add(tf, new ListQueueOps.TensorListPushBack(), "push", list, element);
  }

  static Output with(Ops tf, Output list, Output index, Output element) {
    return add(tf, new ListElementOps.TensorListSetItem(false), "put", list, index, element);
  }

  static Output element(Ops tf, Output list, Output index, TensorType type) {
    Op get = new ListElementOps.TensorListGetItem(type.dtype());
    return add(tf, get, "row", list, index, shape(tf, type.shape()));
  }

  static Output stack(Ops tf, Output list, TensorType element) {
    Op stack = new ListStackOps.TensorListStack(element.dtype(), -1);
    return add(tf, stack, "rows", list, shape(tf, element.shape()));
  }

  private static Output shape(Ops tf, Shape shape) {
    return shape.isRankKnown() ? tf.indices(shape.dims()) : tf.constant(-1);
  }

  private static Output add(Ops tf, Op op, String name, Output... inputs) {
    return tf.graph().add(op, name, List.of(inputs)).output(0);
  }
}
