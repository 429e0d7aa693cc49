package io.millrace.ops.flow;

import io.millrace.Graph;
import io.millrace.Operand;
import io.millrace.Operation;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.RuleException;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.Variable;
import io.millrace.ops.building.Branches;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
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
    return apply(new Switch(false), inputs).outputs();
  }

  /**
   * Returns a variable twice: of the references only the first leads to it in a run if the
   * predicate is false, only the second if it is true. TensorFlow: RefSwitch.
   *
   * @param ref a {@link Variable} or what else refers to one, no resource variable
   * @param predicate a boolean scalar
   */
  default List<Output> refSwitch(Operand ref, Object predicate) {
    Arguments.requireEach("ref, predicate", ref, predicate);
    Output reference = Variable.plainReferenceOf("RefSwitch", ref);
    return apply(new Switch(true), reference, operand(predicate)).outputs();
  }

  /**
   * Returns the first of the tensors that has a value in a run, and its position, an int32 scalar.
   * TensorFlow: Merge.
   *
   * @param tensors of one element type
   */
  default List<Output> merge(Object... tensors) {
    Arguments.requireAll(tensors, "tensors");
    return apply(new Merge(false), operands(tensors).toArray()).outputs();
  }

  /**
   * Returns a reference to the first of the variables to which one leads in a run, and its
   * position, an int32 scalar. TensorFlow: RefMerge.
   *
   * @param refs what refers to variables of one element type, no resource variables
   */
  default List<Output> refMerge(Operand... refs) {
    Arguments.requireAll(refs, "refs");
    Object[] references =
        Arrays.stream(refs).map(r -> Variable.plainReferenceOf("RefMerge", r)).toArray();
    return apply(new Merge(true), references).outputs();
  }

  /**
   * Returns a reference to one of some variables. TensorFlow: RefSelect.
   *
   * @param index an int32 scalar, counted from 0
   * @param refs what refers to variables of one element type, no resource variables
   */
  default Output refSelect(Object index, Operand... refs) {
    Arguments.require(index, "index");
    Arguments.requireAll(refs, "refs");
    List<Object> inputs = new ArrayList<>(List.of(operand(index, DType.INT32)));
    Arrays.stream(refs).map(r -> Variable.plainReferenceOf("RefSelect", r)).forEach(inputs::add);
    return result(new RefSelect(), inputs.toArray());
  }

  /**
   * The first input, at one of two outputs; the other has no value.
   *
   * @param reference whether that is a variable itself, which can be written to behind the switch
   */
  record Switch(boolean reference) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("data: T in passed", "pred: bool").told("reference").sharing();

    @Override
    public String type() {
      return reference ? "RefSwitch" : "Switch";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public Optional<Op> ofValue() {
      return Optional.of(new Switch(false));
    }

    @Override
    public boolean refersToState() {
      return reference;
    }

    @Override
    public boolean refersToState(int output) {
      return reference;
    }

    @Override
    public boolean writesState() {
      return false;
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
        Output arriving = call.gradient(side).orElseGet(() -> GradientBuilder.zerosLike(tf, here));
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
      if (reference) {
        to.outputReference(taken, to.reference(0));
      } else {
        to.pass(0, taken);
      }
      to.dead(1 - taken);
    }

    /** Returns true: which of the outputs has a value is a run's matter. */
    @Override
    public boolean isStateful() {
      return true;
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Switch(false))
              .with(DType.FLOAT32, 2, 3)
              .scalar(DType.BOOL, 1)
              .lacking(0),
          Example.accepts(new Switch(false)).with(DType.INT32).scalar(DType.BOOL, 0).lacking(1),
          Example.accepts(new Switch(true))
              .withVariable(-2, 2, DType.FLOAT32, 2, 3)
              .scalar(DType.BOOL, 0)
              .lacking(1),
          Example.rejects(new Switch(true), "input 0 must be a variable")
              .with(DType.FLOAT32, 2)
              .scalar(DType.BOOL, 0),
          Example.rejects(new Switch(false), "input 1 must be a scalar, but has shape [2]")
              .with(DType.FLOAT32, 2)
              .with(DType.BOOL, 2));
    }
  }

  /**
   * The input that has a value, and which one that is.
   *
   * @param reference whether the inputs are variables themselves, one of which is passed on
   */
  record Merge(boolean reference) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("inputs: N>=1 * T in passed").told("reference").sharing();

    @Override
    public String type() {
      return reference ? "RefMerge" : "Merge";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public boolean refersToState() {
      return reference;
    }

    @Override
    public boolean writesState() {
      return false;
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
          if (reference) {
            to.outputReference(0, to.reference(i));
          } else {
            to.pass(i, 0);
          }
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
          Example.accepts(new Merge(false)).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Merge(false)).with(DType.INT32).with(DType.INT32),
          Example.accepts(new Merge(true)).withVariable(-2, 2, DType.FLOAT32, 2, 3),
          Example.rejects(new Merge(true), "input 0 must be a variable").with(DType.FLOAT32, 2));
    }
  }

  /** The variable that input 0 picks of the others, itself. */
  record RefSelect() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("index: int32", "inputs: N>=1 * T").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(0, 0);
      TensorType type = in.type(1);
      for (int i = 2; i < in.count(); i++) {
        type = Branches.common(type, in.type(i));
      }
      return List.of(type);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      List<Optional<Output>> gradients = new ArrayList<>();
      gradients.add(Optional.empty());
      for (int i = 1; i < call.inputs(); i++) {
        Output picked = tf.equal(call.input(0), i - 1);
        Output variable = call.input(i);
        gradients.add(call.gradient(0).map(dy -> tf.where(picked, dy, tf.zerosLike(variable))));
      }
      return Gradients.of(gradients, "it only picks a variable");
    }

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
      long index = to.constant(0).getLong(0);
      if (index < 0 || index >= to.inputs() - 1) {
        throw new RuleException(
            "the index is %d, but there are %d variables".formatted(index, to.inputs() - 1));
      }
      to.outputReference(0, to.reference(1 + (int) index));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new RefSelect())
              .scalar(DType.INT32, 0)
              .withVariable(-2, 2, DType.FLOAT32, 2, 3),
          Example.rejects(new RefSelect(), "the index is 1, but there are 1 variables")
              .scalar(DType.INT32, 1)
              .withVariable(-2, 2, DType.FLOAT32, 2, 3));
    }
  }
}
