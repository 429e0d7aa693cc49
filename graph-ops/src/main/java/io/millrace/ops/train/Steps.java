package io.millrace.ops.train;

import io.millrace.ir.Resource;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.function.Function;

/** Rules and lowerings that the steps of the optimizers share. */
final class Steps {
  private Steps() {}

  /** Requires a variable (input 0), a scalar rate and a gradient; returns the variable's type. */
  static List<TensorType> infer(Inference in, int count, int rate, int gradient) {
    in.requireCount(count);
    in.requireFloating(0);
    in.requireSameDType();
    requireScalar(in, rate);
    requireFit(in, "a gradient", gradient);
    return List.of(in.type(0));
  }

  static void requireSlot(Inference in, int input) {
    requireFit(in, "a slot", input);
  }

  static void requireScalar(Inference in, int input) {
    Shape shape = in.shape(input);
    in.require(
        shape.isCompatibleWith(Shape.scalar()),
        "input %d must be a scalar, but has shape %s",
        input,
        shape);
  }

  private static void requireFit(Inference in, String what, int input) {
    in.require(
        in.shape(0).isCompatibleWith(in.shape(input)),
        "%s of shape %s does not fit a variable of %s",
        what,
        in.shape(input),
        in.shape(0));
  }

  /**
   * Writes a function of tensors, of the variable's shape or scalars, to the variable that an input
   * refers to, and returns it. Output 0 refers to the variable of input 0.
   */
  static Value write(
      Lowering to, int input, List<Value> operands, Function<List<Scalar>, Scalar> rule) {
    Resource variable = to.reference(input);
    Value value = to.map(variable.type().shape(), operands, rule);
    to.write(variable, value);
    if (input == 0) {
      to.outputReference(0, variable);
    }
    return value;
  }
}
