package io.millrace.ops.state;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Whether variables have values. */
public interface InitializationOps extends Building {

  /**
   * Returns whether a variable has a value at this place in the graph, a boolean scalar.
   * TensorFlow: IsVariableInitialized.
   *
   * @param ref a {@link Variable} or the result of an operation that wrote one
   */
  default Output isVariableInitialized(Operand ref) {
    Op op = new IsVariableInitialized();
    return result(op, Variable.referenceOf(op.type(), ref));
  }

  /** Whether the variable that the input refers to has a value. */
  record IsVariableInitialized() implements Op {
    private static final Signature SIGNATURE = Signature.of("ref: dtype");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(new TensorType(DType.BOOL, Shape.scalar()));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is boolean");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, to.scalar(DType.BOOL, to.isInitialized(0) ? 1 : 0));
    }

    static List<Example> examples() {
      Op op = new IsVariableInitialized();
      return List.of(
          Example.accepts(op).withVariable(-2, 2, DType.FLOAT32, 2, 3),
          Example.accepts(op).withVariable(0, 2, DType.BOOL),
          Example.rejects(op, "input 0 must be a variable").with(DType.FLOAT32, 2));
    }
  }
}
