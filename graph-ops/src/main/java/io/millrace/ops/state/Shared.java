package io.millrace.ops.state;

import io.millrace.op.AttributeGroup;
import io.millrace.op.Attributes;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Under which name a session knows a variable: all operations that say the same hold one variable.
 *
 * @param container sets its variables apart from those of other containers; usually empty
 * @param name empty for the name of the operation
 */
public record Shared(String container, String name) implements AttributeGroup {
  /** What TensorFlow writes for a variable that shares its name with no other. */
  private static final String ANONYMOUS = "cd2c89b7-88b7-44c8-ad83-06c2a9158347";

  private static final String CONTAINER = "container";
  private static final String NAME = "shared_name";

  /** The variable of one operation, in the container that all are in. */
  static final Shared OWN = new Shared("", "");

  /** Returns the name of the variable that an operation of this name holds. */
  String name(String operation) {
    String own = name.isEmpty() || name.equals(ANONYMOUS) ? operation : name;
    // No operation's name has a colon.
    return container.isEmpty() ? own : container + ":" + own;
  }

  @Override
  public Map<String, Object> toAttributes() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    if (!container.isEmpty()) {
      attributes.put(CONTAINER, container);
    }
    if (!name.isEmpty()) {
      attributes.put(NAME, name);
    }
    return attributes;
  }

  /** Reads what a node says. */
  public static Shared fromAttributes(Attributes in) {
    return new Shared(in.get(CONTAINER, String.class, ""), in.get(NAME, String.class, ""));
  }

  @Override
  public String toString() {
    return equals(OWN) ? "own" : name("its own name");
  }
}
