package io.millrace.op;

import java.util.Collection;
import java.util.stream.Collectors;

/** Puts names from files, which may be of any length and content, into messages. */
public final class NodeNames {
  private static final int LONGEST = 100;

  private NodeNames() {}

  /** Returns a name on one line and not too long. */
  public static String plain(String name) {
    StringBuilder text = new StringBuilder();
    name.codePoints()
        .limit(LONGEST)
        .forEach(c -> text.appendCodePoint(Character.isISOControl(c) ? '?' : c));
    return text + (name.codePointCount(0, name.length()) > LONGEST ? "..." : "");
  }

  /** Returns a name in quotes, on one line and not too long. */
  public static String quote(String name) {
    return "'" + plain(name) + "'";
  }

  /** Returns a node's type and name as messages begin, such as {@code [MatMul 'logits']}. */
  public static String node(String type, String name) {
    return "[" + plain(type) + (type.isEmpty() ? "" : " ") + quote(name) + "]";
  }

  /** Returns the first of some names in quotes. */
  public static String some(Collection<String> names, int most) {
    return names.stream().limit(most).map(NodeNames::quote).collect(Collectors.joining(", "))
        + (names.size() > most ? ", ..." : "");
  }
}
