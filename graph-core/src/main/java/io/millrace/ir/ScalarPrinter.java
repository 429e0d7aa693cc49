package io.millrace.ir;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Writes a scalar function as text: shared values are named, everything else is nested. */
final class ScalarPrinter implements ScalarFunction.Visitor<String> {
  private final List<String> texts = new ArrayList<>();

  private ScalarPrinter() {}

  static String print(ScalarFunction function) {
    int[] uses = new int[function.nodes().size()];
    for (ScalarFunction.Node node : function.nodes()) {
      for (int operand : ScalarBuilder.operands(node)) {
        uses[operand]++;
      }
    }
    function.results().forEach(r -> uses[r]++);
    ScalarPrinter printer = new ScalarPrinter();
    StringBuilder shared = new StringBuilder();
    for (int i = 0; i < uses.length; i++) {
      ScalarFunction.Node node = function.nodes().get(i);
      String text = node.accept(printer);
      if (uses[i] > 1 && ScalarBuilder.operands(node).length > 0) {
        shared.append('t').append(i).append(" = ").append(text).append("; ");
        text = "t" + i;
      }
      printer.texts.add(text);
    }
    List<String> results = new ArrayList<>();
    function.results().forEach(r -> results.add(printer.texts.get(r)));
    return shared + String.join(", ", results);
  }

  @Override
  public String parameter(ScalarFunction.Parameter node) {
    return "p" + node.index();
  }

  @Override
  public String constant(ScalarFunction.Constant node) {
    if (node.type().isFloating()) {
      double value = node.asDouble();
      boolean negativeZero = value == 0 && 1 / value < 0;
      return value == Math.rint(value) && Math.abs(value) < 1e6 && !negativeZero
          ? Long.toString((long) value)
          : node.type().text(node.bits());
    }
    return node.type().text(node.bits());
  }

  @Override
  public String index(ScalarFunction.Index node) {
    return "index" + node.axis();
  }

  @Override
  public String unary(ScalarFunction.Unary node) {
    return lower(node.fn()) + "(" + texts.get(node.x()) + ")";
  }

  @Override
  public String binary(ScalarFunction.Binary node) {
    return lower(node.fn()) + "(" + texts.get(node.x()) + ", " + texts.get(node.y()) + ")";
  }

  @Override
  public String select(ScalarFunction.Select node) {
    return String.format(
        "select(%s, %s, %s)",
        texts.get(node.condition()), texts.get(node.x()), texts.get(node.y()));
  }

  @Override
  public String cast(ScalarFunction.Cast node) {
    return node.type() + "(" + texts.get(node.x()) + ")";
  }

  private static String lower(Enum<?> fn) {
    return fn.name().toLowerCase(Locale.ROOT);
  }
}
