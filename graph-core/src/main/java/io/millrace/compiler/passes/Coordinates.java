package io.millrace.compiler.passes;

import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Says which element of a tensor, by its coordinates, a loop reads at each of its own coordinates:
 * along each axis of the tensor an offset plus steps along the axes of the loop.
 */
final class Coordinates {
  private final long[] offsets;
  private final long[][] steps;

  /**
   * Makes coordinates.
   *
   * @param offsets one an axis of the tensor
   * @param steps by axis of the tensor, then by axis of the loop
   */
  private Coordinates(long[] offsets, long[][] steps) {
    this.offsets = offsets;
    this.steps = steps;
  }

  /**
   * Returns the coordinates that a view reads, if they can be said so: never when a step along an
   * axis of the loop carries from one axis of the tensor into another.
   */
  static Optional<Coordinates> of(View view, Shape domain, Shape tensor) {
    if (tensor.size() == 0 || domain.size() == 0) {
      return Optional.empty();
    }
    int rank = tensor.rank();
    long[] dense = tensor.strides();
    long[] offsets = new long[rank];
    long[][] steps = new long[rank][domain.rank()];
    for (int a = 0; a < rank; a++) {
      offsets[a] = view.offset() / dense[a] % tensor.dim(a);
      long low = offsets[a];
      long high = offsets[a];
      for (int i = 0; i < domain.rank(); i++) {
        long stride = domain.dim(i) == 1 ? 0 : view.stride(i);
        // Truncating division gives each step digits of its own sign.
        steps[a][i] = stride / dense[a] % tensor.dim(a);
        low += Math.min(0, steps[a][i] * (domain.dim(i) - 1));
        high += Math.max(0, steps[a][i] * (domain.dim(i) - 1));
      }
      if (low < 0 || high >= tensor.dim(a)) {
        return Optional.empty();
      }
    }
    return Optional.of(new Coordinates(offsets, steps));
  }

  /** Returns the view of the loop that reads what a view of the tensor's own shape reads there. */
  View through(View inner, int rank) {
    long offset = inner.offset();
    long[] strides = new long[rank];
    for (int a = 0; a < offsets.length; a++) {
      offset += inner.stride(a) * offsets[a];
      for (int i = 0; i < rank; i++) {
        strides[i] += inner.stride(a) * steps[a][i];
      }
    }
    return View.of(offset, strides);
  }

  /** Returns the tensor's coordinate along an axis as a value of the loop's function. */
  FunctionCopy.Item index(int axis, NestBuilder nest) {
    List<Scalar> terms = new ArrayList<>();
    for (int i = 0; i < steps[axis].length; i++) {
      if (steps[axis][i] != 0) {
        Scalar index = nest.index(i).scalar();
        terms.add(steps[axis][i] == 1 ? index : index.times((double) steps[axis][i]));
      }
    }
    ScalarFunction.Constant offset = new ScalarFunction.Constant(DType.INT64, offsets[axis]);
    FunctionCopy.Item start = FunctionCopy.Item.of(nest.scalars(), offset);
    if (terms.isEmpty()) {
      return start;
    }
    Scalar sum = terms.stream().reduce(Scalar::plus).orElseThrow();
    return FunctionCopy.Item.of(offsets[axis] == 0 ? sum : sum.plus(start.scalar()));
  }
}
