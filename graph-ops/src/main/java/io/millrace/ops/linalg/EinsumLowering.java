package io.millrace.ops.linalg;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Says an einsum in primitives: sums, one product, and moves between the orders of axes. */
final class EinsumLowering {
  private final Lowering to;
  private final Map<Integer, Long> extents;
  private final List<Operand> operands = new ArrayList<>();
  private final List<Integer> output;

  /**
   * A tensor with labelled axes.
   *
   * @param labels a label for each axis of the value, all different
   */
  private record Operand(Value value, List<Integer> labels) {}

  EinsumLowering(Lowering to, Equation equation) {
    this.to = to;
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < to.inputs(); i++) {
      shapes.add(to.inputType(i).shape());
    }
    extents = equation.extents(new Inference(List.of(), i -> Optional.empty()), shapes);
    int most = equation.unnamed(shapes);
    output = equation.outputLabels(most);
    for (int i = 0; i < to.inputs(); i++) {
      operands.add(diagonal(to.input(i), equation.labels(i, shapes.get(i).rank(), most)));
    }
  }

  private Shape shape(List<Integer> labels) {
    return Shape.of(labels.stream().mapToLong(extents::get).toArray());
  }

  /** Keeps of repeated labels the diagonal, and of axes that broadcast nothing. */
  private Operand diagonal(Value value, List<Integer> labels) {
    Shape shape = value.type().shape();
    Shape full = shape(labels);
    long[] strides = shape.strides();
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < labels.size(); axis++) {
      boolean broadcast = shape.dim(axis) != full.dim(axis);
      if (!broadcast && !kept.contains(labels.get(axis))) {
        kept.add(labels.get(axis));
      }
    }
    long[] walk = new long[kept.size()];
    for (int axis = 0; axis < labels.size(); axis++) {
      int at = kept.indexOf(labels.get(axis));
      if (at >= 0) {
        walk[at] += strides[axis];
      }
    }
    return new Operand(to.view(value, shape(kept), View.of(0, walk)), kept);
  }

  void lower() {
    List<Operand> summed = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      List<Integer> others = new ArrayList<>(output);
      if (operands.size() == 2) {
        others.addAll(operands.get(1 - i).labels());
      }
      summed.add(sum(operands.get(i), others));
    }
    Operand product = summed.size() == 1 ? summed.get(0) : multiply(summed.get(0), summed.get(1));
    List<Integer> different = Equation.select(output, product.labels(), true);
    to.output(0, spread(order(product, different)));
  }

  /** Sums over the axes that are not among these. */
  private Operand sum(Operand x, List<Integer> others) {
    List<Integer> alone = Equation.select(x.labels(), others, false);
    if (alone.isEmpty()) {
      return x;
    }
    List<Integer> axes = alone.stream().map(x.labels()::indexOf).toList();
    return new Operand(
        to.reduce(Reduction.SUM, x.value(), axes, false),
        Equation.select(x.labels(), others, true));
  }

  private Operand multiply(Operand x, Operand y) {
    List<Integer> shared = Equation.select(x.labels(), y.labels(), true);
    List<Integer> contracted = Equation.select(shared, output, false);
    if (contracted.isEmpty()) {
      return multiplyElements(x, y);
    }
    List<Integer> batch = Equation.select(shared, output, true);
    List<Integer> rows = Equation.select(x.labels(), shared, false);
    List<Integer> columns = Equation.select(y.labels(), shared, false);
    boolean transposeX = isDense(x, batch, contracted, rows);
    boolean transposeY = isDense(y, batch, columns, contracted);
    Value product =
        to.contract(
            transposeX
                ? matrices(x, batch, contracted, rows)
                : matrices(x, batch, rows, contracted),
            transposeY
                ? matrices(y, batch, columns, contracted)
                : matrices(y, batch, contracted, columns),
            transposeX,
            transposeY);
    List<Integer> labels = new ArrayList<>(batch);
    labels.addAll(rows);
    labels.addAll(columns);
    return new Operand(to.reshape(product, shape(labels)), labels);
  }

  /** Without sums, every element of the result is one product. */
  private Operand multiplyElements(Operand x, Operand y) {
    List<Integer> labels = Equation.select(output, output, true);
    Shape domain = shape(labels);
    Value product =
        to.mapViews(
            domain,
            List.of(x.value(), y.value()),
            List.of(view(x, labels), view(y, labels)),
            (b, s) -> s.get(0).times(s.get(1)));
    return new Operand(product, labels);
  }

  private static View view(Operand x, List<Integer> labels) {
    long[] own = x.value().type().shape().strides();
    long[] strides = new long[labels.size()];
    Arrays.setAll(
        strides,
        axis -> {
          int at = x.labels().indexOf(labels.get(axis));
          return at < 0 ? 0 : own[at];
        });
    return View.of(0, strides);
  }

  private boolean isDense(
      Operand x, List<Integer> batch, List<Integer> first, List<Integer> second) {
    List<Integer> labels = new ArrayList<>(batch);
    labels.addAll(first);
    labels.addAll(second);
    return view(x, labels).isDense(shape(labels));
  }

  private Value matrices(
      Operand x, List<Integer> batch, List<Integer> first, List<Integer> second) {
    List<Integer> labels = new ArrayList<>(batch);
    labels.addAll(first);
    labels.addAll(second);
    return to.reshape(
        order(x, labels).value(),
        Shape.of(shape(batch).size(), shape(first).size(), shape(second).size()));
  }

  private Operand order(Operand x, List<Integer> labels) {
    return new Operand(to.view(x.value(), shape(labels), view(x, labels)), labels);
  }

  /** Repeats labels as the output does: what is off the diagonal is 0. */
  private Value spread(Operand x) {
    if (x.labels().equals(output)) {
      return x.value();
    }
    Shape full = shape(output);
    long[] dense = full.strides();
    long[] walk = new long[x.labels().size()];
    for (int axis = 0; axis < output.size(); axis++) {
      walk[x.labels().indexOf(output.get(axis))] += dense[axis];
    }
    Shape own = x.value().type().shape();
    return to.emit(
        new Primitive.Move(
            List.of(new Primitive.Move.Piece(0, own, View.dense(own), View.of(0, walk))),
            Optional.of(new ScalarFunction.Constant(x.value().type().dtype(), 0))),
        List.of(x.value()),
        x.value().type().withShape(full));
  }
}
