package io.millrace.cuda.loops;

import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.UnaryFn;
import io.millrace.type.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Writes a scalar function as flat statements of CUDA C++, one variable a node.
 *
 * <p>The function's parameters are the variables {@code a0, a1, ...} and coordinates along the
 * domain's axes {@code x0, x1, ...} of type {@code long long}. Where elements can fail, {@code
 * status}, {@code code} and {@code powerCode} must be there, which {@link #failing} adds.
 */
public final class ScalarSource implements ScalarFunction.Visitor<String> {
  private static final int LONGEST_NAME = 48;

  private final ScalarFunction function;
  private final List<String> values = new ArrayList<>();
  private final StringBuilder statements = new StringBuilder();

  /** Writes a function's statements, each a line that begins with this indentation. */
  ScalarSource(ScalarFunction function, String indentation) {
    this.function = function;
    for (ScalarFunction.Node node : function.nodes()) {
      String value = node.accept(this);
      boolean named =
          node instanceof ScalarFunction.Parameter
              || node instanceof ScalarFunction.Constant
              || node instanceof ScalarFunction.Index;
      if (!named) {
        String variable = "v" + values.size();
        for (String line : checks(node)) {
          statements.append(indentation).append(line).append('\n');
        }
        statements
            .append(indentation)
            .append(String.format("const %s %s = %s;\n", type(node.type()), variable, value));
        value = variable;
      }
      values.add(value);
    }
  }

  /** Returns the statements. */
  String statements() {
    return statements.toString();
  }

  /** Returns the expression of a result; a value of {@link #type}. */
  String result(int index) {
    return values.get(function.results().get(index));
  }

  /** Returns the axes of the domain whose coordinates a function uses. */
  public static Set<Integer> indexedAxes(ScalarFunction function) {
    Set<Integer> axes = new LinkedHashSet<>();
    for (ScalarFunction.Node node : function.nodes()) {
      if (node instanceof ScalarFunction.Index index) {
        axes.add(index.axis());
      }
    }
    return axes;
  }

  /** Returns the parameters that a function uses. */
  public static Set<Integer> usedParameters(ScalarFunction function) {
    Set<Integer> used = new LinkedHashSet<>();
    for (ScalarFunction.Node node : function.nodes()) {
      if (node instanceof ScalarFunction.Parameter parameter) {
        used.add(parameter.index());
      }
    }
    return used;
  }

  /** Lets a kernel report the elements that a function fails for. */
  public static void failing(ScalarFunction function, StepContext context, LaunchBuilder kernel) {
    if (function.mayFail()) {
      kernel
          .failing(context.status(), context.code(StepContext.Failure.DIVISION_BY_ZERO))
          .int32("powerCode", context.code(StepContext.Failure.NEGATIVE_POWER));
    }
  }

  /** Returns a kernel's name that begins like this and tells what its function does. */
  public static String name(String beginning, ScalarFunction function) {
    Set<String> parts = new LinkedHashSet<>();
    for (ScalarFunction.Node node : function.nodes()) {
      if (node instanceof ScalarFunction.Unary unary) {
        parts.add(unary.fn().name());
      } else if (node instanceof ScalarFunction.Binary binary) {
        parts.add(binary.fn().name());
      } else if (node instanceof ScalarFunction.Select) {
        parts.add("select");
      } else if (node instanceof ScalarFunction.Cast cast) {
        parts.add("to_" + cast.type());
      }
    }
    StringBuilder name = new StringBuilder(beginning);
    for (String part : parts) {
      if (name.length() + part.length() >= LONGEST_NAME) {
        return name.append("_etc").toString();
      }
      name.append('_').append(part.toLowerCase(Locale.ROOT));
    }
    return name.toString();
  }

  /** Returns the C++ type of a value in a register. */
  static String type(DType dtype) {
    return dtype == DType.BOOL ? "bool" : CudaTypes.of(dtype);
  }

  /** Returns the value of an element in memory, which this expression names. */
  public static String load(DType dtype, String element) {
    return dtype == DType.BOOL ? element + " != 0" : element;
  }

  /** Returns a literal of these bits, as {@link ScalarFunction.Constant} holds them. */
  static String constant(DType dtype, long bits) {
    String literal = literal(dtype, bits);
    // After another minus it would be a decrement.
    return literal.startsWith("-") ? "(" + literal + ")" : literal;
  }

  private static String literal(DType dtype, long bits) {
    return switch (dtype) {
      case FLOAT32 -> {
        float value = Float.intBitsToFloat((int) bits);
        yield Float.isFinite(value)
            ? Float.toHexString(value) + "f"
            : String.format("__int_as_float(0x%08x)", (int) bits);
      }
      case FLOAT64 -> {
        double value = Double.longBitsToDouble(bits);
        yield Double.isFinite(value)
            ? Double.toHexString(value)
            : String.format("__longlong_as_double(0x%016xll)", bits);
      }
      // The least number has no literal: a minus is an operator.
      case INT32 -> bits == Integer.MIN_VALUE ? "(-2147483647 - 1)" : Long.toString(bits);
      case INT64 -> bits == Long.MIN_VALUE ? "(-9223372036854775807ll - 1)" : bits + "ll";
      case UINT8 -> "(u8)" + bits;
      case BOOL -> bits == 0 ? "false" : "true";
    };
  }

  @Override
  public String parameter(ScalarFunction.Parameter node) {
    return "a" + node.index();
  }

  @Override
  public String constant(ScalarFunction.Constant node) {
    return constant(node.type(), node.bits());
  }

  @Override
  public String index(ScalarFunction.Index node) {
    return "x" + node.axis();
  }

  @Override
  public String unary(ScalarFunction.Unary node) {
    return unary(node.fn(), operandType(node.x()), values.get(node.x()));
  }

  @Override
  public String binary(ScalarFunction.Binary node) {
    return binary(node.fn(), operandType(node.x()), values.get(node.x()), values.get(node.y()));
  }

  @Override
  public String select(ScalarFunction.Select node) {
    return String.format(
        "%s ? %s : %s", values.get(node.condition()), values.get(node.x()), values.get(node.y()));
  }

  @Override
  public String cast(ScalarFunction.Cast node) {
    String x = values.get(node.x());
    DType from = operandType(node.x());
    if (node.type() == DType.BOOL) {
      return from == DType.BOOL ? x : x + " != 0";
    }
    if (from.isFloating() && node.type().isInteger()) {
      return call(
          switch (node.type()) {
            case INT32 -> "toInt";
            case INT64 -> "toLong";
            default -> "toByte";
          },
          x);
    }
    return "(" + type(node.type()) + ")" + x;
  }

  private DType operandType(int node) {
    return function.nodes().get(node).type();
  }

  /** Returns the statements that report a node that has no value. */
  private List<String> checks(ScalarFunction.Node node) {
    if (!(node instanceof ScalarFunction.Binary binary) || !binary.type().isInteger()) {
      return List.of();
    }
    String y = values.get(binary.y());
    boolean known = function.nodes().get(binary.y()) instanceof ScalarFunction.Constant;
    long bits = known ? ((ScalarFunction.Constant) function.nodes().get(binary.y())).bits() : 0;
    return switch (binary.fn()) {
      case DIV, FLOOR_DIV, FLOOR_MOD, TRUNCATE_MOD ->
          bits == 0 ? List.of("if (" + y + " == 0) fail(status, code);") : List.of();
      case POW ->
          (known && bits >= 0) || binary.type() == DType.UINT8
              ? List.of()
              : List.of("if (" + y + " < 0) fail(status, (unsigned)powerCode);");
      default -> List.of();
    };
  }

  private static String call(String name, String... arguments) {
    return name + "(" + String.join(", ", arguments) + ")";
  }

  /** Returns the function of a value of a type. */
  static String unary(UnaryFn fn, DType dtype, String x) {
    if (!dtype.isFloating()) {
      return switch (fn) {
        case NEG -> call("neg", x);
        case ABS -> dtype == DType.UINT8 ? x : call("magnitude", x);
        case SIGN -> call("sign", x);
        case NOT -> "!" + x;
        case FLOOR, CEIL, RINT -> x;
        default -> throw new IllegalArgumentException(fn + " of " + dtype);
      };
    }
    return switch (fn) {
      case NEG -> "-" + x;
      case SIGN -> call("sign", x);
      case IS_NAN -> x + " != " + x;
      // Only of finite numbers the difference is a number.
      case IS_FINITE -> x + " - " + x + " == 0";
      case NOT -> throw new IllegalArgumentException(fn + " of " + dtype);
      case ABS -> call(library("fabs", dtype), x);
      default -> call(library(fn.name().toLowerCase(Locale.ROOT), dtype), x);
    };
  }

  private static String library(String name, DType dtype) {
    return dtype == DType.FLOAT32 ? name + "f" : name;
  }

  /** Returns the function of two values of a type; whether it fails is not its concern. */
  static String binary(BinaryFn fn, DType dtype, String x, String y) {
    boolean floating = dtype.isFloating();
    return switch (fn) {
      case ADD -> floating ? x + " + " + y : call("add", x, y);
      case SUB -> floating ? x + " - " + y : call("sub", x, y);
      case MUL -> floating ? x + " * " + y : call("mul", x, y);
      case DIV -> floating ? x + " / " + y : call("divide", x, y);
      case FLOOR_DIV ->
          floating ? call(library("floor", dtype), x + " / " + y) : call("floorDivide", x, y);
      case FLOOR_MOD -> call("floorMod", x, y);
      case TRUNCATE_MOD -> call(floating ? library("fmod", dtype) : "truncateMod", x, y);
      case POW -> call(floating ? library("pow", dtype) : "power", x, y);
      case MAX -> call("maximum", x, y);
      case MIN -> call("minimum", x, y);
      case ATAN2 -> call(library("atan2", dtype), x, y);
      case NEXT_AFTER -> call(library("nextafter", dtype), x, y);
      case EQ -> x + " == " + y;
      case NE -> x + " != " + y;
      case LT -> x + " < " + y;
      case LE -> x + " <= " + y;
      case GT -> x + " > " + y;
      case GE -> x + " >= " + y;
      case AND -> x + " & " + y;
      case OR -> x + " | " + y;
      case XOR -> x + " ^ " + y;
      case SHIFT_LEFT -> call("shiftLeft", x, y);
      case SHIFT_RIGHT -> call("shiftRight", x, y);
    };
  }
}
