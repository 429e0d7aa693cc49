package io.millrace.ops;

import io.millrace.op.Arguments;
import io.millrace.op.AttributeGroup;
import io.millrace.op.Attributes;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Says how a filter slides over its data.
 *
 * @param strides distance between neighbouring windows along each spatial axis
 * @param dilations distance between neighbouring elements of a window along each spatial axis
 * @param padding what stands around the data
 * @param format the order of the data's axes
 */
public record ConvOptions(
    List<Long> strides, List<Long> dilations, Padding padding, DataFormat format)
    implements AttributeGroup {

  public ConvOptions {
    strides = List.copyOf(Arguments.requireAll(strides, "strides"));
    dilations = List.copyOf(Arguments.requireAll(dilations, "dilations"));
    Arguments.require(padding, "padding");
    Arguments.require(format, "format");
  }

  private static ConvOptions of(Padding padding) {
    return new ConvOptions(List.of(1L, 1L), List.of(1L, 1L), padding, DataFormat.NHWC);
  }

  /** Returns strides of 1 without padding, for channels last. */
  public static ConvOptions valid() {
    return of(Padding.VALID);
  }

  /** Returns strides of 1 with SAME padding, for channels last. */
  public static ConvOptions same() {
    return of(Padding.SAME);
  }

  /** Returns strides of 1 with given padding, for channels last. */
  public static ConvOptions explicit(long top, long bottom, long left, long right) {
    return of(Padding.explicit(top, bottom, left, right));
  }

  /** Returns these options with other strides, one a spatial axis. */
  public ConvOptions strides(long... perAxis) {
    return new ConvOptions(WindowAttributes.list(perAxis), dilations, padding, format);
  }

  /** Returns these options with other dilations, one a spatial axis. */
  public ConvOptions dilations(long... perAxis) {
    return new ConvOptions(strides, WindowAttributes.list(perAxis), padding, format);
  }

  /** Returns these options for channels at axis 1. */
  public ConvOptions nchw() {
    return new ConvOptions(strides, dilations, padding, DataFormat.NCHW);
  }

  /** Returns the options that TensorFlow's attributes of a convolution say. */
  public static ConvOptions fromAttributes(Attributes in) {
    List<Long> strides = WindowAttributes.spatial(in, "strides", List.of());
    return new ConvOptions(
        strides,
        WindowAttributes.spatial(in, "dilations", Collections.nCopies(strides.size(), 1L)),
        WindowAttributes.padding(in),
        WindowAttributes.format(in));
  }

  @Override
  public Map<String, Object> toAttributes() {
    return WindowAttributes.write(
        Map.of("strides", strides, "dilations", dilations), padding, format);
  }
}
