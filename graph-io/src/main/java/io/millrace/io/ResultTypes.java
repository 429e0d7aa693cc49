package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.op.ForeignOp;
import io.millrace.type.DType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Knows how many outputs TensorFlow's operations have and of which types, for those that the engine
 * does not have.
 *
 * <p>The resource {@code outputs.txt} has a line for each operation of TensorFlow 2.21: its name,
 * and each output as {@link io.millrace.op.Signature} writes it: a type, an attribute that holds
 * one (and what it is by default), {@code N*T} for as many as an attribute says, {@code Tout...}
 * for those that a list holds.
 */
final class ResultTypes {
  /** More outputs of one node than any graph has. */
  static final int MOST = 1 << 20;

  private static final ForeignOp.Result UNKNOWN = new ForeignOp.Result("?", Optional.empty());

  /** The attributes that hold types of outputs, as far as names tell. */
  private static final List<String> LISTS = List.of("Tout", "output_types", "Toutput_types");

  private static final List<String> SINGLES = List.of("out_type", "dtype", "Tout", "DstT", "T");

  private static final Map<String, String[]> OUTPUTS = load();

  private ResultTypes() {}

  private static Map<String, String[]> load() {
    Map<String, String[]> outputs = new HashMap<>();
    try (InputStream stream = ResultTypes.class.getResourceAsStream("outputs.txt")) {
      if (stream == null) {
        throw new IllegalStateException("the resource outputs.txt is missing");
      }
      String text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
      text.lines().map(line -> line.split(" ")).forEach(words -> outputs.put(words[0], words));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(outputs);
  }

  /**
   * Returns the outputs of a node: those that its operation has in TensorFlow, or, of another, as
   * many as are used and at least one.
   *
   * @param used for each output that is used, the type that whoever uses it wants, if known
   * @throws MalformedException if there are too many
   */
  static List<ForeignOp.Result> of(FileNode node, List<Optional<DType>> used) {
    String[] words = OUTPUTS.get(node.type());
    Map<String, AttrValue> attributes = node.attributes();
    List<ForeignOp.Result> results = new ArrayList<>();
    if (words != null && counted(words, attributes, results)) {
      for (int i = 0; i < Math.min(used.size(), results.size()); i++) {
        results.set(i, told(results.get(i), used.get(i)));
      }
      return results;
    }
    results.clear();
    for (int i = 0; i < Math.max(1, used.size()); i++) {
      Optional<DType> wanted = i < used.size() ? used.get(i) : Optional.empty();
      results.add(told(UNKNOWN, wanted));
      if (wanted.isEmpty()) {
        results.set(i, guess(attributes, i));
      }
    }
    return results;
  }

  private static ForeignOp.Result told(ForeignOp.Result known, Optional<DType> wanted) {
    return known.equals(UNKNOWN) && wanted.isPresent()
        ? new ForeignOp.Result(wanted.get().toString(), wanted)
        : known;
  }

  /** Adds the outputs that a line of the table says; returns false if an attribute is missing. */
  private static boolean counted(
      String[] words, Map<String, AttrValue> attributes, List<ForeignOp.Result> results) {
    for (int i = 1; i < words.length; i++) {
      String word = words[i];
      if (word.endsWith("...")) {
        AttrValue list = attributes.get(word.substring(0, word.length() - 3));
        if (list == null) {
          return false;
        }
        list.getList().getTypeValueList().forEach(type -> results.add(result(type)));
      } else {
        int star = word.indexOf('*');
        long count = 1;
        if (star >= 0) {
          AttrValue number = attributes.get(word.substring(0, star));
          if (number == null) {
            return false;
          }
          count = number.getI();
        }
        if (count < 0 || count > MOST) {
          throw new MalformedException("cannot have " + count + " outputs");
        }
        results.addAll(
            Collections.nCopies((int) count, single(word.substring(star + 1), attributes)));
      }
    }
    return true;
  }

  private static ForeignOp.Result single(String word, Map<String, AttrValue> attributes) {
    int equal = word.indexOf('=');
    AttrValue value = attributes.get(equal < 0 ? word : word.substring(0, equal));
    if (value != null) {
      return result(value.getTypeValue());
    }
    String name = word.substring(equal + 1);
    return ElementTypes.isName(name)
        ? new ForeignOp.Result(name, ElementTypes.named(name))
        : UNKNOWN;
  }

  private static ForeignOp.Result result(int type) {
    String name = ElementTypes.name(type);
    return new ForeignOp.Result(name, ElementTypes.named(name));
  }

  private static ForeignOp.Result guess(Map<String, AttrValue> attributes, int output) {
    for (String name : LISTS) {
      AttrValue list = attributes.get(name);
      if (list != null && output < list.getList().getTypeCount()) {
        return result(list.getList().getTypeValue(output));
      }
    }
    for (String name : SINGLES) {
      AttrValue value = attributes.get(name);
      if (value != null && value.hasType()) {
        return result(value.getTypeValue());
      }
    }
    return UNKNOWN;
  }
}
