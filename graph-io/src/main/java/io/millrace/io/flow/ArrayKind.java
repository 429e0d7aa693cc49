package io.millrace.io.flow;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an operation does with an array of tensors, in any of the three versions of those. */
enum ArrayKind {
  NONE(0),
  ARRAY(1),
  GRADIENT(2),
  CLOSE(1),
  SIZE(2),
  CONCAT(2),
  PACK(2),
  READ(3),
  GATHER(3),
  UNPACK(3),
  WRITE(4),
  SCATTER(4),
  SPLIT(4);

  private static final Pattern NAME = Pattern.compile("TensorArray([A-Za-z]*?)(V2|V3)?");
  private static final Map<String, ArrayKind> KINDS =
      Map.ofEntries(
          Map.entry("", ARRAY),
          Map.entry("Grad", GRADIENT),
          Map.entry("Close", CLOSE),
          Map.entry("Size", SIZE),
          Map.entry("Concat", CONCAT),
          Map.entry("Pack", PACK),
          Map.entry("Read", READ),
          Map.entry("Gather", GATHER),
          Map.entry("Unpack", UNPACK),
          Map.entry("Write", WRITE),
          Map.entry("Scatter", SCATTER),
          Map.entry("Split", SPLIT));

  private final int inputs;

  ArrayKind(int inputs) {
    this.inputs = inputs;
  }

  static ArrayKind of(Node node) {
    return of(node.proto().getOp());
  }

  /** Returns what an operation of a type does. */
  static ArrayKind of(String type) {
    if (!type.startsWith("TensorArray")) {
      return NONE;
    }
    Matcher name = NAME.matcher(type);
    return name.matches() ? KINDS.getOrDefault(name.group(1), NONE) : NONE;
  }

  /** Returns how many tensors it takes: a handle first, and the flow last. */
  int inputs() {
    return inputs;
  }

  /** Returns whether it takes a handle. */
  boolean takesHandle() {
    return this != NONE && this != ARRAY;
  }

  /** Returns whether it takes the flow of what it does something with. */
  boolean takesFlow() {
    return takesHandle() && this != CLOSE;
  }

  /** Returns whether its first output is the flow after it. */
  boolean givesFlow() {
    return this == WRITE || this == SCATTER || this == SPLIT || this == UNPACK;
  }
}
