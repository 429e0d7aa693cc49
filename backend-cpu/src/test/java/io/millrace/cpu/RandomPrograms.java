package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Literal;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Makes scalar functions, tensors and views at random. */
final class RandomPrograms {
  private static final List<UnaryFn> EXACT_UNARY =
      List.of(
          UnaryFn.NEG,
          UnaryFn.ABS,
          UnaryFn.SIGN,
          UnaryFn.SQRT,
          UnaryFn.FLOOR,
          UnaryFn.CEIL,
          UnaryFn.RINT,
          UnaryFn.NOT,
          UnaryFn.IS_NAN,
          UnaryFn.IS_FINITE);
  private static final List<BinaryFn> BINARY =
      List.of(
          BinaryFn.ADD,
          BinaryFn.SUB,
          BinaryFn.MUL,
          BinaryFn.MAX,
          BinaryFn.MIN,
          BinaryFn.EQ,
          BinaryFn.NE,
          BinaryFn.LT,
          BinaryFn.LE,
          BinaryFn.GT,
          BinaryFn.GE,
          BinaryFn.AND,
          BinaryFn.OR,
          BinaryFn.XOR,
          BinaryFn.SHIFT_LEFT,
          BinaryFn.SHIFT_RIGHT);

  private final Random random;

  RandomPrograms(long seed) {
    random = new Random(seed);
  }

  Random random() {
    return random;
  }

  <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Returns a function of parameters of these types whose results have the last types. */
  ScalarFunction function(List<DType> parameters, List<DType> types, int rank, int steps) {
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> values = new ArrayList<>();
    parameters.forEach(type -> values.add(builder.parameter(type)));
    for (int i = 0; i < steps; i++) {
      values.add(step(builder, values, types, rank));
    }
    List<Scalar> results = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      results.add(values.get(Math.max(0, values.size() - 1 - i)));
    }
    return builder.build(results);
  }

  private Scalar step(ScalarBuilder builder, List<Scalar> values, List<DType> types, int rank) {
    Scalar x = pick(values);
    switch (random.nextInt(8)) {
      case 0:
        return builder.constant(pick(types), random.nextInt(9) - 4);
      case 1:
        return rank > 0 && types.contains(DType.INT64)
            ? builder.index(random.nextInt(rank))
            : builder.constant(pick(types), random.nextInt(9) - 4);
      case 2:
        UnaryFn unary = pick(EXACT_UNARY);
        return unary.accepts(x.type()) ? x.apply(unary) : x;
      case 3:
        return x.cast(pick(types));
      case 4:
        Scalar condition = x.cast(DType.BOOL);
        Scalar y = pick(values);
        return condition.select(y, pick(values).cast(y.type()));
      default:
        BinaryFn binary = pick(BINARY);
        Scalar other = pick(values).cast(x.type());
        boolean logical = binary == BinaryFn.AND || binary == BinaryFn.OR || binary == BinaryFn.XOR;
        if (logical && random.nextBoolean()) {
          return x.cast(DType.BOOL).apply(binary, other.cast(DType.BOOL));
        }
        return binary.accepts(x.type()) ? x.apply(binary, other) : x;
    }
  }

  /** Returns a view of the domain with broadcast, reversed, permuted or padded strides. */
  View view(Shape domain) {
    int rank = domain.rank();
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      order.add(i);
    }
    if (random.nextInt(3) == 0) {
      Collections.shuffle(order, random);
    }
    int kind = random.nextInt(4);
    long[] strides = new long[rank];
    long stride = kind == 3 ? 1 + random.nextInt(3) : 1;
    long offset = random.nextInt(4) == 0 ? random.nextInt(20) : 0;
    for (int i = rank - 1; i >= 0; i--) {
      int axis = order.get(i);
      boolean broadcast = kind != 0 && random.nextInt(3) == 0;
      if (broadcast) {
        continue;
      }
      boolean reversed = kind == 2 && random.nextInt(3) == 0;
      strides[axis] = reversed ? -stride : stride;
      if (reversed) {
        offset += stride * Math.max(0, domain.dim(axis) - 1);
      }
      stride *= domain.dim(axis);
    }
    return View.of(offset, strides);
  }

  /** Returns a vector that holds every element that a view of the domain touches. */
  Literal tensor(DType dtype, Shape domain, View view) {
    long last = view.offset();
    for (int i = 0; i < domain.rank(); i++) {
      last += Math.max(0, view.stride(i)) * Math.max(0, domain.dim(i) - 1);
    }
    return tensor(dtype, last + 1);
  }

  /** Returns a vector of small numbers, some of them special. */
  Literal tensor(DType dtype, long size) {
    double[] special = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, 1e30};
    Literal.Builder builder = new Literal.Builder(TensorType.of(dtype, size));
    for (long i = 0; i < size; i++) {
      if (dtype.isFloating()) {
        boolean rare = random.nextInt(50) == 0;
        builder.setDouble(
            i, rare ? special[random.nextInt(special.length)] : random.nextGaussian() * 3);
      } else {
        builder.setLong(i, dtype == DType.BOOL ? random.nextInt(2) : random.nextInt(41) - 20);
      }
    }
    return builder.build();
  }

  /** Returns a vector of row numbers from 0 to {@code rows}, a few of them not of a row. */
  Literal indices(DType dtype, long rows, long size) {
    Literal.Builder builder = new Literal.Builder(TensorType.of(dtype, size));
    for (long i = 0; i < size; i++) {
      builder.setLong(
          i,
          random.nextInt(8) == 0
              ? random.nextInt(3) * (rows + 1) - rows - 2
              : random.nextInt((int) rows + 1));
    }
    return builder.build();
  }
}
