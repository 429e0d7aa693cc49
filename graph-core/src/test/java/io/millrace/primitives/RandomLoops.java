package io.millrace.primitives;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Makes functions of exact results, views and tensors at random. */
public final class RandomLoops extends RandomTensors {
  /** Functions that are rounded otherwise elsewhere, or fail. */
  private static final Set<BinaryFn> UNFIT =
      EnumSet.of(
          BinaryFn.DIV,
          BinaryFn.FLOOR_DIV,
          BinaryFn.FLOOR_MOD,
          BinaryFn.TRUNCATE_MOD,
          BinaryFn.POW,
          BinaryFn.ATAN2);

  private static final Set<UnaryFn> FIT =
      EnumSet.of(
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

  /** Makes what the seed decides. */
  public RandomLoops(long seed) {
    super(seed);
  }

  /** Returns so many values of these types. */
  public List<DType> types(List<DType> types, int count) {
    return IntStream.range(0, count).mapToObj(i -> pick(types)).toList();
  }

  /** Returns a function with up to three results, of so many nodes. */
  public ScalarFunction function(List<DType> parameters, List<DType> types, int rank, int nodes) {
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> values =
        parameters.stream()
            .map(builder::parameter)
            .collect(Collectors.toCollection(ArrayList::new));
    while (nodes-- > 0) {
      values.add(node(builder, values, types, rank));
    }
    Collections.reverse(values);
    return builder.build(values.subList(0, Math.min(values.size(), 1 + below(3))));
  }

  private Scalar node(ScalarBuilder builder, List<Scalar> values, List<DType> types, int rank) {
    Scalar x = pick(values);
    int kind = below(10);
    if (kind == 0) {
      return builder.constant(pick(types), below(9) - 4);
    }
    if (kind == 1 && rank > 0 && types.contains(DType.INT64)) {
      return builder.index(below(rank));
    }
    if (kind == 2) {
      return x.cast(pick(types));
    }
    if (kind == 3) {
      return x.cast(DType.BOOL).select(x, pick(values).cast(x.type()));
    }
    if (kind <= 5) {
      return x.apply(pick(FIT.stream().filter(fn -> fn.accepts(x.type())).toList()));
    }
    List<BinaryFn> functions =
        EnumSet.complementOf(EnumSet.copyOf(UNFIT)).stream()
            .filter(fn -> fn.accepts(x.type()))
            .toList();
    return x.apply(pick(functions), pick(values).cast(x.type()));
  }

  /** Returns a view that is dense, or broadcast, reversed, permuted, strided or moved. */
  public View view(Shape domain) {
    List<Integer> order =
        IntStream.range(0, domain.rank()).boxed().collect(Collectors.toCollection(ArrayList::new));
    int kind = below(6);
    if (kind == 1) {
      Collections.shuffle(order, random());
    }
    long stride = kind == 2 || kind == 5 ? 1 + below(3) : 1;
    long offset = below(3) == 0 ? below(20) : 0;
    long[] strides = new long[domain.rank()];
    for (int i = order.size() - 1; i >= 0; i--) {
      int axis = order.get(i);
      if (kind >= 3 && below(2) == 0) {
        continue;
      }
      boolean back = kind == 4 && below(3) == 0;
      strides[axis] = back ? -stride : stride;
      offset += back ? stride * Math.max(0, domain.dim(axis) - 1) : 0;
      stride *= domain.dim(axis);
    }
    return View.of(offset, strides);
  }

  /** Returns a vector that holds every element that a view of the domain touches. */
  public Literal tensor(DType dtype, Shape domain, View view) {
    long last = view.offset();
    for (int axis = 0; axis < domain.rank(); axis++) {
      last += Math.max(0, view.stride(axis)) * Math.max(0, domain.dim(axis) - 1);
    }
    return numbers(dtype, last + 1);
  }
}
