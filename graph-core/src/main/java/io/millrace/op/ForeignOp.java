package io.millrace.op;

import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * An operation that the engine does not have, or not with such attributes. It stands in a graph as
 * what it is: it is printed, and can be written to a file again, but a run that needs it is refused
 * with an {@link io.millrace.UnsupportedException}.
 *
 * <p>It takes tensors of any type. Of its outputs no shape is known; one whose element type the
 * engine has may be fed.
 */
public interface ForeignOp extends Op {

  /**
   * What is known of one output.
   *
   * @param name TensorFlow's name of the element type, or a question mark
   * @param dtype the element type, if the engine has it
   */
  record Result(String name, Optional<DType> dtype) {}

  /** Returns why no run can compute this, such as {@code Millrace does not have this operation}. */
  String reason();

  /** Returns what is known of the outputs. */
  List<Result> results();

  /** Returns types in which one that the engine does not have stands for any. */
  @Override
  default List<TensorType> infer(Inference in) {
    return results().stream()
        .map(r -> new TensorType(r.dtype().orElse(DType.BOOL), Shape.unknown()))
        .toList();
  }

  @Override
  default Gradients gradient(Gradient call) {
    return Gradients.none(reason());
  }

  @Override
  default void lower(Lowering to) {
    throw new RuleException(reason());
  }

  @Override
  default boolean isStateful() {
    return true;
  }
}
