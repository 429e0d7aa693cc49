package io.millrace.compiler.passes;

import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.type.DType;
import java.util.List;

/** Checks that a scalar function is well formed: operands come first and have fitting types. */
public final class FunctionRules implements ScalarFunction.Visitor<Boolean> {
  private final ScalarFunction function;
  private final int rank;

  private FunctionRules(ScalarFunction function, int rank) {
    this.function = function;
    this.rank = rank;
  }

  /**
   * Does nothing if the function is well formed for a loop over this many axes.
   *
   * @throws IllegalStateException if it is not
   */
  public static void verify(ScalarFunction function, int rank) {
    List<ScalarFunction.Node> nodes = function.nodes();
    FunctionRules rules = new FunctionRules(function, rank);
    for (int i = 0; i < nodes.size(); i++) {
      for (int operand : ScalarBuilder.operands(nodes.get(i))) {
        require(operand >= 0 && operand < i, "scalar node %d uses a later one", i);
      }
      require(nodes.get(i).accept(rules), "scalar node %d has a wrong type", i);
    }
    for (int result : function.results()) {
      require(result >= 0 && result < nodes.size(), "result %d is no scalar node", result);
    }
  }

  private static void require(boolean holds, String rule, int node) {
    if (!holds) {
      throw new IllegalStateException(String.format(rule, node));
    }
  }

  private DType type(int node) {
    return function.nodes().get(node).type();
  }

  @Override
  public Boolean parameter(ScalarFunction.Parameter node) {
    return node.index() < function.parameters().size()
        && function.parameters().get(node.index()) == node.type();
  }

  @Override
  public Boolean constant(ScalarFunction.Constant node) {
    return true;
  }

  @Override
  public Boolean index(ScalarFunction.Index node) {
    return node.axis() >= 0 && node.axis() < rank;
  }

  @Override
  public Boolean unary(ScalarFunction.Unary node) {
    return node.type() == (node.fn().isPredicate() ? DType.BOOL : type(node.x()));
  }

  @Override
  public Boolean binary(ScalarFunction.Binary node) {
    return type(node.x()) == type(node.y())
        && node.type() == (node.fn().isPredicate() ? DType.BOOL : type(node.x()));
  }

  @Override
  public Boolean select(ScalarFunction.Select node) {
    return type(node.condition()).isBoolean()
        && type(node.x()) == node.type()
        && type(node.y()) == node.type();
  }

  @Override
  public Boolean cast(ScalarFunction.Cast node) {
    return true;
  }
}
