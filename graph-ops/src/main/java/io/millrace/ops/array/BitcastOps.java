package io.millrace.ops.array;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Taking the bytes of numbers for other numbers. */
public interface BitcastOps extends Building {

  /**
   * Returns the numbers of another type that have the same bytes, little-endian. TensorFlow:
   * Bitcast.
   *
   * <p>Elements that are larger than those of the other type are taken apart along a new last axis;
   * smaller ones are put together along the last axis, which must be as long as that takes.
   */
  default Output bitcast(Object x, DType dtype) {
    Arguments.requireEach("x, dtype", x, dtype);
    return result(new Bitcast(dtype), x);
  }

  /** The bytes of the input as elements of another type. */
  record Bitcast(DType to) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T in numeric").rename("to", "type");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.require(to.isNumeric(), "the result must be numeric, not %s", to);
      int from = in.dtype(0).bytes();
      Shape shape = in.shape(0);
      if (!shape.isRankKnown() || from == to.bytes()) {
        return List.of(new TensorType(to, shape));
      }
      if (from > to.bytes()) {
        return List.of(new TensorType(to, shape.concat(Shape.of(from / to.bytes()))));
      }
      int together = to.bytes() / from;
      in.require(
          shape.rank() > 0 && (shape.dim(-1) < 0 || shape.dim(-1) == together),
          "the last axis must hold the %d elements that make up one %s, but the shape is %s",
          together,
          to,
          shape);
      return List.of(new TensorType(to, shape.slice(0, shape.rank() - 1)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is made of bits");
    }

    @Override
    public void lower(Lowering to) {
      to.output(
          0,
          to.inputType(0).dtype() == this.to
              ? to.input(0)
              : to.emit(new Primitive.Bitcast(), List.of(to.input(0)), to.outputType(0)));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new Bitcast(DType.INT32)).with(DType.FLOAT32, 2, 3),
          Example.accepts(new Bitcast(DType.FLOAT64)).with(DType.FLOAT64, 2),
          Example.accepts(new Bitcast(DType.UINT8)).with(DType.INT64),
          Example.accepts(new Bitcast(DType.INT64)).with(DType.FLOAT32, 3, 2),
          Example.accepts(new Bitcast(DType.INT32)).with(DType.INT64, 0),
          Example.rejects(
                  new Bitcast(DType.INT64), "the 8 elements that make up one int64, but the shape")
              .with(DType.UINT8, 2, 4),
          Example.rejects(new Bitcast(DType.INT64), "the 2 elements").with(DType.INT32),
          Example.rejects(new Bitcast(DType.BOOL), "the result must be numeric, not bool")
              .with(DType.UINT8, 2));
    }
  }
}
