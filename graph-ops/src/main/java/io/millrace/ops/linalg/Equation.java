package io.millrace.ops.linalg;

import io.millrace.op.Inference;
import io.millrace.op.Messages;
import io.millrace.ops.building.Shapes;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An einsum equation that has been read, such as {@code ij,jk->ik}.
 *
 * @param inputs the subscripts of each input, one character an axis; {@link #ELLIPSIS} stands for
 *     any number of axes
 * @param output the subscripts of the output
 */
record Equation(List<String> inputs, String output) {
  static final char ELLIPSIS = '.';

  /** Added to the number of an axis that an ellipsis stands for, makes a label. */
  private static final int UNNAMED = 1 << 16;

  Equation {
    inputs = List.copyOf(inputs);
  }

  /** Returns an equation read; that it is well formed is a rule. */
  static Equation parse(Inference in, String text) {
    String[] sides = text.split("->", -1);
    in.require(sides.length == 2, "equation '%s' must have one '->'", text);
    List<String> inputs = new ArrayList<>();
    for (String subscripts : sides[0].split(",", -1)) {
      inputs.add(subscripts(in, subscripts, text));
    }
    String output = subscripts(in, sides[1], text);
    String known = String.join("", inputs) + ELLIPSIS;
    for (int i = 0; i < output.length(); i++) {
      char label = output.charAt(i);
      in.require(
          known.indexOf(label) >= 0,
          "equation '%s' has '%s' in the output, but in no input",
          text,
          label);
    }
    return new Equation(inputs, output);
  }

  private static String subscripts(Inference in, String text, String equation) {
    String subscripts = text.replace("...", String.valueOf(ELLIPSIS));
    in.require(
        text.chars().filter(c -> c == ELLIPSIS).count() == 3 * count(subscripts, true),
        "equation '%s' has dots that are no ellipsis",
        equation);
    in.require(
        count(subscripts, true) <= 1, "equation '%s' has two ellipses in one place", equation);
    in.require(
        subscripts.chars().allMatch(c -> c == ELLIPSIS || Character.isLetter(c)),
        "equation '%s' has '%s' where letters name axes",
        equation,
        text);
    return subscripts;
  }

  /** Returns the number of ellipses, or of other subscripts. */
  private static long count(String subscripts, boolean ellipses) {
    return subscripts.chars().filter(c -> c == ELLIPSIS == ellipses).count();
  }

  /** Returns an equation as text, of subscripts as they are here. */
  static String write(List<String> inputs, String output) {
    return (String.join(",", inputs) + "->" + output).replace(String.valueOf(ELLIPSIS), "...");
  }

  /** Returns subscripts without repetitions and ellipses. */
  static String letters(String subscripts) {
    return subscripts
        .chars()
        .filter(c -> c != ELLIPSIS)
        .distinct()
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  static boolean hasEllipsis(String subscripts) {
    return subscripts.indexOf(ELLIPSIS) >= 0;
  }

  /** Requires the subscripts to fit these shapes, as far as their ranks are known. */
  void requireRanks(Inference in, List<Shape> shapes) {
    in.require(
        inputs.size() == shapes.size(),
        "the equation has %d inputs, but there are %d",
        inputs.size(),
        shapes.size());
    for (int i = 0; i < shapes.size(); i++) {
      String subscripts = inputs.get(i);
      long named = count(subscripts, false);
      Shape shape = shapes.get(i);
      in.require(
          !shape.isRankKnown()
              || (hasEllipsis(subscripts) ? shape.rank() >= named : shape.rank() == named),
          "input %d of shape %s must have %s%s",
          i,
          shape,
          Messages.axes(named),
          hasEllipsis(subscripts) ? " or more" : "");
    }
  }

  /** Returns the number of axes that the ellipses stand for, broadcast. */
  int unnamed(List<Shape> shapes) {
    int most = 0;
    for (int i = 0; i < shapes.size(); i++) {
      most = Math.max(most, shapes.get(i).rank() - (int) count(inputs.get(i), false));
    }
    return most;
  }

  /**
   * Returns a label for each axis: a subscript, or a number for an axis that an ellipsis stands
   * for.
   *
   * @param own the number of axes that the ellipsis stands for here
   * @param most the number of axes that the ellipses stand for, broadcast
   */
  static List<Integer> labels(String subscripts, int own, int most) {
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < subscripts.length(); i++) {
      char c = subscripts.charAt(i);
      if (c == ELLIPSIS) {
        for (int axis = most - own; axis < most; axis++) {
          labels.add(UNNAMED + axis);
        }
      } else {
        labels.add((int) c);
      }
    }
    return labels;
  }

  /** Returns a label for each axis of an input of this rank. */
  List<Integer> labels(int input, int rank, int most) {
    String subscripts = inputs.get(input);
    return labels(subscripts, rank - (int) count(subscripts, false), most);
  }

  /** Returns a label for each axis of the output. */
  List<Integer> outputLabels(int most) {
    return labels(output, most, most);
  }

  /** Returns the extents that labels have in these shapes, all of whose ranks are known. */
  Map<Integer, Long> extents(Inference in, List<Shape> shapes) {
    int most = unnamed(shapes);
    Map<Integer, Long> extents = new HashMap<>();
    for (int i = 0; i < shapes.size(); i++) {
      List<Integer> labels = labels(i, shapes.get(i).rank(), most);
      for (int axis = 0; axis < labels.size(); axis++) {
        int label = labels.get(axis);
        long dim = shapes.get(i).dim(axis);
        long known = extents.getOrDefault(label, dim);
        extents.put(
            label,
            label >= UNNAMED
                ? in.broadcast(Shape.of(known), Shape.of(dim)).dim(0)
                : Shapes.equal(in, known, dim, "'%c' has extents %d and %d", label, known, dim));
      }
    }
    in.require(
        most == 0 || hasEllipsis(output),
        "the ellipses stand for %d axes, so the output must have one",
        most);
    return extents;
  }

  /** Returns the labels of one list, each once, that the others have or else have not. */
  static List<Integer> select(List<Integer> labels, List<Integer> others, boolean wanted) {
    Set<Integer> selected = new LinkedHashSet<>(labels);
    selected.removeIf(label -> others.contains(label) != wanted);
    return List.copyOf(selected);
  }
}
