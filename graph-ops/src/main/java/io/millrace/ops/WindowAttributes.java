package io.millrace.ops;

import io.millrace.op.Arguments;
import io.millrace.op.Attributes;
import io.millrace.op.RuleException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How TensorFlow writes sliding windows: numbers for all axes of the data, in the order of their
 * format, those of examples and channels being 1 (or 0 around them).
 */
final class WindowAttributes {
  private WindowAttributes() {}

  /** Returns the numbers that a user gives for spatial axes. */
  static List<Long> list(long[] perAxis) {
    return Arrays.stream(Arguments.require(perAxis, "perAxis")).boxed().toList();
  }

  /** Returns the attributes of a way to slide; {@code perAxis} holds lists for spatial axes. */
  static Map<String, Object> write(
      Map<String, List<Long>> perAxis, Padding padding, DataFormat format) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    perAxis.forEach((name, numbers) -> attributes.put(name, spread(numbers, List.of(1L), format)));
    attributes.put("padding", padding.kind().name());
    if (padding.kind() == Padding.Kind.EXPLICIT) {
      attributes.put("explicit_paddings", spread(padding.amounts(), List.of(0L, 0L), format));
    }
    attributes.put("data_format", format.name());
    return attributes;
  }

  private static List<Long> spread(List<Long> spatial, List<Long> others, DataFormat format) {
    List<Long> all = new ArrayList<>(others);
    if (format == DataFormat.NCHW) {
      all.addAll(others);
    }
    all.addAll(spatial);
    if (format == DataFormat.NHWC) {
      all.addAll(others);
    }
    return all;
  }

  /** Returns the numbers for the spatial axes. */
  static List<Long> spatial(Attributes in, String name, List<Long> otherwise) {
    if (!Arguments.require(in, "in").has(name)) {
      return otherwise;
    }
    List<Long> all = in.list(name, Long.class);
    return gather(name, all, List.of(1L), format(in));
  }

  private static List<Long> gather(
      String name, List<Long> all, List<Long> others, DataFormat format) {
    int width = others.size();
    int from = format == DataFormat.NHWC ? width : 2 * width;
    int to = all.size() - 2 * width + from;
    if (to < from || !spread(all.subList(from, to), others, format).equals(all)) {
      throw RuleException.unsupported(
          "attribute '%s' must be %s for examples and channels, but is %s for %s"
              .formatted(name, others.get(0), all, format));
    }
    return List.copyOf(all.subList(from, to));
  }

  static Padding padding(Attributes in) {
    String kind = in.get("padding", String.class);
    List<Long> amounts = in.list("explicit_paddings", Long.class, List.of());
    return switch (kind) {
      case "SAME" -> Padding.SAME;
      case "VALID" -> Padding.VALID;
      case "EXPLICIT" ->
          new Padding(
              Padding.Kind.EXPLICIT,
              gather("explicit_paddings", amounts, List.of(0L, 0L), format(in)));
      default ->
          throw RuleException.unsupported(
              "attribute 'padding' must be SAME, VALID or EXPLICIT, not " + kind);
    };
  }

  static DataFormat format(Attributes in) {
    String name = in.get("data_format", String.class, "NHWC");
    return switch (name) {
      case "NHWC" -> DataFormat.NHWC;
      case "NCHW" -> DataFormat.NCHW;
      default ->
          throw RuleException.unsupported(
              "attribute 'data_format' must be NHWC or NCHW, not " + name);
    };
  }
}
