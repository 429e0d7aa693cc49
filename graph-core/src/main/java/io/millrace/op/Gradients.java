package io.millrace.op;

import io.millrace.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an operation answers when asked for its gradient: one per input, or why there is none. */
public final class Gradients {
  private final List<Optional<Output>> perInput;
  private final String reason;

  private Gradients(List<Optional<Output>> perInput, String reason) {
    this.perInput = List.copyOf(perInput);
    this.reason = reason;
  }

  /** Returns a gradient for each of the first inputs; the inputs after them have none. */
  public static Gradients of(Output... perInput) {
    List<Optional<Output>> list = new ArrayList<>();
    for (Output gradient : perInput) {
      list.add(Optional.of(gradient));
    }
    return new Gradients(list, "the input only selects or sizes the result");
  }

  /** Returns a gradient for some of the inputs, and why the others have none. */
  public static Gradients of(List<Optional<Output>> perInput, String reasonForOthers) {
    return new Gradients(perInput, reasonForOthers);
  }

  /** Returns no gradient, and why: such as {@code "its result is an integer position"}. */
  public static Gradients none(String reason) {
    return new Gradients(List.of(), reason);
  }

  /** Returns the gradient with respect to an input, if there is one. */
  public Optional<Output> get(int input) {
    return input < perInput.size() ? perInput.get(input) : Optional.empty();
  }

  /** Returns why inputs without a gradient have none. */
  public String reason() {
    return reason;
  }
}
