package io.millrace.ops.array;

import io.millrace.ops.building.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A strided slice as NumPy writes it between brackets: {@code 1:, ..., ::-1, newaxis, 3}. */
final class SliceText {
  private static final Pattern RANGE =
      Pattern.compile("(-?\\d+)?\\s*:\\s*(-?\\d+)?\\s*(?::\\s*(-?\\d+)?)?");

  private final String text;
  private final long[] begin;
  private final long[] end;
  private final long[] strides;
  private SliceMasks masks = SliceMasks.none();

  private SliceText(String text, int entries) {
    this.text = text;
    begin = new long[entries];
    end = new long[entries];
    strides = new long[entries];
  }

  /**
   * Reads a text.
   *
   * @throws io.millrace.GraphException if an entry is none that NumPy has
   */
  static SliceText parse(String text) {
    String[] entries = text.split(",", -1);
    SliceText slice = new SliceText(text, entries.length);
    for (int i = 0; i < entries.length; i++) {
      slice.read(i, entries[i].strip());
    }
    return slice;
  }

  private void read(int entry, String item) {
    strides[entry] = 1;
    Matcher range = RANGE.matcher(item);
    if (item.equals("...")) {
      masks = masks.ellipsis(entry);
    } else if (item.equals("newaxis")) {
      masks = masks.newAxis(entry);
    } else if (range.matches()) {
      begin[entry] = number(range.group(1), 0, item);
      end[entry] = number(range.group(2), 0, item);
      strides[entry] = number(range.group(3), 1, item);
      masks = range.group(1) == null ? masks.begin(entry) : masks;
      masks = range.group(2) == null ? masks.end(entry) : masks;
    } else {
      begin[entry] = number(item, 0, item);
      end[entry] = begin[entry] + 1;
      masks = masks.shrinkAxis(entry);
    }
  }

  private long number(@Nullable String digits, long otherwise, String item) {
    try {
      return digits == null ? otherwise : Long.parseLong(digits);
    } catch (NumberFormatException e) {
      throw Refusal.of(
          "StridedSlice",
          "'%s' in \"%s\" is no index, range such as 1:-1:2, ellipsis '...' or 'newaxis'",
          item,
          text);
    }
  }

  long[] begin() {
    return begin;
  }

  long[] end() {
    return end;
  }

  long[] strides() {
    return strides;
  }

  SliceMasks masks() {
    return masks;
  }
}
