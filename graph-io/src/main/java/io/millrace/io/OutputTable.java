package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Knows the outputs of TensorFlow's operations by name.
 *
 * <p>The resource {@code outputs.txt} has a line for each operation of TensorFlow 2.21: its name,
 * and each output with its name and, behind a colon, as {@link io.millrace.op.Signature} writes it:
 * a type, an attribute that holds one (and what it is by default), {@code N*T} for as many as an
 * attribute says, {@code Tout...} for those that a list holds.
 */
final class OutputTable {
  /** More outputs of one file than any has, beside the first of each node. */
  static final int MOST = 1 << 20;

  private static final Map<String, List<Entry>> OUTPUTS = load();

  private OutputTable() {}

  /** What a line says of one output, or of several of one name. */
  record Entry(String name, String word) {
    /** Returns how many outputs that is; nothing if an attribute is missing. */
    OptionalInt count(Map<String, AttrValue> attributes) {
      if (word.endsWith("...")) {
        AttrValue list = attributes.get(word.substring(0, word.length() - 3));
        return list == null ? OptionalInt.empty() : OptionalInt.of(list.getList().getTypeCount());
      }
      int star = word.indexOf('*');
      if (star < 0) {
        return OptionalInt.of(1);
      }
      AttrValue number = attributes.get(word.substring(0, star));
      return number == null ? OptionalInt.empty() : OptionalInt.of(checked(number.getI()));
    }
  }

  /** The outputs of one name: where they stand among those of the operation, and how many. */
  record Range(String name, int first, int count) {}

  /**
   * Returns a number of outputs that a file says.
   *
   * @throws MalformedException if there are not so many
   */
  static int checked(long number) {
    if (number < 0 || number > MOST) {
      throw new MalformedException("cannot have " + number + " outputs");
    }
    return (int) number;
  }

  private static Map<String, List<Entry>> load() {
    Map<String, List<Entry>> outputs = new HashMap<>();
    try (InputStream stream = OutputTable.class.getResourceAsStream("outputs.txt")) {
      if (stream == null) {
        throw new IllegalStateException("the resource outputs.txt is missing");
      }
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      text.lines()
          .map(line -> line.split(" "))
          .forEach(
              words ->
                  outputs.put(
                      words[0], Arrays.stream(words).skip(1).map(OutputTable::entry).toList()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(outputs);
  }

  private static Entry entry(String word) {
    int colon = word.indexOf(':');
    return new Entry(word.substring(0, colon), word.substring(colon + 1));
  }

  /** Returns what TensorFlow has as outputs of an operation; nothing if it is none of its own. */
  static Optional<List<Entry>> of(String type) {
    return Optional.ofNullable(OUTPUTS.get(type));
  }

  /** Returns where the outputs of a node stand, as far as its attributes tell. */
  static List<Range> ranges(List<Entry> entries, Map<String, AttrValue> attributes) {
    List<Range> ranges = new ArrayList<>();
    int first = 0;
    for (Entry entry : entries) {
      OptionalInt count = entry.count(attributes);
      if (count.isEmpty() || count.getAsInt() > MOST - first) {
        break;
      }
      ranges.add(new Range(entry.name(), first, count.getAsInt()));
      first += count.getAsInt();
    }
    return ranges;
  }
}
