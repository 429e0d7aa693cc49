package io.millrace.ops;

import java.util.Arrays;
import java.util.List;

/**
 * Says how a pooling window slides over its data.
 *
 * @param window extent along each spatial axis
 * @param strides distance between neighbouring windows along each spatial axis
 * @param padding what stands around the data; it counts as absent
 * @param format the order of the data's axes
 */
public record PoolOptions(
    List<Long> window, List<Long> strides, Padding padding, DataFormat format) {

  public PoolOptions {
    window = List.copyOf(window);
    strides = List.copyOf(strides);
  }

  /** Returns windows that touch each other, without padding, for channels last. */
  public static PoolOptions window(long height, long width) {
    List<Long> window = List.of(height, width);
    return new PoolOptions(window, window, Padding.VALID, DataFormat.NHWC);
  }

  /** Returns these options with other strides, one a spatial axis. */
  public PoolOptions strides(long... perAxis) {
    return new PoolOptions(window, Arrays.stream(perAxis).boxed().toList(), padding, format);
  }

  /** Returns these options with SAME padding. */
  public PoolOptions same() {
    return padding(Padding.SAME);
  }

  /** Returns these options with other padding. */
  public PoolOptions padding(Padding other) {
    return new PoolOptions(window, strides, other, format);
  }

  /** Returns these options for channels at axis 1. */
  public PoolOptions nchw() {
    return new PoolOptions(window, strides, padding, DataFormat.NCHW);
  }
}
