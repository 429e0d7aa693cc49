package io.millrace.ops.math;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Combining along an axis all elements up to each, in the shape of the input. */
public interface CumulativeOps extends Building {

  /** Returns the sums of the elements up to each along the first axis. TensorFlow: Cumsum. */
  default Output cumsum(Object x) {
    return cumsum(x, 0);
  }

  /** Returns the sums of the elements up to each along an axis. TensorFlow: Cumsum. */
  default Output cumsum(Object x, Object axis) {
    return cumsum(x, axis, false, false);
  }

  /**
   * Returns the sums of the elements up to each along an axis. TensorFlow: Cumsum.
   *
   * @param axis counted from the end if negative
   * @param exclusive whether an element itself is left out, so that the first sum is 0
   * @param reverse whether to begin at the axis's end
   */
  default Output cumsum(Object x, Object axis, boolean exclusive, boolean reverse) {
    Arguments.requireEach("x, axis", x, axis);
    return result(new Cumulative(false, exclusive, reverse), operand(x), axis(axis));
  }

  /** Returns the products of the elements up to each along the first axis. TensorFlow: Cumprod. */
  default Output cumprod(Object x) {
    return cumprod(x, 0);
  }

  /** Returns the products of the elements up to each along an axis. TensorFlow: Cumprod. */
  default Output cumprod(Object x, Object axis) {
    return cumprod(x, axis, false, false);
  }

  /**
   * Returns the products of the elements up to each along an axis. TensorFlow: Cumprod, whose
   * gradient is wrong where an element is 0; this one is right everywhere.
   *
   * @param axis counted from the end if negative
   * @param exclusive whether an element itself is left out, so that the first product is 1
   * @param reverse whether to begin at the axis's end
   */
  default Output cumprod(Object x, Object axis, boolean exclusive, boolean reverse) {
    Arguments.requireEach("x, axis", x, axis);
    return result(new Cumulative(true, exclusive, reverse), operand(x), axis(axis));
  }

  /** Sums or products of the first input along the axis that the second says. */
  record Cumulative(boolean product, boolean exclusive, boolean reverse) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("x: T in numeric", "axis: Tidx in index")
            .told("product")
            .optional("exclusive", false)
            .optional("reverse", false);

    @Override
    public String type() {
      return product ? "Cumprod" : "Cumsum";
    }

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<Long> axis = ShapeVectors.scalar(in, 1);
      Shape shape = in.shape(0);
      if (shape.isRankKnown()) {
        axis.ifPresent(a -> in.axis(a, shape.rank()));
      }
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      if (product) {
        return Gradients.of(ofProducts(call));
      }
      Op backwards = new Cumulative(false, exclusive, !reverse);
      return Gradients.of(Ops.of(call.graph()).result(backwards, call.gradient(), call.input(1)));
    }

    /**
     * Every element takes the product of those before it times what arrives at the products behind
     * it, each without the element: r[k] = dy[k] + x[k + 1] r[k + 1]. Nothing is divided.
     */
    private Output ofProducts(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output lines = lines(tf, x, call.input(1));
      Output arriving = tf.reshape(call.gradient(), tf.shape(lines));
      int step = reverse ? -1 : 1;
      Doubling along = new Doubling(lines, length(x, call.input(1)));
      Output zeros = tf.zerosLike(lines);
      Output own = exclusive ? along.behind(arriving, step, zeros) : arriving;
      Output sums = along.recurrence(along.behind(lines, step, zeros), own, step);
      Output before = tf.result(new Cumulative(true, true, reverse), lines, tf.constant(1));
      return Broadcasting.reshapeLike(tf.multiply(before, sums), x);
    }

    /** Returns how long the axis is, if that is known while the graph is built. */
    private static long length(Output x, Output axis) {
      Optional<Literal> known = x.graph().staticValue(axis);
      return known.isPresent() && x.shape().isRankKnown()
          ? x.shape().dim((int) known.get().getLong(0))
          : Shape.UNKNOWN;
    }

    /** Returns a tensor with the axis in the middle of three. */
    private static Output lines(Ops tf, Output x, Output axis) {
      Output shape = Broadcasting.shapeOf(x);
      Output at = tf.expandDims(tf.floormod(tf.cast(axis, DType.INT32), tf.rank(x)), 0);
      Output before = tf.reduceProd(tf.slice(shape, tf.indices(0), at), true);
      Output own = tf.slice(shape, at, tf.indices(1));
      Output behind = tf.reduceProd(tf.slice(shape, tf.add(at, 1), tf.indices(-1)), true);
      return tf.reshape(x, tf.concat(List.of(before, own, behind), 0));
    }

    @Override
    public void lower(Lowering to) {
      TensorType type = to.inputType(0);
      Shape shape = type.shape();
      int wished = (int) to.constant(1).getLong(0);
      int axis = wished < 0 ? wished + shape.rank() : wished;
      Shape flat = Shapes.around(shape, axis);
      Value scanned =
          to.emit(
              new Primitive.Scan(product ? Reduction.PROD : Reduction.SUM, exclusive, reverse),
              List.of(to.reshape(to.input(0), flat)),
              type.withShape(flat));
      to.output(0, to.reshape(scanned, shape));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (boolean product : new boolean[] {false, true}) {
        Cumulative plain = new Cumulative(product, false, false);
        Cumulative exclusive = new Cumulative(product, true, false);
        Cumulative reverse = new Cumulative(product, false, true);
        Cumulative both = new Cumulative(product, true, true);
        Literal first = Literal.scalar(DType.INT32, 0);
        Literal last = Literal.scalar(DType.INT64, -1);
        examples.add(Example.accepts(plain).within(0.5, 2, DType.FLOAT32, 4, 3).with(first));
        examples.add(Example.accepts(exclusive).within(0.5, 2, DType.FLOAT64, 2, 5).with(last));
        examples.add(
            Example.accepts(reverse).within(0.5, 2, DType.FLOAT64, 2, 3, 2).scalar(DType.INT32, 1));
        examples.add(Example.accepts(both).within(0.5, 2, DType.FLOAT64, 4).with(last));
        examples.add(Example.accepts(plain).with(DType.INT32, 5).with(first));
        examples.add(Example.accepts(both).with(DType.UINT8, 3, 2).with(first));
        examples.add(Example.accepts(plain).with(DType.FLOAT32, 2, 0).with(last));
        examples.add(
            Example.rejects(plain, "axis 2 is out of range")
                .with(DType.FLOAT32, 2, 3)
                .scalar(DType.INT32, 2));
        examples.add(
            Example.rejects(plain, "axis 0 is out of range").with(DType.FLOAT32).with(first));
      }
      return examples;
    }
  }
}
