package io.millrace.ops.math;

import static io.millrace.op.TypeSet.INTEGER;

import io.millrace.Output;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Scalar;
import io.millrace.op.Example;
import io.millrace.ops.Building;
import io.millrace.type.DType;
import java.util.List;

/** Functions of the bits of integers, element by element, two tensors broadcast by NumPy's rule. */
public interface BitwiseOps extends Building {

  /** Returns the bits that are set in both. TensorFlow: BitwiseAnd. */
  default Output bitwiseAnd(Object x, Object y) {
    return result(Bitwise.AND, x, y);
  }

  /** Returns the bits that are set in at least one. TensorFlow: BitwiseOr. */
  default Output bitwiseOr(Object x, Object y) {
    return result(Bitwise.OR, x, y);
  }

  /** Returns the bits that are set in exactly one. TensorFlow: BitwiseXor. */
  default Output bitwiseXor(Object x, Object y) {
    return result(Bitwise.XOR, x, y);
  }

  /** Returns the bits that are not set. TensorFlow: Invert. */
  default Output invert(Object x) {
    return result(Bitwise.INVERT, x);
  }

  /**
   * Returns the bits of x moved up by y places; a negative distance counts as 0, one beyond the
   * type's last bit as that. TensorFlow: LeftShift.
   */
  default Output leftShift(Object x, Object y) {
    return result(Bitwise.LEFT_SHIFT, x, y);
  }

  /**
   * Returns the bits of x moved down by y places, the sign kept; the distance is brought into range
   * as that of {@link #leftShift} is. TensorFlow: RightShift.
   */
  default Output rightShift(Object x, Object y) {
    return result(Bitwise.RIGHT_SHIFT, x, y);
  }

  /** Returns the number of bits that are set, as uint8. TensorFlow: PopulationCount. */
  default Output populationCount(Object x) {
    return result(Bitwise.POPULATION_COUNT, x);
  }

  /** The functions of bits. */
  enum Bitwise implements Elementwise {
    AND(binary("BitwiseAnd", BinaryFn.AND)),
    OR(binary("BitwiseOr", BinaryFn.OR)),
    XOR(binary("BitwiseXor", BinaryFn.XOR)),
    INVERT(Row.unary("Invert", INTEGER, x -> x.apply(BinaryFn.XOR, ones(x)))),
    LEFT_SHIFT(binary("LeftShift", BinaryFn.SHIFT_LEFT)),
    RIGHT_SHIFT(binary("RightShift", BinaryFn.SHIFT_RIGHT)),
    POPULATION_COUNT(Row.unary("PopulationCount", INTEGER, Bitwise::count));

    private final Row row;

    Bitwise(Row row) {
      this.row = row.notDifferentiable("its result is an integer");
    }

    @Override
    public Row row() {
      return row;
    }

    private static Row binary(String type, BinaryFn fn) {
      return Row.binary(type, INTEGER, (x, y) -> x.apply(fn, y));
    }

    private static Scalar ones(Scalar x) {
      return x.constant(x.type().toDouble(x.type().wrap(-1)));
    }

    private static Scalar count(Scalar x) {
      Scalar count = countHalf(x.cast(DType.INT32));
      if (x.type().bytes() == Long.BYTES) {
        Scalar high = x.apply(BinaryFn.SHIFT_RIGHT, x.constant(32));
        count = count.plus(countHalf(high.cast(DType.INT32)));
      }
      return count.cast(DType.UINT8);
    }

    /** Adds up neighbouring bits, then pairs, then fours; a product adds up the bytes. */
    private static Scalar countHalf(Scalar x) {
      Scalar pairs = x.minus(masked(x, 1, 0x55555555));
      Scalar fours = masked(pairs, 0, 0x33333333).plus(masked(pairs, 2, 0x33333333));
      Scalar bytes =
          masked(fours.plus(fours.apply(BinaryFn.SHIFT_RIGHT, x.constant(4))), 0, 0x0F0F0F0F);
      return masked(bytes.times(0x01010101), 24, 0xFF);
    }

    private static Scalar masked(Scalar x, int down, int mask) {
      return x.apply(BinaryFn.SHIFT_RIGHT, x.constant(down)).apply(BinaryFn.AND, x.constant(mask));
    }

    static List<Example> examples() {
      return Elementwise.examples(values());
    }
  }
}
