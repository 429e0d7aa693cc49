package io.millrace.cpu.loops;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.ScalarFunction;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Turns a scalar function into lanes. Coordinates become parameters after the function's own. So do
 * {@linkplain ScalarFunction#numbers numbers}, if asked for: what divides a mean by how many there
 * are is then the same loop for any number.
 */
public final class LaneLowering implements ScalarFunction.Visitor<Integer> {
  private final LaneBuilder to = new LaneBuilder();
  private final LaneMath math = new LaneMath(to);
  private final List<Integer> lanes = new ArrayList<>();
  private final List<DType> parameters;
  private final List<Integer> axes;
  private final List<ScalarFunction.Constant> numbers;

  private LaneLowering(
      ScalarFunction function, List<Integer> axes, List<ScalarFunction.Constant> numbers) {
    parameters = new ArrayList<>(function.parameters());
    this.axes = axes;
    this.numbers = numbers;
    axes.forEach(axis -> parameters.add(DType.INT64));
    numbers.forEach(number -> parameters.add(number.type()));
  }

  /**
   * Returns the function as lanes.
   *
   * @param axes the axes whose coordinates the function uses, as {@link #axes} gives them
   * @param numbers the constants that become parameters
   */
  static LaneFunction lower(
      ScalarFunction function, List<Integer> axes, List<ScalarFunction.Constant> numbers) {
    LaneLowering lowering = new LaneLowering(function, axes, numbers);
    for (ScalarFunction.Node node : function.nodes()) {
      lowering.lanes.add(node.accept(lowering));
    }
    return lowering.to.build(
        lowering.parameters, function.results().stream().map(lowering.lanes::get).toList());
  }

  /** Returns a function that uses no coordinates as lanes. */
  public static LaneFunction lower(ScalarFunction function) {
    return lower(function, List.of(), List.of());
  }

  /** Returns the axes whose coordinates a function uses, each once. */
  static List<Integer> axes(ScalarFunction function) {
    return function.nodes().stream()
        .filter(ScalarFunction.Index.class::isInstance)
        .map(node -> ((ScalarFunction.Index) node).axis())
        .distinct()
        .toList();
  }

  @Override
  public Integer parameter(ScalarFunction.Parameter node) {
    return to.parameter(node.index(), node.type());
  }

  @Override
  public Integer constant(ScalarFunction.Constant node) {
    int number = numbers.indexOf(node);
    return number < 0
        ? to.literal(node.type(), node.bits())
        : to.parameter(parameters.size() - numbers.size() + number, node.type());
  }

  @Override
  public Integer index(ScalarFunction.Index node) {
    int index = parameters.size() - numbers.size() - axes.size() + axes.indexOf(node.axis());
    return to.parameter(index, DType.INT64);
  }

  @Override
  public Integer unary(ScalarFunction.Unary node) {
    int x = lanes.get(node.x());
    DType type = to.type(x);
    switch (node.fn()) {
      case NEG:
        return to.op(LaneOp.NEG, x);
      case ABS:
        return type.isSigned() ? to.op(LaneOp.ABS, x) : x;
      case SIGN:
        return math.sign(x);
      case NOT:
        return to.op(LaneOp.NOT, x);
      case IS_NAN:
        return to.op(LaneOp.NE, x, x);
      case IS_FINITE:
        int infinity = to.constant(type, Double.POSITIVE_INFINITY);
        return to.op(LaneOp.LT, to.op(LaneOp.ABS, x), infinity);
      case FLOOR:
        return type.isFloating() ? math.floor(x) : x;
      case CEIL:
        return type.isFloating() ? math.ceil(x) : x;
      case RINT:
        return type.isFloating() ? math.rint(x) : x;
      case SQRT:
        return to.op(LaneOp.SQRT, x);
      default:
        return type == DType.FLOAT32 ? float32(node, x) : called(node, x);
    }
  }

  private int float32(ScalarFunction.Unary node, int x) {
    return switch (node.fn()) {
      case EXP -> math.exp(x);
      case EXPM1 -> math.expm1(x);
      case LOG -> math.log(x);
      case LOG1P -> math.log1p(x);
      case COSH -> math.cosh(x);
      case TANH -> math.tanh(x);
      case ERF -> math.erf(x);
      default -> called(node, x);
    };
  }

  private int called(ScalarFunction.Unary node, int x) {
    return to.call(node.fn().name().toLowerCase(Locale.ROOT), to.type(x), x, -1);
  }

  @Override
  public Integer binary(ScalarFunction.Binary node) {
    int x = lanes.get(node.x());
    int y = lanes.get(node.y());
    DType type = to.type(x);
    if (type.isBoolean()) {
      return logic(node.fn(), x, y);
    }
    return switch (node.fn()) {
      case ADD, SUB, MUL, MAX, MIN, EQ, NE, LT, LE, GT, GE, AND, OR, XOR ->
          to.op(LaneOp.valueOf(node.fn().name()), x, y);
      case DIV -> type.isFloating() ? to.op(LaneOp.DIV, x, y) : to.call("divide", type, x, y);
      case FLOOR_DIV ->
          type.isFloating()
              ? math.floor(to.op(LaneOp.DIV, x, y))
              : to.call("floorDivide", type, x, y);
      case FLOOR_MOD -> to.call("floorMod", type, x, y);
      case TRUNCATE_MOD -> to.call("remainder", type, x, y);
      case POW -> to.call("power", type, x, y);
      case ATAN2 -> to.call("atan2", type, x, y);
      case NEXT_AFTER ->
          to.call(type == DType.FLOAT32 ? "nextFloatAfter" : "nextAfter", type, x, y);
      case SHIFT_LEFT -> to.call("shiftLeft", type, x, distance(y));
      case SHIFT_RIGHT -> to.call("shiftRight", type, x, distance(y));
    };
  }

  /** Brings the distance of a shift into range. */
  private int distance(int y) {
    DType type = to.type(y);
    int low = to.op(LaneOp.MAX, y, to.literal(type, 0));
    return to.op(LaneOp.MIN, low, to.literal(type, 8L * type.bytes() - 1));
  }

  private int logic(BinaryFn fn, int x, int y) {
    return switch (fn) {
      case AND, MIN -> to.op(LaneOp.AND, x, y);
      case OR, MAX -> to.op(LaneOp.OR, x, y);
      case XOR, NE -> to.op(LaneOp.XOR, x, y);
      case EQ -> to.op(LaneOp.NOT, to.op(LaneOp.XOR, x, y));
      case LT -> to.op(LaneOp.AND, to.op(LaneOp.NOT, x), y);
      case GT -> to.op(LaneOp.AND, x, to.op(LaneOp.NOT, y));
      case LE -> to.op(LaneOp.OR, to.op(LaneOp.NOT, x), y);
      case GE -> to.op(LaneOp.OR, x, to.op(LaneOp.NOT, y));
      default -> throw new IllegalArgumentException(fn + " is not defined on booleans");
    };
  }

  @Override
  public Integer select(ScalarFunction.Select node) {
    int condition = lanes.get(node.condition());
    int x = lanes.get(node.x());
    int y = lanes.get(node.y());
    if (!node.type().isBoolean()) {
      return to.select(condition, x, y);
    }
    int otherwise = to.op(LaneOp.AND, to.op(LaneOp.NOT, condition), y);
    return to.op(LaneOp.OR, to.op(LaneOp.AND, condition, x), otherwise);
  }

  @Override
  public Integer cast(ScalarFunction.Cast node) {
    int x = lanes.get(node.x());
    DType from = to.type(x);
    DType type = node.type();
    if (from == type) {
      return x;
    }
    if (type.isBoolean()) {
      return to.op(LaneOp.NE, x, to.constant(from, 0));
    }
    if (from.isBoolean()) {
      return to.select(x, to.constant(type, 1), to.constant(type, 0));
    }
    if (from.isFloating() && type.bytes() < Integer.BYTES) {
      int wide = to.cast(x, DType.INT64);
      int low = to.op(LaneOp.MAX, wide, to.literal(DType.INT64, type.lowest()));
      return to.cast(to.op(LaneOp.MIN, low, to.literal(DType.INT64, type.highest())), type);
    }
    return to.cast(x, type);
  }
}
