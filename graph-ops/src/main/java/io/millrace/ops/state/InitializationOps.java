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
   * TensorFlow: IsVariableInitialized, VarIsInitializedOp.
   *
   * @param ref a {@link Variable} or the result of an operation that wrote one
   */
  default Output isVariableInitialized(Operand ref) {
    Output reference = Variable.referenceOf("IsVariableInitialized", ref);
    return result(new IsVariableInitialized(reference.isHandle()), reference);
  }

  /** Whether the variable that the input leads to has a value. */
  record IsVariableInitialized(boolean handle) implements Op {
    private static final Signature REFERENCE = Signature.of("ref: dtype").told("handle");
    private static final Signature HANDLE = Signature.of("resource: resource").told("handle");

    @Override
    public String type() {
      return handle ? "VarIsInitializedOp" : "IsVariableInitialized";
    }

    @Override
    public Signature signature() {
      return handle ? HANDLE : REFERENCE;
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
      Op op = new IsVariableInitialized(false);
      return List.of(
          Example.accepts(op).withVariable(-2, 2, DType.FLOAT32, 2, 3),
          Example.accepts(op).withVariable(0, 2, DType.BOOL),
          Example.accepts(new IsVariableInitialized(true)).withHandle(-2, 2, DType.FLOAT32, 2, 3),
          Example.rejects(op, "input 0 must be a variable").with(DType.FLOAT32, 2));
    }
  }
}
