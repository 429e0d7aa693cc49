package io.millrace.ops.train;

import io.millrace.ir.Scalar;
import io.millrace.op.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * How a variable, and what an optimizer keeps beside it, follow from a gradient: one row says all
 * of an optimizer.
 *
 * <p>From a row come the operation {@code ApplyX} ({@link TrainingOps.ApplyUpdate}) with its
 * signature, type rule, lowering and examples, {@code ResourceApplyX} that takes the variable and
 * the slots by handles, and the optimizer ({@link RuleOptimizer}) with its slots and settings. A
 * row does not say which part of the variable changes. So {@code SparseApplyX} (indices follow the
 * gradient; the assignments run on rows that are gathered and scattered back) is another reading of
 * the same row.
 *
 * @param name TensorFlow's name of the rule, such as {@code Adam}
 * @param inputs the inputs of the operation after the variable, in TensorFlow's order
 * @param option what chooses between two forms of the rule, if there are two
 * @param assignments what happens, in order
 * @param signature how TensorFlow writes the operation, which follows from the rest
 * @param byHandles how it writes the one that takes variables by handles
 */
public record UpdateRule(
    String name,
    List<Input> inputs,
    Optional<Option> option,
    List<Assignment> assignments,
    Signature signature,
    Signature byHandles) {
  /** The name of the variable among the inputs. */
  public static final String VARIABLE = "var";

  /** What an input of the operation is. */
  public enum Role {
    /** A tensor of the variable's shape that is kept beside it, with the key of the slot. */
    SLOT,
    /** A scalar that the user sets, with the name of the setting. */
    SETTING,
    /** A scalar setting to the power of the number of steps, with the name of the setting. */
    POWER,
    /** The gradient. */
    GRADIENT
  }

  /**
   * One input of the operation.
   *
   * @param name TensorFlow's name of the input
   * @param key the name by which the optimizer knows it
   * @param start what a slot holds at first
   */
  public record Input(String name, Role role, String key, double start) {}

  /**
   * A boolean attribute that chooses between two forms of a rule.
   *
   * @param otherwise its value where a node leaves it out
   */
  public record Option(String attribute, boolean otherwise) {}

  /**
   * Gives something the value of an expression: the variable or a slot, element by element, or a
   * scalar that later assignments name.
   */
  public record Assignment(String target, Function<Terms, Scalar> value) {}

  /**
   * What an expression is made of: the inputs by name, as the assignments before have left them.
   *
   * @param option the value of the rule's option
   */
  public record Terms(Function<String, Scalar> elements, boolean option) {
    /** Returns an element of an input or of an earlier assignment's target. */
    public Scalar get(String name) {
      return elements.apply(name);
    }

    /** Returns 1 minus an input. */
    public Scalar oneMinus(String name) {
      Scalar x = get(name);
      return x.constant(1).minus(x);
    }
  }

  public UpdateRule {
    inputs = List.copyOf(inputs);
    assignments = List.copyOf(assignments);
  }

  private UpdateRule(
      String name, List<Input> inputs, Optional<Option> option, List<Assignment> assignments) {
    this(
        name,
        inputs,
        option,
        assignments,
        written(inputs, option, false),
        written(inputs, option, true));
  }

  private static Signature written(List<Input> inputs, Optional<Option> option, boolean handle) {
    Input variable = new Input(VARIABLE, Role.SLOT, VARIABLE, 0);
    List<String> all = new ArrayList<>();
    String element = ": T in floating";
    for (Input input : Stream.concat(Stream.of(variable), inputs.stream()).toList()) {
      boolean held = handle && input.role() == Role.SLOT;
      all.add(input.name() + (held ? ": resource" : element));
      element = held ? element : ": T";
    }
    Signature signature =
        Signature.of(all.toArray(String[]::new))
            .told("rule")
            .told("handle")
            .ignoring("use_locking");
    return option
        .map(o -> signature.rename("option", o.attribute()).optional(o.attribute(), o.otherwise()))
        .orElseGet(() -> signature.told("option"));
  }

  /** Returns a row that says nothing but a name. */
  public static UpdateRule of(String name) {
    return new UpdateRule(name, List.of(), Optional.empty(), List.of());
  }

  /** Returns this row with a slot that starts with zeros as the next input. */
  public UpdateRule slot(String input, String key) {
    return slot(input, key, 0);
  }

  /** Returns this row with a slot that starts with one value everywhere as the next input. */
  public UpdateRule slot(String input, String key, double start) {
    return plus(new Input(input, Role.SLOT, key, start));
  }

  /** Returns this row with a setting as the next input. */
  public UpdateRule setting(String input, String key) {
    return plus(new Input(input, Role.SETTING, key, 0));
  }

  /** Returns this row with a setting to the power of the number of steps as the next input. */
  public UpdateRule power(String input, String key) {
    return plus(new Input(input, Role.POWER, key, 0));
  }

  /** Returns this row with the gradient as the next input. */
  public UpdateRule gradient(String input) {
    return plus(new Input(input, Role.GRADIENT, input, 0));
  }

  /** Returns this row with an attribute that chooses between two forms. */
  public UpdateRule option(String attribute, boolean otherwise) {
    Option chosen = new Option(attribute, otherwise);
    return new UpdateRule(name, inputs, Optional.of(chosen), assignments);
  }

  /** Returns this row with a further assignment. */
  public UpdateRule set(String target, Function<Terms, Scalar> value) {
    return new UpdateRule(name, inputs, option, plus(assignments, new Assignment(target, value)));
  }

  /** Returns the inputs that play a role. */
  List<Input> inputs(Role role) {
    return inputs.stream().filter(i -> i.role() == role).toList();
  }

  /** Returns the names of all inputs, the variable's first. */
  List<String> names() {
    return Stream.concat(Stream.of(VARIABLE), inputs.stream().map(Input::name)).toList();
  }

  private UpdateRule plus(Input input) {
    return new UpdateRule(name, plus(inputs, input), option, assignments);
  }

  private static <T> List<T> plus(List<T> list, T item) {
    List<T> more = new ArrayList<>(list);
    more.add(item);
    return more;
  }
}
