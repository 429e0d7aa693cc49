package io.millrace.ops.nn;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.ir.WindowAxis;
import io.millrace.op.Lowering;
import io.millrace.ops.building.Surrounding;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Windows as overlapping views of padded data: pooling and convolution of integers, which the
 * primitives for windows leave out, are reductions over these.
 */
final class Windows {
  private Windows() {}

  /** Returns the greatest element of each window of {@code [n, spatial..., c]}. */
  static Value maximum(Lowering to, Value x, List<WindowAxis> axes) {
    Value padded = pad(to, x, axes, x.type().dtype().lowest());
    Shape from = x.type().shape();
    long[] strides = padded.type().shape().strides();
    List<Long> dims = new ArrayList<>(List.of(from.dim(0)));
    List<Long> walk = new ArrayList<>(List.of(strides[0]));
    outer(dims, walk, axes, from, strides);
    dims.add(from.dim(-1));
    walk.add(1L);
    int kept = dims.size();
    inner(dims, walk, axes, strides);
    ScalarBuilder builder = new ScalarBuilder();
    ScalarFunction copy = builder.build(List.of(builder.parameter(x.type().dtype())));
    return reduce(to, Reduction.MAX, copy, dims, kept, List.of(padded), List.of(view(walk)));
  }

  /** Returns the convolution of {@code [n, spatial..., c]} with {@code [spatial..., c/g, out]}. */
  static Value convolve(Lowering to, Value x, Value filter, List<WindowAxis> axes, int groups) {
    Value padded = pad(to, x, axes, 0);
    Shape from = x.type().shape();
    Shape taps = filter.type().shape();
    long[] xStrides = padded.type().shape().strides();
    long[] fStrides = taps.strides();
    long in = taps.dim(-2);
    long out = taps.dim(-1) / groups;
    List<Long> dims = new ArrayList<>(List.of(from.dim(0)));
    List<Long> xWalk = new ArrayList<>(List.of(xStrides[0]));
    outer(dims, xWalk, axes, from, xStrides);
    List<Long> fWalk = new ArrayList<>();
    dims.forEach(d -> fWalk.add(0L));
    List<Long> shape = new ArrayList<>(dims);
    shape.add(taps.dim(-1));
    dims.addAll(List.of((long) groups, out));
    xWalk.addAll(List.of(in, 0L));
    fWalk.addAll(List.of(out, 1L));
    int kept = dims.size();
    inner(dims, xWalk, axes, xStrides);
    for (int i = 0; i < axes.size(); i++) {
      fWalk.add(fStrides[i]);
    }
    dims.add(in);
    xWalk.add(1L);
    fWalk.add(taps.dim(-1));
    ScalarBuilder builder = new ScalarBuilder();
    DType dtype = x.type().dtype();
    ScalarFunction product =
        builder.build(List.of(builder.parameter(dtype).times(builder.parameter(dtype))));
    Value sum =
        reduce(
            to,
            Reduction.SUM,
            product,
            dims,
            kept,
            List.of(padded, filter),
            List.of(view(xWalk), view(fWalk)));
    return to.reshape(sum, shape(shape));
  }

  private static void outer(
      List<Long> dims, List<Long> walk, List<WindowAxis> axes, Shape from, long[] strides) {
    for (int i = 0; i < axes.size(); i++) {
      dims.add(axes.get(i).windows(from.dim(i + 1)));
      walk.add(strides[i + 1] * axes.get(i).stride());
    }
  }

  private static void inner(
      List<Long> dims, List<Long> walk, List<WindowAxis> axes, long[] strides) {
    for (int i = 0; i < axes.size(); i++) {
      dims.add(axes.get(i).size());
      walk.add(strides[i + 1] * axes.get(i).dilation());
    }
  }

  private static Value reduce(
      Lowering to,
      Reduction reduction,
      ScalarFunction function,
      List<Long> dims,
      int kept,
      List<Value> operands,
      List<View> views) {
    Shape domain = shape(dims);
    return to.emit(
        new Primitive.Reduce(reduction, function, domain, kept, views),
        operands,
        operands.get(0).type().withShape(domain.slice(0, kept)));
  }

  /** Returns data with an element of these bits wherever windows reach beyond them. */
  static Value pad(Lowering to, Value x, List<WindowAxis> axes, long bits) {
    long[] counts = new long[2 * x.type().shape().rank()];
    for (int i = 0; i < axes.size(); i++) {
      counts[2 * i + 2] = axes.get(i).padBefore();
      counts[2 * i + 3] = axes.get(i).padAfter();
    }
    return Surrounding.fill(to, x, counts, new ScalarFunction.Constant(x.type().dtype(), bits));
  }

  private static View view(List<Long> strides) {
    return View.of(0, strides.stream().mapToLong(Long::longValue).toArray());
  }

  private static Shape shape(List<Long> dims) {
    return Shape.of(dims.stream().mapToLong(Long::longValue).toArray());
  }
}
