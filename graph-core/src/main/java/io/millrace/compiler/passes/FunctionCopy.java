package io.millrace.compiler.passes;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Copies a scalar function into another, simplified where that changes no bit of the results. */
final class FunctionCopy implements ScalarFunction.Visitor<FunctionCopy.Item> {
  private final ScalarFunction function;
  private final ScalarBuilder builder;
  private final List<Item> arguments;
  private final IntFunction<Item> indices;
  private final List<Item> items = new ArrayList<>();

  /** A value of the function being built and, if it is one, the literal that it is. */
  record Item(Scalar scalar, Optional<ScalarFunction.Constant> constant) {
    /** Returns a value that is not known. */
    static Item of(Scalar scalar) {
      return new Item(scalar, Optional.empty());
    }

    /** Returns a literal. */
    static Item of(ScalarBuilder builder, ScalarFunction.Constant constant) {
      return new Item(builder.literal(constant.type(), constant.bits()), Optional.of(constant));
    }

    private boolean is(double value) {
      return constant.isPresent()
          && Double.compare(constant.get().asDouble(), value) == 0
          && constant.get().type().isNumeric();
    }
  }

  private FunctionCopy(
      ScalarFunction function,
      ScalarBuilder builder,
      List<Item> arguments,
      IntFunction<Item> indices) {
    this.function = function;
    this.builder = builder;
    this.arguments = arguments;
    this.indices = indices;
  }

  /**
   * Returns the results of a function whose parameters and indices are values of another.
   *
   * @param indices gives what the coordinate along an axis becomes
   */
  static List<Item> copy(
      ScalarFunction function,
      ScalarBuilder builder,
      List<Item> arguments,
      IntFunction<Item> indices) {
    FunctionCopy copy = new FunctionCopy(function, builder, arguments, indices);
    function.nodes().forEach(n -> copy.items.add(n.accept(copy)));
    return function.results().stream().map(copy.items::get).toList();
  }

  /** Returns an element of a literal as a scalar function holds it. */
  static ScalarFunction.Constant constant(Literal literal, long element) {
    return new ScalarFunction.Constant(literal.type().dtype(), literal.bits(element));
  }

  @Override
  public Item parameter(ScalarFunction.Parameter node) {
    return arguments.get(node.index());
  }

  @Override
  public Item constant(ScalarFunction.Constant node) {
    return Item.of(builder, node);
  }

  @Override
  public Item index(ScalarFunction.Index node) {
    return indices.apply(node.axis());
  }

  @Override
  public Item unary(ScalarFunction.Unary node) {
    boolean magnitude = node.fn() == UnaryFn.ABS;
    Item x = items.get(magnitude ? unsigned(node.x()) : node.x());
    return fold(s -> s.get(0).apply(node.fn()), x);
  }

  /** Returns a node of the same magnitude: what a negation negates. */
  private int unsigned(int node) {
    return function.nodes().get(node) instanceof ScalarFunction.Unary unary
            && unary.fn() == UnaryFn.NEG
        ? unary.x()
        : node;
  }

  @Override
  public Item binary(ScalarFunction.Binary node) {
    Item x = items.get(node.x());
    Item y = items.get(node.y());
    boolean swappable = node.fn().isCommutative();
    if (isNeutral(node.fn(), y)) {
      return x;
    }
    if (swappable && isNeutral(node.fn(), x)) {
      return y;
    }
    if (node.fn() == BinaryFn.POW && node.type().isFloating() && y.is(2)) {
      return fold(s -> s.get(0).square(), x);
    }
    return fold(s -> s.get(0).apply(node.fn(), s.get(1)), x, y);
  }

  /** Returns whether applying a function with this second argument changes nothing at all. */
  private static boolean isNeutral(BinaryFn fn, Item y) {
    return switch (fn) {
      case MUL, DIV, POW -> y.is(1);
      case SUB -> y.is(0);
      // Adding 0 turns -0 into 0, adding -0 changes no floating value.
      case ADD -> y.is(y.scalar().type().isFloating() ? -0.0 : 0);
      default -> false;
    };
  }

  @Override
  public Item select(ScalarFunction.Select node) {
    Item condition = items.get(node.condition());
    Item x = items.get(node.x());
    Item y = items.get(node.y());
    return condition
        .constant()
        .map(c -> c.bits() != 0 ? x : y)
        .orElseGet(() -> Item.of(condition.scalar().select(x.scalar(), y.scalar())));
  }

  @Override
  public Item cast(ScalarFunction.Cast node) {
    Item x = items.get(node.x());
    return x.scalar().type() == node.type() ? x : fold(s -> s.get(0).cast(node.type()), x);
  }

  /** Applies a function to literals now, to anything else in the function being built. */
  private Item fold(Function<List<Scalar>, Scalar> apply, Item... operands) {
    List<Item> known = Stream.of(operands).filter(o -> o.constant().isPresent()).toList();
    if (known.size() == operands.length) {
      ScalarBuilder alone = new ScalarBuilder();
      List<Scalar> literals =
          known.stream().map(o -> Item.of(alone, o.constant().orElseThrow()).scalar()).toList();
      ScalarFunction function = alone.build(List.of(apply.apply(literals)));
      Primitive map = new Primitive.Map(function, Shape.scalar(), List.of());
      try {
        Literal value =
            ReferenceInterpreter.evaluate(
                    map, List.of(), List.of(TensorType.of(function.resultType(0))))
                .get(0);
        return Item.of(builder, constant(value, 0));
      } catch (ArithmeticException e) {
        // An integer division by zero: it has to fail in the run.
        return Item.of(apply.apply(Stream.of(operands).map(Item::scalar).toList()));
      }
    }
    return Item.of(apply.apply(Stream.of(operands).map(Item::scalar).toList()));
  }
}
