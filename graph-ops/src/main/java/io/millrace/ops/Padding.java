package io.millrace.ops;

import io.millrace.op.Arguments;
import java.util.Arrays;
import java.util.List;

/**
 * Says what stands around the data where a window reaches beyond them, by TensorFlow's rules.
 *
 * @param kind the rule
 * @param amounts for {@code EXPLICIT}: before and after each spatial axis
 */
public record Padding(Kind kind, List<Long> amounts) {
  /** As much as makes the result's extent {@code ceil(extent / stride)}, more of it at the end. */
  public static final Padding SAME = new Padding(Kind.SAME, List.of());

  /** None. */
  public static final Padding VALID = new Padding(Kind.VALID, List.of());

  /** Lists the rules. */
  public enum Kind {
    SAME,
    VALID,
    EXPLICIT
  }

  public Padding {
    Arguments.require(kind, "kind");
    amounts = List.copyOf(Arguments.requireAll(amounts, "amounts"));
  }

  /** Returns given amounts: before and after each spatial axis, as top, bottom, left, right. */
  public static Padding explicit(long... beforeAndAfter) {
    return new Padding(
        Kind.EXPLICIT,
        Arrays.stream(Arguments.require(beforeAndAfter, "beforeAndAfter")).boxed().toList());
  }

  /** Returns {@code SAME}, {@code VALID} or {@code EXPLICIT} with the amounts. */
  @Override
  public String toString() {
    return kind == Kind.EXPLICIT ? kind + amounts.toString() : kind.toString();
  }
}
