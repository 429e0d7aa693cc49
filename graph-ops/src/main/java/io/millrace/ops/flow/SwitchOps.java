package io.millrace.ops.flow;

import io.millrace.Graph;
import io.millrace.Operation;
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
import io.millrace.ops.Ops;
import io.millrace.ops.building.Branches;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Branches as TensorFlow 1 writes them: what depends on a side of a switch that is not taken has no
 * value in a run, up to where sides merge. {@link BranchOps} is easier to use.
 */
public interface SwitchOps extends Building {

  /**
   * Returns the tensor twice: the first has a value in a run if the predicate is false, the second
   * if it is true. TensorFlow: Switch.
   *
   * @param predicate a boolean scalar
   */
  default List<Output> switchOf(Object x, Object predicate) {
    Object[] inputs = each("x, predicate", x, predicate);
    return apply(new Switch(), inputs).outputs();
  }

  /**
   * Returns the first of the tensors that has a value in a run, and its position, an int32 scalar.
   * TensorFlow: Merge.
   *
   * @param tensors of one element type
   */
  default List<Output> merge(Object... tensors) {
    Arguments.requireAll(tensors, "tensors");
    return apply(new Merge(), operands(tensors).toArray()).outputs();
  }

  /** The first input, at one of two outputs; the other has no value. */
  record Switch() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("data: T in passed", "pred: bool").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(1, 0);
      return List.of(in.type(0), in.type(0));
    }

    /** Merges what arrives: on the side that was taken, zero if nothing does. */
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Output> sides = new ArrayList<>();
      for (int side = 0; side < 2; side++) {
        Output here = call.output(side);
        Output arriving = call.gradient(side).orElseGet(() -> tf.zerosLike(here));
        Operation taken = tf.identity(here).operation();
        try (Graph.Scope ignored = call.graph().controlDependencies(List.of(taken))) {
          sides.add(tf.identity(arriving));
        }
      }
      return Gradients.of(tf.merge(sides.toArray()).get(0));
    }

    @Override
    public void lower(Lowering to) {
      int taken = Branches.isTrue(to, 1) ? 1 : 0;
      to.pass(0, taken);
      to.dead(1 - taken);
    }

    /** Returns true: which of the outputs has a value is a run's matter. */
    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Switch()).with(DType.FLOAT32, 2, 3).scalar(DType.BOOL, 1).lacking(0),
          Example.accepts(new Switch()).with(DType.INT32).scalar(DType.BOOL, 0).lacking(1),
          Example.rejects(new Switch(), "input 1 must be a scalar, but has shape [2]")
              .with(DType.FLOAT32, 2)
              .with(DType.BOOL, 2));
    }
  }

  /** The input that has a value, and which one that is. */
  record Merge() implements Op {
    private static final Signature SIGNATURE = Signature.of("inputs: N>=1 * T in passed").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType type = in.type(0);
      for (int i = 1; i < in.count(); i++) {
        type = Branches.common(type, in.type(i));
      }
      return List.of(type, TensorType.of(DType.INT32));
    }

    /** Returns what arrives, on the side that the value came from. */
    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Optional<Output>> gradients = new ArrayList<>();
      for (int i = 0; i < call.inputs(); i++) {
        Output came = tf.equal(call.output(1), i);
        gradients.add(call.gradient(0).map(dy -> tf.switchOf(dy, came).get(1)));
      }
      return Gradients.of(gradients, "only its value has a gradient");
    }

    @Override
    public boolean takesDead() {
      return true;
    }

    @Override
    public void lower(Lowering to) {
      for (int i = 0; i < to.inputs(); i++) {
        if (!to.isDead(i)) {
          to.pass(i, 0);
          to.output(1, to.literal(Literal.scalar(DType.INT32, i)));
          return;
        }
      }
      to.dead(0);
      to.dead(1);
    }

    /** Returns true: which of the inputs has a value is a run's matter. */
    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Merge()).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Merge()).with(DType.INT32).with(DType.INT32));
    }
  }
}
