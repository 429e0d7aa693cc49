package io.millrace.compiler.lowering;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.op.Lowering;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * Lists of tensors while they are lowered: a list is the stack of its elements, once these have a
 * shape, and {@link Value#unmade} before.
 */
final class Lists {
  private Lists() {}

  /** Returns the exact type of a tensor that is lowered to this value. */
  static TensorType type(Output output, Value value) {
    Shape shape = value.type().shape();
    if (!output.knownType().filter(TensorType::isList).isPresent()) {
      return value.type();
    }
    if (!value.isMade() && value.type().refers().isEmpty()) {
      return output.type();
    }
    // A trace of a list in a loop is a stack of such stacks.
    int axes = output.shape().isRankKnown() ? output.shape().rank() : 0;
    Shape rows = shape.slice(axes, shape.rank());
    TensorType stack =
        value.isMade()
            ? value.type().withShape(rows)
            : value.type().target().withShape(rows.concat(value.type().target().shape()));
    return new TensorType(DType.VARIANT, shape.slice(0, axes), Optional.of(stack));
  }

  /** Returns zeros of this type. */
  static Value zeros(Lowering to, TensorType type) {
    Value zero = to.literal(Literal.scalar(type.dtype(), 0));
    return to.map(type.shape(), List.of(zero), s -> s.get(0));
  }

  /** Returns the type that a list without elements has with elements like those of another one. */
  static TensorType made(Value unmade, TensorType like) {
    int axes = unmade.type().shape().rank();
    return like.withShape(
        unmade.type().shape().concat(like.shape().slice(axes, like.shape().rank())));
  }
}
