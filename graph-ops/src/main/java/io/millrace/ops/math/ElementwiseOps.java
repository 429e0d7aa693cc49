package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Scalar;
import io.millrace.ir.Value;
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
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Choosing and converting tensors, element by element. */
public interface ElementwiseOps extends Building {

  /**
   * Returns x where the condition holds and y elsewhere. As in TensorFlow 1, a condition with one
   * axis chooses whole slices along the first axis of x and y if both have more axes; otherwise all
   * three broadcast, as by {@link #whereV2}. TensorFlow: tf.where, which is Select, or SelectV2 to
   * broadcast.
   *
   * <p>Where the graph does not know how many axes the condition has, x and y of one shape are
   * chosen as by {@link #select}.
   */
  default Output where(Object condition, Object x, Object y) {
    Arguments.requireEach("condition, x, y", condition, x, y);
    List<Output> choices = operands(x, y);
    Output chooses = operand("SelectV2", condition, DType.BOOL);
    return choosesSlices(chooses.shape(), choices.get(0).shape(), choices.get(1).shape())
        ? select(chooses, choices.get(0), choices.get(1))
        : result(new SelectV2(), chooses, choices.get(0), choices.get(1));
  }

  private static boolean choosesSlices(Shape condition, Shape x, Shape y) {
    if ((x.isRankKnown() && x.rank() < 2) || (y.isRankKnown() && y.rank() < 2)) {
      return false;
    }
    if (!condition.isRankKnown()) {
      return x.equals(y);
    }
    return condition.rank() == 1 && (!x.isRankKnown() || !y.isRankKnown() || x.rank() == y.rank());
  }

  /**
   * Returns x where the condition holds and y elsewhere, all three broadcast: a condition with one
   * axis lies along the last one. TensorFlow: tf.where_v2, which is SelectV2.
   */
  default Output whereV2(Object condition, Object x, Object y) {
    Arguments.requireEach("condition, x, y", condition, x, y);
    List<Output> choices = operands(x, y);
    return result(
        new SelectV2(), operand("SelectV2", condition, DType.BOOL), choices.get(0), choices.get(1));
  }

  /**
   * Returns x where the condition holds and y elsewhere, x and y of one shape; the condition has
   * that shape too, or is a scalar, or a vector that selects along the first axis. TensorFlow:
   * Select.
   */
  default Output select(Object condition, Object x, Object y) {
    Arguments.requireEach("condition, x, y", condition, x, y);
    List<Output> choices = operands(x, y);
    return result(
        new Select(), operand("Select", condition, DType.BOOL), choices.get(0), choices.get(1));
  }

  /**
   * Returns the tensor converted to another element type; floating to integer truncates, anything
   * to boolean is whether it is not zero. TensorFlow: Cast, which is left out if nothing changes.
   *
   * <p>Integers wrap to narrower ones. Floating numbers that int32 or int64 lacks, NaN among them,
   * become its least number, as TensorFlow has it on x86; uint8 holds the lowest bits of int32.
   */
  default Output cast(Object x, DType to) {
    Arguments.requireEach("x, to", x, to);
    Output input = operand(x);
    return input.dtype() == to ? named(input) : result(new Cast(to), input);
  }

  /** {@code condition ? x : y}, broadcasting. */
  record SelectV2() implements Op {
    private static final Signature SIGNATURE = Signature.of("condition: bool", "t: T", "e: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape choices = in.broadcast(1, 2);
      return List.of(new TensorType(in.dtype(1), in.broadcast(in.shape(0), choices)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output condition = call.input(0);
      Output x = call.input(1);
      Output y = call.input(2);
      Output zeros = tf.zerosLike(call.gradient());
      Output dx = tf.whereV2(condition, call.gradient(), zeros);
      Output dy = tf.whereV2(condition, zeros, call.gradient());
      return Gradients.of(
          List.of(
              Optional.empty(),
              Optional.of(Broadcasting.sumTo(dx, x, call.output(0), List.of(condition, y))),
              Optional.of(Broadcasting.sumTo(dy, y, call.output(0), List.of(condition, x)))),
          "the condition only selects");
    }

    @Override
    public void lower(Lowering to) {
      to.output(
          0,
          to.map(
              List.of(to.input(0), to.input(1), to.input(2)),
              s -> s.get(0).select(s.get(1), s.get(2))));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new SelectV2())
              .with(DType.BOOL, 2, 3)
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 2, 3),
          Example.accepts(new SelectV2())
              .with(DType.BOOL, 2, 1)
              .with(DType.FLOAT64, 3)
              .with(DType.FLOAT64),
          Example.accepts(new SelectV2())
              .with(DType.BOOL)
              .with(DType.INT32, 2)
              .with(DType.INT32, 3, 1),
          Example.rejects(new SelectV2(), "do not broadcast")
              .with(DType.BOOL, 4)
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 2));
    }
  }

  /** {@code condition ? x : y}, of whole tensors, slices along the first axis, or elements. */
  record Select() implements Op {
    private static final Signature SIGNATURE = Signature.of("condition: bool", "t: T", "e: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType choices = Shapes.same(in, 1, 2);
      Shape condition = in.shape(0);
      Shape shape = choices.shape();
      if (!condition.isRankKnown() || condition.rank() == 0) {
        return List.of(choices);
      }
      if (condition.rank() > 1) {
        return List.of(choices.withShape(Shapes.merge(in, shape, condition)));
      }
      if (!shape.isRankKnown()) {
        return List.of(choices);
      }
      in.require(
          shape.rank() > 0, "the choices are scalars, the condition has shape %s", condition);
      in.require(
          shape.rank() == 1 || shape.slice(0, 1).isCompatibleWith(condition),
          "a condition with one axis chooses slices along the first axis, of which there are %s,"
              + " not %s; whereV2 broadcasts it along the last axis",
          shape.dim(0),
          condition.dim(0));
      Shape rows = Shapes.merge(in, shape.slice(0, 1), condition);
      return List.of(choices.withShape(rows.concat(shape.slice(1, shape.rank()))));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output condition = call.input(0);
      Output zeros = tf.zerosLike(call.gradient());
      return Gradients.of(
          List.of(
              Optional.empty(),
              Optional.of(tf.select(condition, call.gradient(), zeros)),
              Optional.of(tf.select(condition, zeros, call.gradient()))),
          "the condition only selects");
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(1).shape();
      Value condition = to.input(0);
      long[] dims = new long[shape.rank()];
      Arrays.setAll(dims, axis -> axis == 0 ? shape.dim(0) : 1);
      if (to.inputType(0).shape().rank() == 1) {
        condition = to.reshape(condition, Shape.of(dims));
      }
      to.output(
          0,
          to.map(
              List.of(condition, to.input(1), to.input(2)),
              s -> s.get(0).select(s.get(1), s.get(2))));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (long[] condition : new long[][] {{}, {3}, {3, 2}}) {
        examples.add(
            Example.accepts(new Select())
                .with(DType.BOOL, condition)
                .with(DType.FLOAT32, 3, 2)
                .with(DType.FLOAT32, 3, 2));
      }
      examples.add(
          Example.accepts(new Select())
              .with(DType.BOOL, 4)
              .with(DType.BOOL, 4)
              .with(DType.BOOL, 4));
      examples.add(
          Example.accepts(new Select())
              .with(DType.BOOL, 0)
              .with(DType.INT32, 0, 2)
              .with(DType.INT32, 0, 2));
      examples.add(
          Example.rejects(new Select(), "the first axis, of which there are 3, not 2")
              .with(DType.BOOL, 2)
              .with(DType.FLOAT32, 3, 2)
              .with(DType.FLOAT32, 3, 2));
      examples.add(
          Example.rejects(new Select(), "shapes [3,2] and [2] differ")
              .with(DType.BOOL)
              .with(DType.FLOAT32, 3, 2)
              .with(DType.FLOAT32, 2));
      examples.add(
          Example.rejects(new Select(), "the choices are scalars")
              .with(DType.BOOL, 2)
              .with(DType.FLOAT32)
              .with(DType.FLOAT32));
      return examples;
    }
  }

  /** Conversion to another element type. */
  record Cast(DType to) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("x: SrcT").sharing().rename("to", "DstT").only("Truncate", false);

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0).withDType(to));
    }

    @Override
    public Gradients gradient(Gradient call) {
      DType from = call.type(0).dtype();
      return from.isFloating() && to.isFloating()
          ? Gradients.of(Ops.of(call.graph()).cast(call.gradient(), from))
          : Gradients.none("it converts " + from + " to " + to);
    }

    @Override
    public void lower(Lowering lowering) {
      Value x = lowering.input(0);
      lowering.output(0, x.type().dtype() == to ? x : lowering.map(x, this::convert));
    }

    private Scalar convert(Scalar x) {
      return x.type().isFloating() && to.isInteger() ? toInteger(x) : x.cast(to);
    }

    /**
     * A scalar's own cast saturates; x86 has one result for all numbers out of range, the least.
     */
    private Scalar toInteger(Scalar x) {
      DType wide = to.bytes() < Integer.BYTES ? DType.INT32 : to;
      double least = wide.toDouble(wide.lowest());
      return x.lt(x.constant(-least)).select(x, x.constant(least)).cast(wide).cast(to);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (DType from : DType.ofElements()) {
        for (DType to : DType.ofElements()) {
          examples.add(Example.accepts(new Cast(to)).with(from, 2, 3));
        }
      }
      return examples;
    }
  }
}
