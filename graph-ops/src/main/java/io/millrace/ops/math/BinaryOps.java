package io.millrace.ops.math;

import static io.millrace.op.TypeSet.FLOATING;
import static io.millrace.op.TypeSet.NUMERIC;
import static io.millrace.op.TypeSet.SIGNED;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Scalar;
import io.millrace.ir.Suspect;
import io.millrace.ir.UnaryFn;
import io.millrace.op.Example;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import java.util.List;

/** Arithmetic of two tensors of one type, element by element, broadcast by NumPy's rule. */
public interface BinaryOps extends Building {

  /** Returns {@code x + y}. TensorFlow: AddV2. */
  default Output add(Object x, Object y) {
    return result(Binary.ADD, x, y);
  }

  /** Returns {@code x - y}. TensorFlow: Sub. */
  default Output subtract(Object x, Object y) {
    return result(Binary.SUB, x, y);
  }

  /** Returns {@code x * y}. TensorFlow: Mul. */
  default Output multiply(Object x, Object y) {
    return result(Binary.MUL, x, y);
  }

  /** Returns the quotient; integers are converted to floating first. TensorFlow: RealDiv. */
  default Output divide(Object x, Object y) {
    return truediv(x, y);
  }

  /**
   * Returns the quotient; uint8 is converted to float32 and other integers to float64 first.
   * TensorFlow: RealDiv.
   */
  default Output truediv(Object x, Object y) {
    List<Output> both = operands(x, y);
    DType dtype = both.get(0).dtype();
    if (!dtype.isInteger() || both.get(1).dtype() != dtype) {
      return result(Binary.REAL_DIV, both.get(0), both.get(1));
    }
    DType floating = dtype.bytes() < Integer.BYTES ? DType.FLOAT32 : DType.FLOAT64;
    return result(
        Binary.REAL_DIV, tf().cast(both.get(0), floating), tf().cast(both.get(1), floating));
  }

  /** Returns the quotient of floating tensors. TensorFlow: RealDiv. */
  default Output realdiv(Object x, Object y) {
    return result(Binary.REAL_DIV, x, y);
  }

  /**
   * Returns the quotient; that of integers is rounded towards negative infinity, so that {@code
   * div(-7, 2)} is -4, as in Python 2. TensorFlow: div, which is FloorDiv of integers and RealDiv
   * of floating tensors.
   *
   * <p>{@link #truncatediv} rounds towards zero, {@link #divide} does not round. An integer divided
   * by zero fails the run.
   */
  default Output div(Object x, Object y) {
    List<Output> both = operands(x, y);
    boolean whole = both.get(0).dtype().isInteger();
    return result(whole ? Binary.FLOOR_DIV : Binary.REAL_DIV, both.get(0), both.get(1));
  }

  /** Returns the quotient rounded towards negative infinity. TensorFlow: FloorDiv. */
  default Output floordiv(Object x, Object y) {
    return result(Binary.FLOOR_DIV, x, y);
  }

  /** Returns the remainder with the sign of y. TensorFlow: FloorMod. */
  default Output floormod(Object x, Object y) {
    return result(Binary.FLOOR_MOD, x, y);
  }

  /** Returns the remainder with the sign of y. TensorFlow: FloorMod. */
  default Output mod(Object x, Object y) {
    return floormod(x, y);
  }

  /** Returns the quotient truncated towards zero. TensorFlow: TruncateDiv. */
  default Output truncatediv(Object x, Object y) {
    return result(Binary.TRUNCATE_DIV, x, y);
  }

  /** Returns the remainder with the sign of x. TensorFlow: TruncateMod. */
  default Output truncatemod(Object x, Object y) {
    return result(Binary.TRUNCATE_MOD, x, y);
  }

  /** Returns the greater, NaN if either is. TensorFlow: Maximum. */
  default Output maximum(Object x, Object y) {
    return result(Binary.MAXIMUM, x, y);
  }

  /** Returns the lesser, NaN if either is. TensorFlow: Minimum. */
  default Output minimum(Object x, Object y) {
    return result(Binary.MINIMUM, x, y);
  }

  /**
   * Returns x to the power of y; its gradient by y is 0 where x is not positive. TensorFlow: Pow.
   */
  default Output pow(Object x, Object y) {
    return result(Binary.POW, x, y);
  }

  /** Returns {@code (x - y) * (x - y)}. TensorFlow: SquaredDifference. */
  default Output squaredDifference(Object x, Object y) {
    return result(Binary.SQUARED_DIFFERENCE, x, y);
  }

  /** Returns {@code x / y}, or 0 where y is 0. TensorFlow: DivNoNan. */
  default Output divNoNan(Object x, Object y) {
    return result(Binary.DIV_NO_NAN, x, y);
  }

  /** Returns {@code x * y}, or 0 where y is 0, whatever x is. TensorFlow: MulNoNan. */
  default Output multiplyNoNan(Object x, Object y) {
    return result(Binary.MUL_NO_NAN, x, y);
  }

  /** Returns the floating number next to x in the direction of y. TensorFlow: NextAfter. */
  default Output nextafter(Object x, Object y) {
    return result(Binary.NEXT_AFTER, x, y);
  }

  /** Returns the angle of the points (x, y) in radians, from -pi to pi. TensorFlow: Atan2. */
  default Output atan2(Object y, Object x) {
    return result(Binary.ATAN2, y, x);
  }

  /** Returns {@code x / y}, or 0 where x is 0. TensorFlow: Xdivy. */
  default Output xdivy(Object x, Object y) {
    return result(Binary.XDIVY, x, y);
  }

  /** Returns {@code x * log(y)}, or 0 where x is 0. TensorFlow: Xlogy. */
  default Output xlogy(Object x, Object y) {
    return result(Binary.XLOGY, x, y);
  }

  /** Returns {@code x * log(1 + y)}, or 0 where x is 0. TensorFlow: Xlog1py. */
  default Output xlog1py(Object x, Object y) {
    return result(Binary.XLOG1PY, x, y);
  }

  /** The arithmetic of two tensors. */
  enum Binary implements Elementwise {
    ADD(
        Row.binary("AddV2", NUMERIC, Scalar::plus)
            .alias("Add")
            .derivatives((tf, x, y, z, dz) -> List.of(dz, dz))),
    SUB(
        Row.binary("Sub", NUMERIC, Scalar::minus)
            .derivatives((tf, x, y, z, dz) -> List.of(dz, tf.negative(dz)))),
    MUL(
        Row.binary("Mul", NUMERIC, Scalar::times)
            .derivatives((tf, x, y, z, dz) -> List.of(tf.multiply(dz, y), tf.multiply(x, dz)))),
    REAL_DIV(
        Row.binary("RealDiv", FLOATING, Scalar::dividedBy)
            .within(1, 0.5, 2)
            .derivatives(Binary::quotient)),
    DIV(
        Row.binary("Div", NUMERIC, Scalar::dividedBy)
            .demanding(Binary::isNotZero, new Suspect.Zero(), "integer division by zero")
            .within(1, 0.5, 3)
            .derivatives(Binary::quotient)),
    FLOOR_DIV(
        Row.binary("FloorDiv", NUMERIC, (x, y) -> x.apply(BinaryFn.FLOOR_DIV, y))
            .demanding(Binary::isNotZero, new Suspect.Zero(), "integer division by zero")
            .within(1, 0.5, 3)
            .notDifferentiable("its result is constant between jumps")),
    FLOOR_MOD(
        Row.binary("FloorMod", NUMERIC, (x, y) -> x.apply(BinaryFn.FLOOR_MOD, y))
            .demanding(Binary::isNotZero, new Suspect.Zero(), "integer division by zero")
            .within(1, 1.5, 4)
            .derivatives(
                (tf, x, y, z, dz) -> List.of(dz, tf.multiply(dz, tf.negative(tf.floordiv(x, y)))))),
    TRUNCATE_DIV(
        Row.binary("TruncateDiv", NUMERIC, Binary::truncated)
            .demanding(Binary::isNotZero, new Suspect.Zero(), "integer division by zero")
            .within(1, 1, 4)
            .notDifferentiable("its result is constant between jumps")),
    TRUNCATE_MOD(
        Row.binary("TruncateMod", SIGNED, (x, y) -> x.apply(BinaryFn.TRUNCATE_MOD, y))
            .alias("Mod")
            .demanding(Binary::isNotZero, new Suspect.Zero(), "integer division by zero")
            .within(1, 1.5, 4)
            .derivatives(
                (tf, x, y, z, dz) -> {
                  Output whole = tf.stopGradient(tf.divide(tf.subtract(x, z), y));
                  return List.of(dz, tf.multiply(dz, tf.negative(whole)));
                })),
    MAXIMUM(
        Row.binary("Maximum", NUMERIC, (x, y) -> x.max(y))
            .derivatives(
                (tf, x, y, z, dz) -> split(tf, Extremes.orNaN(tf, tf.greaterEqual(x, y), x), dz))),
    MINIMUM(
        Row.binary("Minimum", NUMERIC, (x, y) -> x.min(y))
            .derivatives(
                (tf, x, y, z, dz) -> split(tf, Extremes.orNaN(tf, tf.lessEqual(x, y), x), dz))),
    POW(
        Row.binary("Pow", SIGNED, Scalar::pow)
            .demanding(
                y -> y.ge(y.constant(0)),
                new Suspect.Outside(0, List.of(Long.MAX_VALUE)),
                "integers to negative integer powers are not allowed")
            .within(0, 0.5, 2)
            .within(1, 0, 4)
            .derivatives(
                (tf, x, y, z, dz) -> {
                  Output positive = tf.greater(x, 0);
                  Output safe = tf.whereV2(positive, x, tf.onesLike(x));
                  Output log = tf.whereV2(positive, tf.log(safe), tf.zerosLike(x));
                  // The power 0 is constant, even at 0 where its factor is infinite. In
                  // derivatives of higher order that factor is a power, at which 0 arrives.
                  Output slope = tf.multiplyNoNan(tf.pow(x, tf.subtract(y, 1)), y);
                  Output flat = tf.logicalAnd(tf.equal(dz, 0), tf.isInf(slope));
                  return List.of(
                      tf.multiply(dz, tf.whereV2(flat, tf.zerosLike(slope), slope)),
                      tf.multiply(dz, tf.multiply(z, log)));
                })),
    SQUARED_DIFFERENCE(
        Row.binary("SquaredDifference", SIGNED, (x, y) -> x.minus(y).square())
            .derivatives(
                (tf, x, y, z, dz) -> {
                  Output slope = tf.multiply(tf.multiply(dz, 2), tf.subtract(x, y));
                  return List.of(slope, tf.negative(slope));
                })),
    DIV_NO_NAN(
        Row.binary("DivNoNan", FLOATING, (x, y) -> Elementwise.unlessZero(y, x.dividedBy(y)))
            .within(1, 0.5, 2)
            .derivatives(
                (tf, x, y, z, dz) ->
                    List.of(
                        tf.divNoNan(dz, y),
                        tf.multiply(dz, tf.divNoNan(tf.divNoNan(tf.negative(x), y), y))))),
    MUL_NO_NAN(
        Row.binary("MulNoNan", FLOATING, (x, y) -> Elementwise.unlessZero(y, x.times(y)))
            .derivatives(
                (tf, x, y, z, dz) -> List.of(tf.multiplyNoNan(dz, y), tf.multiplyNoNan(x, dz)))),
    NEXT_AFTER(
        Row.binary("NextAfter", FLOATING, (x, y) -> x.apply(BinaryFn.NEXT_AFTER, y))
            .named("x1", "x2")
            .derivatives((tf, x, y, z, dz) -> List.of(dz, tf.zerosLike(dz)))),
    ATAN2(
        Row.binary("Atan2", FLOATING, (y, x) -> y.apply(BinaryFn.ATAN2, x))
            .within(1, 0.5, 2)
            .derivatives(
                (tf, y, x, z, dz) -> {
                  // Squares of what is scaled neither overflow nor vanish. Far out all is flat.
                  Output most = tf.stopGradient(tf.maximum(tf.abs(x), tf.abs(y)));
                  Output isFar = tf.isInf(most);
                  Output scale = tf.whereV2(isFar, tf.onesLike(most), most);
                  Output a = tf.divide(direction(tf, x, isFar), scale);
                  Output b = tf.divide(direction(tf, y, isFar), scale);
                  Output arriving = tf.whereV2(isFar, tf.zerosLike(dz), dz);
                  Output squares = tf.add(tf.square(a), tf.square(b));
                  Output scaled = tf.divide(tf.divide(arriving, squares), scale);
                  return List.of(tf.multiply(a, scaled), tf.multiply(tf.negative(b), scaled));
                })),
    XDIVY(
        Row.binary("Xdivy", FLOATING, (x, y) -> Elementwise.unlessZero(x, x.dividedBy(y)))
            .within(1, 0.5, 2)
            .derivatives(
                (tf, x, y, z, dz) ->
                    List.of(
                        tf.multiply(dz, tf.xdivy(isInside(tf, x, tf.notEqual(y, 0)), y)),
                        tf.multiply(dz, tf.xdivy(tf.xdivy(tf.negative(x), y), y))))),
    XLOGY(
        Row.binary("Xlogy", FLOATING, (x, y) -> Elementwise.unlessZero(x, x.times(y.log())))
            .within(1, 0.5, 2)
            .derivatives(
                (tf, x, y, z, dz) ->
                    List.of(
                        tf.multiply(dz, tf.xlogy(isInside(tf, x, tf.greater(y, 0)), y)),
                        tf.multiply(dz, tf.xdivy(x, y))))),
    XLOG1PY(
        Row.binary("Xlog1py", FLOATING, (x, y) -> Elementwise.unlessZero(x, x.times(y.log1p())))
            .within(1, -0.5, 2)
            .derivatives(
                (tf, x, y, z, dz) ->
                    List.of(
                        tf.multiply(dz, tf.xlog1py(isInside(tf, x, tf.greater(y, -1)), y)),
                        tf.multiply(dz, tf.xdivy(x, tf.add(y, 1))))));

    private final Row row;

    Binary(Row row) {
      this.row = row;
    }

    @Override
    public Row row() {
      return row;
    }

    private static List<Output> quotient(Ops tf, Output x, Output y, Output z, Output dz) {
      return List.of(tf.divide(dz, y), tf.multiply(dz, tf.divide(tf.divide(tf.negative(x), y), y)));
    }

    private static Scalar isNotZero(Scalar x) {
      return x.eq(x.constant(0)).apply(UnaryFn.NOT);
    }

    private static Scalar truncated(Scalar x, Scalar y) {
      Scalar quotient = x.dividedBy(y);
      return quotient
          .lt(quotient.constant(0))
          .select(quotient.apply(UnaryFn.CEIL), quotient.apply(UnaryFn.FLOOR));
    }

    private static List<Output> split(Ops tf, Output first, Output dz) {
      Output zeros = tf.zerosLike(dz);
      return List.of(tf.whereV2(first, dz, zeros), tf.whereV2(first, zeros, dz));
    }

    /** Returns x, or far out its sign if it is infinite there, else 0. */
    private static Output direction(Ops tf, Output x, Output isFar) {
      Output zeros = tf.zerosLike(x);
      return tf.whereV2(isFar, tf.whereV2(tf.isInf(x), tf.sign(x), zeros), x);
    }

    /**
     * Returns 1 where the factor of x is that of the function, or 0 where x is 0 and the factor is
     * not finite, which x hides.
     */
    private static Output isInside(Ops tf, Output x, Output finite) {
      return tf.cast(tf.logicalOr(tf.notEqual(x, 0), finite), x.dtype());
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }
}
