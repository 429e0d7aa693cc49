package io.millrace.ops.linalg;

import io.millrace.Output;
import io.millrace.op.Inference;
import io.millrace.op.RuleException;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.math.Broadcasting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes equations: as users mean them, for more than two inputs, and for gradients. */
final class EinsumWriting {
  private static final String ELLIPSIS = String.valueOf(Equation.ELLIPSIS);

  private EinsumWriting() {}

  /** Returns an equation without spaces and with an output, if need be that of Einstein's rule. */
  static String complete(String equation) {
    String text = equation.replaceAll("\\s", "");
    if (text.contains("->")) {
      return text;
    }
    String once =
        text.chars()
            .filter(c -> Character.isLetter(c) && text.indexOf(c) == text.lastIndexOf(c))
            .sorted()
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    return text + "->" + (text.contains("...") ? "..." : "") + once;
  }

  private static Output add(Output like, List<String> inputs, String output, Output... operands) {
    String equation = Equation.write(inputs, output);
    return Ops.of(like.graph()).result(new EinsumOps.Einsum(equation), (Object[]) operands);
  }

  /** Returns the equation that sums over pairs of axes and keeps all others. */
  static String tensordot(Output a, Output b, int[] axesOfA, int[] axesOfB) {
    if (!a.shape().isRankKnown() || !b.shape().isRankKnown()) {
      throw Refusal.of("tensordot", "%s and %s need known numbers of axes", a, b);
    }
    if (axesOfA.length != axesOfB.length) {
      throw Refusal.of(
          "tensordot",
          "%d axes of the first tensor cannot be paired with %d of the second",
          axesOfA.length,
          axesOfB.length);
    }
    char[] first = named(a.shape().rank(), 'A');
    char[] second = named(b.shape().rank(), 'a');
    StringBuilder output = new StringBuilder().append(first).append(second);
    for (int i = 0; i < axesOfA.length; i++) {
      int own = axis(a, axesOfA[i]);
      int other = axis(b, axesOfB[i]);
      requireEqual(a, own, b, other);
      char shared = first[own];
      for (char gone : new char[] {shared, second[other]}) {
        int at = output.indexOf(String.valueOf(gone));
        if (at < 0) {
          throw Refusal.of(
              "tensordot", "axes %s or %s name one twice", list(axesOfA), list(axesOfB));
        }
        output.deleteCharAt(at);
      }
      second[other] = shared;
    }
    return new String(first) + "," + new String(second) + "->" + output;
  }

  private static void requireEqual(Output a, int axisOfA, Output b, int axisOfB) {
    long first = a.shape().dim(axisOfA);
    long second = b.shape().dim(axisOfB);
    if (first >= 0 && second >= 0 && first != second) {
      throw Refusal.of(
          "tensordot",
          "axis %d of %s has %d elements, but axis %d of %s has %d",
          axisOfA,
          a,
          first,
          axisOfB,
          b,
          second);
    }
  }

  private static String list(int[] axes) {
    return Arrays.toString(axes);
  }

  private static char[] named(int rank, char first) {
    char[] names = new char[rank];
    for (int i = 0; i < rank; i++) {
      names[i] = (char) (first + i);
    }
    return names;
  }

  private static int axis(Output x, int axis) {
    int rank = x.shape().rank();
    if (axis < -rank || axis >= rank) {
      throw Refusal.of("tensordot", "axis %d is out of range of %s", axis, x);
    }
    return Math.floorMod(axis, rank);
  }

  /** Multiplies more than two inputs, from the left, two at a time. */
  static Output pairs(String equation, List<Output> operands) {
    Equation read;
    try {
      read = Equation.parse(new Inference(List.of(), i -> Optional.empty()), equation);
    } catch (RuleException broken) {
      throw Refusal.of("Einsum", "%s", String.valueOf(broken.getMessage()));
    }
    if (read.inputs().size() != operands.size()) {
      throw Refusal.of(
          "Einsum",
          "equation '%s' has %d inputs, but there are %d",
          equation,
          read.inputs().size(),
          operands.size());
    }
    Output product = operands.get(0);
    String subscripts = read.inputs().get(0);
    for (int i = 1; i < operands.size(); i++) {
      List<String> two = List.of(subscripts, read.inputs().get(i));
      boolean last = i == operands.size() - 1;
      String later = String.join("", read.inputs().subList(i + 1, operands.size())) + read.output();
      subscripts = last ? read.output() : kept(String.join("", two), later);
      product = add(product, two, subscripts, product, operands.get(i));
    }
    return product;
  }

  /** Returns, each once, those subscripts that others have too. */
  private static String kept(String subscripts, String others) {
    String letters =
        Equation.letters(subscripts)
            .chars()
            .filter(c -> others.indexOf(c) >= 0)
            .mapToObj(Character::toString)
            .collect(Collectors.joining());
    return (Equation.hasEllipsis(subscripts) ? ELLIPSIS : "") + letters;
  }

  /**
   * Returns the gradient with respect to an input: the product of what arrives and the other input.
   *
   * <p>What the equation did to the axes of the input is undone from the last to the first: it is
   * summed over axes that were broadcast, repeated along those that were summed alone, and put on
   * the diagonal of those that were one.
   */
  static Output gradient(Equation equation, List<Output> inputs, int input, Output arriving) {
    String own = equation.inputs().get(input);
    List<String> sources = new ArrayList<>(List.of(equation.output()));
    List<Output> operands = new ArrayList<>(List.of(arriving));
    if (inputs.size() == 2) {
      sources.add(equation.inputs().get(1 - input));
      operands.add(inputs.get(1 - input));
    }
    String known = String.join("", sources);
    boolean ellipsis = Equation.hasEllipsis(equation.output());
    String front = ellipsis && Equation.hasEllipsis(own) ? ELLIPSIS : "";
    String letters = Equation.letters(own);
    String shared = kept(letters, known);
    Output x = inputs.get(input);
    String all = (ellipsis ? ELLIPSIS : "") + shared;
    Output gradient = add(x, sources, all, operands.toArray(new Output[0]));
    if (ellipsis) {
      Output shape = add(x, List.of(own), front + shared, x);
      gradient = Broadcasting.sumTo(gradient, shape, gradient, List.of(gradient));
    }
    if (shared.length() < letters.length()) {
      Output ones = Ops.of(x.graph()).onesLike(add(x, List.of(own), front + letters, x));
      gradient = add(x, List.of(front + shared, front + letters), front + letters, gradient, ones);
    }
    return own.equals(front + letters) ? gradient : add(x, List.of(front + letters), own, gradient);
  }
}
