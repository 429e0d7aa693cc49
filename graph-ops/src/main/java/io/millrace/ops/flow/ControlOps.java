package io.millrace.ops.flow;

import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.type.TensorType;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/** Operations that are there to be run, not for a result. */
public interface ControlOps extends Building {

  /** Returns an operation that does nothing. TensorFlow: NoOp. */
  default Operation noOp() {
    return graph().add(new NoOp(), nameOr("NoOp"), List.of());
  }

  /** Returns an operation that runs after all of these. TensorFlow: NoOp. */
  default Operation group(Operation... operations) {
    return group(List.of(Arguments.requireAll(operations, "operations")));
  }

  /** Returns an operation that runs after all of these. TensorFlow: NoOp. */
  default Operation group(Collection<Operation> operations) {
    Arguments.requireAll(operations, "operations");
    return graph().add(new NoOp(), nameOr("group_deps"), List.of(), List.copyOf(operations));
  }

  /** Returns an operation that runs after those which compute these tensors. TensorFlow: NoOp. */
  default Operation group(Operand... tensors) {
    Arguments.requireAll(tensors, "tensors");
    return group(Stream.of(tensors).map(t -> t.asOutput().operation()).toList());
  }

  /** Does nothing, after what it depends on. */
  record NoOp() implements Op {
    private static final Signature SIGNATURE = Signature.of();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of();
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no inputs");
    }

    @Override
    public void lower(Lowering to) {}

    static List<Example> examples() {
      return List.of(Example.accepts(new NoOp()));
    }
  }
}
