package io.millrace.io;

import io.millrace.io.proto.AttrValue;
import io.millrace.op.ForeignOp;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Knows how many outputs TensorFlow's operations have and of which types, for those that the engine
 * does not have.
 */
final class ResultTypes {
  private static final ForeignOp.Result UNKNOWN = new ForeignOp.Result("?", Optional.empty());

  /** The attributes that hold types of outputs, as far as names tell. */
  private static final List<String> LISTS = List.of("Tout", "output_types", "Toutput_types");

  private static final List<String> SINGLES = List.of("out_type", "dtype", "Tout", "DstT", "T");

  private ResultTypes() {}

  /**
   * Returns the outputs of a node: those that its operation has in TensorFlow, or, of another, as
   * many as are used and at least one.
   *
   * @param used for each output that is used, the type that whoever uses it wants, if known
   * @throws MalformedException if there are too many
   */
  static List<ForeignOp.Result> of(FileNode node, List<Optional<DType>> used) {
    Optional<List<OutputTable.Entry>> entries = OutputTable.of(node.type());
    Map<String, AttrValue> attributes = node.attributes();
    List<ForeignOp.Result> results = new ArrayList<>();
    if (entries.isPresent() && counted(entries.get(), attributes, results)) {
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

  /** Adds the outputs that the table says; returns false if an attribute is missing. */
  private static boolean counted(
      List<OutputTable.Entry> entries,
      Map<String, AttrValue> attributes,
      List<ForeignOp.Result> results) {
    for (OutputTable.Entry entry : entries) {
      String word = entry.word();
      OptionalInt count = entry.count(attributes);
      if (count.isEmpty()) {
        return false;
      }
      if (word.endsWith("...")) {
        Objects.requireNonNull(attributes.get(word.substring(0, word.length() - 3)))
            .getList()
            .getTypeValueList()
            .forEach(type -> results.add(result(type)));
      } else {
        String type = word.substring(word.indexOf('*') + 1);
        results.addAll(Collections.nCopies(count.getAsInt(), single(type, attributes)));
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
