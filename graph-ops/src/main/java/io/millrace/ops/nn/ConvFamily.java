package io.millrace.ops.nn;

import io.millrace.ir.Primitive.Convolve;
import io.millrace.op.Inference;
import io.millrace.op.Signature;
import io.millrace.type.Shape;
import java.util.List;
import java.util.stream.Stream;

/**
 * A kind of convolution: what TensorFlow calls it and its gradients, over how many spatial axes it
 * goes, and how the last two axes of its filter read.
 */
public enum ConvFamily {
  /** Over images, with a filter {@code [h,w,c/groups,out]}: each output sees all of a group. */
  CONV_2D("Conv2D", 2, false, "numeric", "use_cudnn_on_gpu"),
  /** Over images, with a filter {@code [h,w,c,m]}: each channel gives m channels by itself. */
  DEPTHWISE_2D("DepthwiseConv2dNative", 2, true, "floating");

  private final String type;
  private final int spatial;
  private final boolean depthwise;

  /** In the order of the parts that operations make. */
  private final List<Signature> signatures;

  /**
   * Makes a row.
   *
   * @param types the set of element types of which a result is computed
   * @param ignored attributes that change nothing here
   */
  ConvFamily(String type, int spatial, boolean depthwise, String types, String... ignored) {
    this.type = type;
    this.spatial = spatial;
    this.depthwise = depthwise;
    signatures =
        Stream.of(
                Signature.of(
                    "input_sizes: int32 in index", "filter: T in floating", "out_backprop: T"),
                Signature.of(
                    "input: T in floating", "filter_sizes: int32 in index", "out_backprop: T"),
                Signature.of("input: T in " + types, "filter: T"))
            .map(s -> s.ignoring(ignored).told("family").told("made"))
            .toList();
  }

  /**
   * The three tensors that a convolution ties together. An operation makes one of them from the
   * others; the gradients by these make the others.
   */
  public enum Part {
    IMAGES(0, "BackpropInput", Convolve.Kind.DATA_GRADIENT),
    FILTER(1, "BackpropFilter", Convolve.Kind.FILTER_GRADIENT),
    RESULT(2, "", Convolve.Kind.FORWARD);

    private final int input;
    private final String suffix;
    private final Convolve.Kind kind;

    Part(int input, String suffix, Convolve.Kind kind) {
      this.input = input;
      this.suffix = suffix;
      this.kind = kind;
    }

    /** Returns which input this is of operations that make another part. */
    int input() {
      return input;
    }

    /** Returns how the primitive is told to make this. */
    Convolve.Kind kind() {
      return kind;
    }

    /** Returns what the operation that makes this takes; of this itself, the shape. */
    List<Part> inputs() {
      return this == RESULT ? List.of(IMAGES, FILTER) : List.of(values());
    }
  }

  /** Returns TensorFlow's name of the operation that makes a part. */
  String type(Part made) {
    return type + made.suffix;
  }

  /** Returns how TensorFlow writes the operation that makes a part. */
  Signature signature(Part made) {
    return signatures.get(made.input);
  }

  /** Returns the number of axes of images, filter and result. */
  int rank() {
    return spatial + 2;
  }

  /** Returns a filter's shape as {@code [spatial..., c/groups, out]}. */
  Shape grouped(Shape filter) {
    if (!depthwise) {
      return filter;
    }
    long channels = filter.dim(spatial);
    long each = filter.dim(spatial + 1);
    long all = channels < 0 || each < 0 ? Shape.UNKNOWN : Math.multiplyExact(channels, each);
    return filter.with(spatial, 1).with(spatial + 1, all);
  }

  /** Returns the number of groups that such a filter makes of so many channels. */
  static int groups(long channels, Shape grouped) {
    return (int) Math.max(1, channels / grouped.dim(-2));
  }

  /** Returns what is known of a filter's shape from the channels of the images and the result. */
  Shape filter(long channels, long outputs) {
    Shape unknown = Shape.unknown(rank());
    return depthwise ? unknown.with(spatial, channels) : unknown.with(spatial + 1, outputs);
  }

  /** Requires a filter to have elements, and to fit images of so many channels. */
  void requireFit(Inference in, long channels, Shape filter) {
    long own = filter.dim(spatial);
    if (depthwise) {
      in.require(
          channels < 0 || own < 0 || channels == own,
          "the images have %d channels, but the filter is for %d",
          channels,
          own);
    }
    Shape grouped = grouped(filter);
    for (int axis = 0; axis <= spatial; axis++) {
      in.require(grouped.dim(axis) != 0, "the filter's shape %s has no elements", grouped);
    }
    long depth = grouped.dim(-2);
    long outputs = grouped.dim(-1);
    if (channels >= 0 && depth > 0) {
      in.require(
          channels % depth == 0,
          "the images have %d channels, but the filter is for %d, which does not divide them",
          channels,
          depth);
      int groups = groups(channels, grouped);
      in.require(
          outputs < 0 || outputs % groups == 0,
          "the images have %d channels, but the filter is for %d, which makes %d groups, and its %d"
              + " outputs do not divide into those",
          channels,
          depth,
          groups,
          outputs);
    }
  }
}
