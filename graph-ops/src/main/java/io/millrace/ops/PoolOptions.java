package io.millrace.ops;

import io.millrace.op.Arguments;
import io.millrace.op.AttributeGroup;
import io.millrace.op.Attributes;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Says how a pooling window slides over its data.
 *
 * @param window extent along each spatial axis
 * @param strides distance between neighbouring windows along each spatial axis
 * @param padding what stands around the data; it counts as absent
 * @param format the order of the data's axes
 */
public record PoolOptions(List<Long> window, List<Long> strides, Padding padding, DataFormat format)
    implements AttributeGroup {

  public PoolOptions {
    window = List.copyOf(Arguments.requireAll(window, "window"));
    strides = List.copyOf(Arguments.requireAll(strides, "strides"));
    Arguments.require(padding, "padding");
    Arguments.require(format, "format");
  }

  /** Returns windows that touch each other, without padding, for channels last. */
  public static PoolOptions window(long height, long width) {
    List<Long> window = List.of(height, width);
    return new PoolOptions(window, window, Padding.VALID, DataFormat.NHWC);
  }

  /** Returns windows at these strides, one number a spatial axis, for channels last. */
  public static PoolOptions of(int[] window, int[] strides, Padding padding) {
    return new PoolOptions(
        Arrays.stream(Arguments.require(window, "window")).mapToObj(Long::valueOf).toList(),
        Arrays.stream(Arguments.require(strides, "strides")).mapToObj(Long::valueOf).toList(),
        padding,
        DataFormat.NHWC);
  }

  /** Returns these options with other strides, one a spatial axis. */
  public PoolOptions strides(long... perAxis) {
    return new PoolOptions(window, WindowAttributes.list(perAxis), padding, format);
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

  /** Returns the options that TensorFlow's attributes of pooling say. */
  public static PoolOptions fromAttributes(Attributes in) {
    return new PoolOptions(
        WindowAttributes.spatial(in, "ksize", List.of()),
        WindowAttributes.spatial(in, "strides", List.of()),
        WindowAttributes.padding(in),
        WindowAttributes.format(in));
  }

  @Override
  public Map<String, Object> toAttributes() {
    return WindowAttributes.write(Map.of("ksize", window, "strides", strides), padding, format);
  }
}
