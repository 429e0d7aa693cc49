package io.millrace.ops.array;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Passing tensors on unchanged, with or without gradients, or with something made sure of. */
public interface IdentityOps extends Building {

  /** Returns the same tensor under another name. TensorFlow: Identity. */
  default Output identity(Object x) {
    return result(new Identity(), x);
  }

  /**
   * Returns the same variable under another name, which can be written to. TensorFlow: RefIdentity.
   *
   * @param ref a {@link Variable} or what else refers to one, no resource variable
   */
  default Output refIdentity(Operand ref) {
    Arguments.require(ref, "ref");
    return result(new RefIdentity(), Variable.plainReferenceOf("RefIdentity", ref));
  }

  /** Returns the same tensor, through which no gradient passes. TensorFlow: StopGradient. */
  default Output stopGradient(Object x) {
    return result(new StopGradient(), x);
  }

  /** Returns the same tensors; each needs all of them to be computed. TensorFlow: IdentityN. */
  default List<Output> identityN(List<?> tensors) {
    Arguments.requireAll(tensors, "tensors");
    return apply(new IdentityN(), tensors.toArray()).outputs();
  }

  /**
   * Returns the same tensor, and does not let gradients pass for this reason. TensorFlow:
   * PreventGradient.
   */
  default Output preventGradient(Object x, String message) {
    return result(new PreventGradient(message), x);
  }

  /**
   * Returns the same tensor; a run fails if its shape is another. TensorFlow: EnsureShape.
   *
   * @param shape the extents wished for, -1 for any
   */
  default Output ensureShape(Object x, Object shape) {
    return result(new EnsureShape(ShapeArguments.shape("EnsureShape", shape)), x);
  }

  /** The input, unchanged. */
  record Identity() implements Passing {
    private static final Signature WRITTEN =
        Signature.of("input: T in passed")
            .alias("Snapshot")
            .alias("DeepCopy")
            .alias("GuaranteeConst")
            .sharing();

    @Override
    public Signature signature() {
      return WRITTEN;
    }

    @Override
    public void lower(Lowering to) {
      if (to.inputType(0).dtype().isHandle()) {
        to.pass(0, 0);
      } else {
        Passing.super.lower(to);
      }
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Identity()).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Identity()).with(DType.BOOL));
    }
  }

  /** The variable that the input is, itself. */
  record RefIdentity() implements Passing {
    @Override
    public boolean isStateful() {
      return true;
    }

    @Override
    public boolean refersToState() {
      return true;
    }

    @Override
    public boolean writesState() {
      return false;
    }

    @Override
    public void lower(Lowering to) {
      to.outputReference(0, to.reference(0));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new RefIdentity()).withVariable(-2, 2, DType.FLOAT32, 2, 3),
          Example.rejects(new RefIdentity(), "input 0 must be a variable").with(DType.FLOAT32, 2));
    }
  }

  /** The input, unchanged; no gradient passes. */
  record StopGradient() implements Passing {
    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it is there to stop gradients");
    }

    static List<Example> examples() {
      return List.of(Example.accepts(new StopGradient()).with(DType.FLOAT32, 2, 3));
    }
  }

  /** All inputs, unchanged. */
  record IdentityN() implements Op {
    private static final Signature SIGNATURE = Signature.of("input: T>=1... in passed").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      List<TensorType> types = new ArrayList<>();
      for (int i = 0; i < in.count(); i++) {
        types.add(in.type(i));
      }
      return types;
    }

    /** Where no gradient arrives it is zero, as in TensorFlow, for types that have gradients. */
    @Override
    public Gradients gradient(Gradient call) {
      List<Output> all = Joining.gradients(call);
      List<Optional<Output>> gradients = new ArrayList<>();
      for (int i = 0; i < all.size(); i++) {
        boolean passes = call.gradient(i).isPresent() || all.get(i).type().isDifferentiable();
        gradients.add(passes ? Optional.of(all.get(i)) : Optional.empty());
      }
      return Gradients.of(gradients, "it is not floating");
    }

    @Override
    public void lower(Lowering to) {
      for (int i = 0; i < to.inputs(); i++) {
        if (to.inputType(i).dtype().isHandle()) {
          to.pass(i, i);
        } else {
          to.output(i, to.input(i));
        }
      }
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new IdentityN()).with(DType.FLOAT32, 2, 3).with(DType.INT32),
          Example.accepts(new IdentityN()).with(DType.FLOAT64, 2).with(DType.FLOAT64, 1, 2));
    }
  }

  /** The input, unchanged; no gradient passes, for a stated reason. */
  record PreventGradient(String message) implements Passing {
    private static final Signature WRITTEN = SIGNATURE.optional("message", "");

    @Override
    public Signature signature() {
      return WRITTEN;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("gradients are forbidden: " + message);
    }

    static List<Example> examples() {
      return List.of(Example.accepts(new PreventGradient("not yet")).with(DType.FLOAT32, 2));
    }
  }

  /** The input, unchanged; its shape must fit. */
  record EnsureShape(Shape shape) implements Passing {
    @Override
    public List<TensorType> infer(Inference in) {
      in.require(
          in.shape(0).isCompatibleWith(shape),
          "the tensor has shape %s, which does not fit %s",
          in.shape(0),
          shape);
      return List.of(in.type(0).withShape(in.shape(0).merge(shape)));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new EnsureShape(Shape.of(-1, 3))).with(DType.FLOAT32, 2, 3),
          Example.accepts(new EnsureShape(Shape.unknown())).with(DType.BOOL),
          Example.rejects(
                  new EnsureShape(Shape.of(-1, 4)),
                  "the tensor has shape [2,3], which does not fit [?,4]")
              .with(DType.FLOAT32, 2, 3));
    }
  }
}
