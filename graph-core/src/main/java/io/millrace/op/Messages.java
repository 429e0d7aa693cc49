package io.millrace.op;

import io.millrace.host.JavaValues;
import io.millrace.type.SourceLine;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Words the messages about nodes that break rules, the same when they are made and when run. */
public final class Messages {
  /** How much of a rule is told: the values that it names can be of any length. */
  private static final int LONGEST = 2000;

  private Messages() {}

  /** Returns an operation's kind with its attributes, such as {@code OneHot[axis=-1]}. */
  public static String describe(Op op) {
    String text = op.toString();
    int attributes = text.indexOf('[');
    return op instanceof Record && attributes >= 0 && !text.endsWith("[]")
        ? op.type() + text.substring(attributes)
        : op.type();
  }

  /**
   * Returns the message that names the node, its inputs, the rule and the user's line.
   *
   * @param name the node's name, or an empty text if it has none yet
   * @param inputs the inputs with their types, such as {@code x:0 float32[2,3]}
   */
  public static String broken(
      Op op, String name, List<String> inputs, String rule, SourceLine source) {
    String node = "[" + op.type() + (name.isEmpty() ? "" : " '" + name + "'") + "] ";
    String told = rule.length() > LONGEST ? rule.substring(0, LONGEST) + "..." : rule;
    return node + inputs(inputs) + (inputs.isEmpty() ? "" : ": ") + told + "\n  at " + source;
  }

  /**
   * Returns how messages name a Java value that is refused: a text, a number or a list by itself,
   * anything else by its kind, such as {@code java.util.Map}.
   */
  public static String described(Object value) {
    return JavaValues.described(value);
  }

  /** Returns a number of axes as a text, such as {@code 1 axis}. */
  public static String axes(long count) {
    return count(count, "axis", "axes");
  }

  /** Returns a number of things, such as {@code 1 input} or {@code 2 inputs}. */
  public static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  /** Returns a list of inputs with their types, such as {@code input 0 is x:0 float32[2,3]}. */
  public static String inputs(List<String> inputs) {
    return IntStream.range(0, inputs.size())
        .mapToObj(i -> "input " + i + " is " + inputs.get(i))
        .collect(Collectors.joining(", "));
  }
}
