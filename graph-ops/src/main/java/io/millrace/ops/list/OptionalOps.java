package io.millrace.ops.list;

import io.millrace.ir.Value;
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
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/**
 * Tensors that may be absent: TensorFlow's branches return what their gradients need as such, as
 * only one of them is run. An optional tensor is a list of one, an optional list the list itself.
 */
public interface OptionalOps extends Building {

  /** Returns what stands for no value, of whatever type the other branch has. */
  static Value none() {
    return Value.unmade(ListTypes.any());
  }

  /** An optional that has a value. */
  record OptionalFromValue() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("components: Toutput_types>=1... in passed");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (in.count() != 1) {
        throw RuleException.unsupported("optionals hold one tensor, not %d".formatted(in.count()));
      }
      TensorType value = in.type(0);
      return List.of(value.isList() ? value : ListTypes.list(value.dtype(), 1, value.shape()));
    }

    @Override
    public Gradients gradient(Gradient call) {
      TensorType value = call.input(0).type();
      Op get = new OptionalGetValue(List.of(value.dtype()), List.of(value.shape()));
      return Gradients.of(Ops.of(call.graph()).result(get, call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      if (to.inputType(0).isList()) {
        to.pass(0, 0);
      } else {
        Value value = to.input(0);
        to.output(0, to.reshape(value, Shape.of(1).concat(value.type().shape())));
      }
    }

    static List<Example> examples() {
      Op op = new OptionalFromValue();
      return List.of(
          Example.accepts(op).with(DType.FLOAT64, 2, 3),
          Example.accepts(op).with(DType.BOOL),
          Example.accepts(op).withList(DType.FLOAT64, 4, 2),
          Example.rejects(op, "optionals hold one tensor, not 2")
              .with(DType.FLOAT32)
              .with(DType.FLOAT32));
    }
  }

  /** An optional that has no value. */
  record OptionalNone() implements Op {
    private static final Signature SIGNATURE = Signature.of();

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(ListTypes.any());
    }

    @Override
    public boolean makesAnyList() {
      return true;
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("it has no inputs");
    }

    @Override
    public void lower(Lowering to) {
      to.output(0, none());
    }

    static List<Example> examples() {
      return List.of(Example.accepts(new OptionalNone()).lacking(0));
    }
  }

  /** The value of an optional. */
  record OptionalGetValue(List<DType> outputTypes, List<Shape> outputShapes) implements Op {
    private static final Signature SIGNATURE = Signature.of("optional: variant");

    public OptionalGetValue {
      outputTypes = List.copyOf(outputTypes);
      outputShapes = List.copyOf(outputShapes);
      outputTypes.forEach(ListTypes::requireHeldOrList);
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (outputTypes.size() != 1) {
        throw RuleException.unsupported(
            "optionals hold one tensor, not %d".formatted(outputTypes.size()));
      }
      in.require(
          outputShapes.size() == 1, "there is 1 type but there are %d shapes", outputShapes.size());
      DType dtype = outputTypes.get(0);
      if (dtype == DType.VARIANT) {
        return List.of(in.type(0));
      }
      TensorType rows = ListTypes.rows(in, 0, dtype);
      Shape shape =
          ListTypes.fitting(in, ListTypes.element(rows), outputShapes.get(0), "the shape");
      return List.of(new TensorType(dtype, shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).result(new OptionalFromValue(), call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      if (outputTypes.get(0) == DType.VARIANT) {
        to.pass(0, 0);
      } else {
        Value stack = ListTypes.stack(to, 0, to.outputType(0));
        to.output(0, to.reshape(stack, stack.type().shape().slice(1, stack.type().shape().rank())));
      }
    }

    static List<Example> examples() {
      Op op = new OptionalGetValue(List.of(DType.FLOAT64), List.of(Shape.unknown()));
      return List.of(
          Example.accepts(op).withList(DType.FLOAT64, 1, 2, 3),
          Example.accepts(new OptionalGetValue(List.of(DType.VARIANT), List.of(Shape.scalar())))
              .withList(DType.FLOAT64, 4, 2),
          Example.rejects(op, "the list holds float32, not float64").withList(DType.FLOAT32, 1, 2));
    }
  }
}
