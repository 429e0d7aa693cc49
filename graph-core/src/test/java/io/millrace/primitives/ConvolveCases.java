package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.ir.WindowAxis;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Convolutions of every kind. */
public final class ConvolveCases implements Cases {
  private static final List<String> CASES =
      List.of(
          "2,20 20,1,6,1,5/1/1/0/0 5/1/1/0/0",
          "3,14 14,6,16,1,5/1/1/0/0 5/1/1/0/0",
          "2,9 11,3,4,1,3/1/1/1/1 3/1/1/1/1",
          "2,9 11,3,4,1,3/2/1/1/1 3/2/1/0/1",
          "2,9 11,3,4,1,3/1/2/2/2 3/1/2/2/1",
          "2,9 11,4,4,1,3/1/2/2/2 3/1/2/2/1",
          "1,10 12,2,5,1,3/3/2/1/2 2/2/3/0/3",
          "1,10 12,2,5,1,4/4/2/2/2 3/4/6/2/3",
          "2,5 4,3,2,1,2/3/1/0/0 1/4/1/0/0",
          "2,7 7,4,6,2,3/1/1/1/1 3/2/1/1/1",
          "2,7 6,8,16,2,3/1/1/1/1 3/2/1/1/1",
          "2,7 6,4,4,4,3/1/1/1/1 3/1/1/1/1",
          "2,7 6,4,8,4,3/2/2/1/1 3/2/1/0/1",
          "2,7 6,3,3,3,3/2/1/1/1 3/1/2/1/1",
          "2,7 6,4,12,4,3/2/1/1/1 3/1/2/2/1",
          "3,9,5,5,5,3/2/1/1/1",
          // Such a distance, though nothing is that far away, calls for positions of 64 bits.
          "2,6 5,3,4,1,3/2/1/1/1 1/1/1073741824/0/0",
          "2,6 5,4,4,4,3/2/1/1/1 1/1/1073741824/0/0",
          "2,3 5,4,4,1,2/1/1/0/0 2/3000000000/1/0/0",
          "2,3 5,4,4,1,2/7/1/0/0 2/6/1/0/0",
          "2,5 4 6,3,3,3,2/1/1/0/1 3/2/1/1/1 2/3/1/0/0",
          "2,6 5,8,16,1,1/1/1/0/0 1/1/1/0/0",
          "2,6 5,8,16,2,1/1/1/0/0 1/1/1/0/0",
          "2,6 5,8,16,1,1/2/1/0/0 1/2/1/0/0",
          "3,40,3,5,1,7/1/1/3/3",
          "1,41,3,5,1,4/3/2/2/1",
          "2,6 5 7,2,3,1,3/1/1/1/1 2/1/1/0/1 3/1/1/1/1",
          "2,6 5 7,2,4,2,3/2/1/1/1 2/1/2/0/1 3/2/1/1/0",
          "1,3 4 3 4,2,3,1,2/1/1/0/1 2/2/1/0/0 1/1/1/0/0 3/2/1/1/1",
          "0,6 5,2,4,1,3/1/1/1/1 3/1/1/1/1",
          "2,2 5,2,4,1,5/1/1/0/0 3/1/1/1/1",
          "2,6 5,2,0,1,3/1/1/1/1 3/1/1/1/1",
          "2,6 5,0,3,1,3/1/1/1/1 3/1/1/1/1",
          "1,4 4,2,3,1,3/1/1/5/5 3/1/1/4/6",
          "2,10 10,16,68,1,3/1/1/1/1 3/1/1/1/1",
          "2,18 17,8,72,1,3/1/1/1/1 3/1/1/1/1",
          "1,16 14,16,32,1,3/2/1/0/1 3/2/1/0/1");

  /** So large that several workers share them. */
  private static final List<String> LARGE =
      List.of(
          "2,32 32,1,6,1,5/1/1/0/0 5/1/1/0/0",
          "2,40 40,16,16,16,3/1/1/1/1 3/1/1/1/1",
          "4,24 24,16,32,1,3/1/1/1/1 3/1/1/1/1",
          "4,24 24,16,32,1,3/2/1/0/1 3/2/1/0/1");

  /** One of each kind: dense, grouped, for each channel, strided, dilated, of 1 and 3 axes. */
  private static final List<String> KINDS =
      List.of(
          "3,14 14,6,16,1,5/1/1/0/0 5/1/1/0/0",
          "2,7 6,8,16,2,3/1/1/1/1 3/2/1/1/1",
          "2,7 6,4,8,4,3/2/2/1/1 3/2/1/0/1",
          "1,10 12,2,5,1,3/3/2/1/2 2/2/3/0/3",
          "1,41,3,5,1,4/3/2/2/1",
          "2,6 5 7,2,3,1,3/1/1/1/1 2/1/1/0/1 3/1/1/1/1",
          "2,6 5,8,16,1,1/1/1/0/0 1/1/1/0/0");

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>();
    CASES.forEach(text -> cases.addAll(of(DType.FLOAT32, text)));
    CASES.subList(0, 6).forEach(text -> of(DType.FLOAT32, text).forEach(c -> spoil(c, cases)));
    cases.addAll(notFinite(DType.FLOAT32));
    cases.addAll(kinds(DType.FLOAT64));
    cases.addAll(notFinite(DType.FLOAT64));
    cases.addAll(of(DType.FLOAT32, LARGE.get(1)));
    return cases;
  }

  /** Returns one of each kind. */
  public static List<StepCase> kinds(DType type) {
    return KINDS.stream().flatMap(text -> of(type, text).stream()).toList();
  }

  /**
   * Returns one of each kind whose inputs hold what is not finite: it must reach what sees it, and
   * nothing else.
   */
  public static List<StepCase> notFinite(DType type) {
    List<StepCase> cases = new ArrayList<>();
    kinds(type).forEach(one -> spoil(one, cases));
    return cases;
  }

  /** Adds the same step with one value that is not finite on a side, and with some on both. */
  private static void spoil(StepCase one, List<StepCase> cases) {
    long last = one.inputs().get(1).size() - 1;
    cases.add(one.with(0, Double.NaN, i -> i == 0));
    cases.add(one.with(1, Double.NEGATIVE_INFINITY, i -> i == last));
    cases.add(
        one.with(0, Double.POSITIVE_INFINITY, i -> i == 1)
            .with(1, Double.NEGATIVE_INFINITY, i -> i == 2));
  }

  /** Adds the same step with values that are not finite at one place or at several of a side. */
  private static void spoilEach(StepCase one, List<StepCase> cases) {
    spoil(one, cases);
    for (int input = 0; input < 2; input++) {
      long size = one.inputs().get(input).size();
      cases.add(one.with(input, Double.NEGATIVE_INFINITY, i -> i == size / 3 || i == size - 1));
      cases.add(one.with(input, Double.NaN, i -> true));
    }
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>();
    if (type.isFloating()) {
      Stream.of(CASES, LARGE).flatMap(List::stream).forEach(text -> cases.addAll(of(type, text)));
      CASES.subList(0, 6).forEach(text -> of(type, text).forEach(c -> spoilEach(c, cases)));
      kinds(type).forEach(c -> spoilEach(c, cases));
    }
    return cases;
  }

  /**
   * Returns the convolutions of every kind in a text: batch, extents, input and output channels,
   * groups, and axes as {@link Inputs#axes} reads them.
   */
  private static List<StepCase> of(DType dtype, String text) {
    String[] parts = text.split(",", -1);
    List<WindowAxis> axes = Inputs.axes(parts[5]);
    int groups = Integer.parseInt(parts[4]);
    Shape data = Shape.of(Long.parseLong(parts[0]));
    Shape result = data;
    Shape filter = Shape.of();
    long[] extents = Inputs.numbers(parts[1], " ");
    for (int i = 0; i < extents.length; i++) {
      WindowAxis axis = axes.get(i);
      data = data.concat(Shape.of(extents[i]));
      result = result.concat(Shape.of(axis.windows(extents[i])));
      filter = filter.concat(Shape.of(axis.size()));
    }
    long cIn = Long.parseLong(parts[2]);
    long cOut = Long.parseLong(parts[3]);
    TensorType x = new TensorType(dtype, data.concat(Shape.of(cIn)));
    TensorType w = new TensorType(dtype, filter.concat(Shape.of(cIn / groups, cOut)));
    TensorType y = new TensorType(dtype, result.concat(Shape.of(cOut)));
    return List.of(
        of(Primitive.Convolve.Kind.FORWARD, axes, groups, x, w, y),
        of(Primitive.Convolve.Kind.DATA_GRADIENT, axes, groups, w, y, x),
        of(Primitive.Convolve.Kind.FILTER_GRADIENT, axes, groups, x, y, w));
  }

  private static StepCase of(
      Primitive.Convolve.Kind kind,
      List<WindowAxis> axes,
      int groups,
      TensorType first,
      TensorType second,
      TensorType output) {
    return StepCase.of(
            new Primitive.Convolve(kind, axes, groups),
            List.of(Inputs.numbers(first, 1), Inputs.numbers(second, 2)),
            output)
        .within(Tolerance.ROUNDED);
  }
}
