package io.millrace.ops.math;

import io.millrace.Output;
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
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Adding up any number of tensors of one type and shape. */
public interface AddOps extends Building {
  /** Terms that one loop adds up; more make the loop slow to compile. */
  int TOGETHER = 8;

  /** Returns the sum of tensors of one type and shape. TensorFlow: AddN. */
  default Output addN(List<?> terms) {
    Arguments.requireAll(terms, "terms");
    return result(new AddN(), terms.toArray());
  }

  /**
   * Returns the sum of tensors of one type and shape. TensorFlow: AccumulateNV2, which may add up
   * before all terms are there.
   */
  default Output accumulateN(List<?> terms) {
    Arguments.requireAll(terms, "terms");
    List<Output> inputs = operands(terms.toArray());
    Shape shape = Shape.unknown();
    for (Output input : inputs) {
      shape = shape.isCompatibleWith(input.shape()) ? shape.merge(input.shape()) : shape;
    }
    return result(new AccumulateNV2(shape), inputs.toArray());
  }

  /** A sum of one or more tensors. */
  interface Sum extends Op {
    /** Requires all inputs to have one shape, and returns the type as all know it. */
    default TensorType sumType(Inference in) {
      Shape shape = in.shape(0);
      for (int i = 1; i < in.count(); i++) {
        in.require(
            shape.isCompatibleWith(in.shape(i)),
            "inputs must have one shape, but input %d is %s and not %s",
            i,
            in.shape(i),
            shape);
        shape = shape.merge(in.shape(i));
      }
      return in.type(0).isList() ? listType(in) : in.type(0).withShape(shape);
    }

    /**
     * Requires lists of as many elements of one type and shape, and returns the type of the sum.
     */
    private static TensorType listType(Inference in) {
      TensorType sum = in.type(0);
      for (int i = 1; i < in.count(); i++) {
        in.require(
            sum.isCompatibleWith(in.type(i)),
            "lists must have as many elements of one type and shape, but input %d is %s and not %s",
            i,
            in.type(i),
            sum);
        TensorType next = in.type(i);
        if (sum.refers().isPresent() && next.refers().isPresent()) {
          Shape rows = sum.target().shape().merge(next.target().shape());
          sum =
              new TensorType(
                  sum.dtype(),
                  sum.shape().merge(next.shape()),
                  Optional.of(sum.target().withShape(rows)));
        } else {
          sum = sum.refers().isPresent() ? sum : next;
        }
      }
      return sum;
    }

    @Override
    default Gradients gradient(Gradient call) {
      return Gradients.of(Collections.nCopies(call.inputs(), Optional.of(call.gradient())), "");
    }

    @Override
    default void lower(Lowering to) {
      List<Value> inputs = new ArrayList<>();
      for (int i = 0; i < to.inputs(); i++) {
        inputs.add(to.input(i));
      }
      // A list without elements adds nothing to others.
      List<Value> made = inputs.stream().filter(Value::isMade).toList();
      Value sum = made.isEmpty() ? inputs.get(0) : made.get(0);
      for (int next = 1; next < made.size(); next += TOGETHER - 1) {
        List<Value> terms = new ArrayList<>(List.of(sum));
        terms.addAll(made.subList(next, Math.min(made.size(), next + TOGETHER - 1)));
        sum = to.map(terms, s -> s.stream().reduce((x, y) -> x.plus(y)).orElseThrow());
      }
      to.output(0, sum);
    }
  }

  /** Sum of one or more tensors of one type and shape. */
  record AddN() implements Sum {
    private static final Signature SIGNATURE = Signature.of("inputs: N>=1 * T in summed").sharing();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(sumType(in));
    }

    static List<Example> examples() {
      Example many = Example.accepts(new AddN());
      for (int i = 0; i < 2 * TOGETHER; i++) {
        many = many.with(DType.FLOAT32, 2);
      }
      return List.of(
          Example.accepts(new AddN()).with(DType.FLOAT32, 2, 3),
          Example.accepts(new AddN()).with(DType.FLOAT64, 3).with(DType.FLOAT64, 3),
          Example.accepts(new AddN()).with(DType.INT32).with(DType.INT32).with(DType.INT32),
          many,
          Example.accepts(new AddN()).withList(DType.FLOAT64, 3, 2).withList(DType.FLOAT64, 3, 2),
          Example.rejects(new AddN(), "lists must have as many elements of one type and shape")
              .withList(DType.FLOAT32, 3, 2)
              .withList(DType.FLOAT32, 2, 2),
          Example.rejects(new AddN(), "inputs must have one shape")
              .with(DType.FLOAT32, 2)
              .with(DType.FLOAT32, 1));
    }
  }

  /** Sum of one or more tensors of one type and of a shape that is an attribute. */
  record AccumulateNV2(Shape shape) implements Sum {
    private static final Signature SIGNATURE = Signature.of("inputs: N>=1 * T in numeric");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      TensorType sum = sumType(in);
      return List.of(sum.withShape(Shapes.merge(in, sum.shape(), shape)));
    }

    static List<Example> examples() {
      AccumulateNV2 op = new AccumulateNV2(Shape.of(-1, 3));
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 2, 3).with(DType.FLOAT64, 2, 3),
          Example.accepts(new AccumulateNV2(Shape.unknown())).with(DType.INT32),
          Example.rejects(op, "shapes [2,2] and [?,3] differ").with(DType.FLOAT32, 2, 2));
    }
  }
}
