package io.millrace.ops.array;

import io.millrace.op.AttributeGroup;
import io.millrace.op.Attributes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says what the entries of a strided slice mean beside begin, end and stride, as TensorFlow's
 * masks: bit i stands for entry i.
 *
 * <p>{@code SliceMasks.none().newAxis(0).shrinkAxis(1, 2)} reads as the entries do. An entry that
 * has several meanings is an ellipsis, or else a new axis, or else shrinks.
 *
 * @param begin entries whose begin is ignored: they start where the axis does
 * @param end entries whose end is ignored: they go as far as the axis does
 * @param ellipsis the one entry that stands for all axes that no other names
 * @param newAxis entries that add an axis of extent 1
 * @param shrinkAxis entries that pick the element at their begin and drop the axis
 */
public record SliceMasks(int begin, int end, int ellipsis, int newAxis, int shrinkAxis)
    implements AttributeGroup {

  /** Returns masks under which every entry is a range. */
  public static SliceMasks none() {
    return new SliceMasks(0, 0, 0, 0, 0);
  }

  /** Returns these masks with entries whose begin is ignored. */
  public SliceMasks begin(int... entries) {
    return new SliceMasks(begin | bits(entries), end, ellipsis, newAxis, shrinkAxis);
  }

  /** Returns these masks with entries whose end is ignored. */
  public SliceMasks end(int... entries) {
    return new SliceMasks(begin, end | bits(entries), ellipsis, newAxis, shrinkAxis);
  }

  /** Returns these masks with an entry that stands for all axes that no other names. */
  public SliceMasks ellipsis(int... entries) {
    return new SliceMasks(begin, end, ellipsis | bits(entries), newAxis, shrinkAxis);
  }

  /** Returns these masks with entries that add an axis of extent 1. */
  public SliceMasks newAxis(int... entries) {
    return new SliceMasks(begin, end, ellipsis, newAxis | bits(entries), shrinkAxis);
  }

  /** Returns these masks with entries that pick one element and drop the axis. */
  public SliceMasks shrinkAxis(int... entries) {
    return new SliceMasks(begin, end, ellipsis, newAxis, shrinkAxis | bits(entries));
  }

  private static int bits(int... entries) {
    int bits = 0;
    for (int entry : entries) {
      if (entry < 0 || entry > 31) {
        throw new IllegalArgumentException("a strided slice has entries 0 to 31, not " + entry);
      }
      bits |= 1 << entry;
    }
    return bits;
  }

  /** Returns whether a mask has the bit of an entry. */
  static boolean has(int mask, int entry) {
    return entry < 32 && (mask & (1 << entry)) != 0;
  }

  /** Returns the masks that TensorFlow's attributes say. */
  public static SliceMasks fromAttributes(Attributes attributes) {
    return new SliceMasks(
        mask(attributes, "begin_mask"),
        mask(attributes, "end_mask"),
        mask(attributes, "ellipsis_mask"),
        mask(attributes, "new_axis_mask"),
        mask(attributes, "shrink_axis_mask"));
  }

  private static int mask(Attributes attributes, String name) {
    return attributes.get(name, Long.class, 0L).intValue();
  }

  @Override
  public Map<String, Object> toAttributes() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("begin_mask", (long) begin);
    attributes.put("end_mask", (long) end);
    attributes.put("ellipsis_mask", (long) ellipsis);
    attributes.put("new_axis_mask", (long) newAxis);
    attributes.put("shrink_axis_mask", (long) shrinkAxis);
    return attributes;
  }
}
