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
 * domain's axes {@code x0, x1, ...} of type {@code long long}; its numbers are the kernel's
 * parameters {@code n0, n1, ...}, which {@link #addNumbers} adds. Where elements can fail, {@code
 * status}, {@code code} and {@code powerCode} must be there, which {@link #failing} adds.
 */
public final class ScalarSource implements ScalarFunction.Visitor<String> {
  private static final int LONGEST_NAME = 48;

  private final ScalarFunction function;
  private final List<ScalarFunction.Constant> numbers;
  private final List<String> values = new ArrayList<>();
  private final StringBuilder statements = new StringBuilder();

  /** Writes a function's statements, each a line that begins with this indentation. */
  ScalarSource(ScalarFunction function, String indentation) {
    this.function = function;
    numbers = function.numbers();
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
            .append(
                String.format(
                    "const %s %s = %s;\n", CudaTypes.register(node.type()), variable, value));
        value = variable;
      }
      values.add(value);
    }
  }

  /** Returns the statements. */
  String statements() {
    return statements.toString();
  }

  /** Returns the expression of a result; a value of its type in a register. */
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

  /** Adds a function's {@linkplain ScalarFunction#numbers numbers} to a kernel's parameters. */
  static void addNumbers(ScalarFunction function, LaunchBuilder kernel) {
    List<ScalarFunction.Constant> numbers = function.numbers();
    for (int i = 0; i < numbers.size(); i++) {
      ScalarFunction.Constant number = numbers.get(i);
      kernel.number("n" + i, number.type(), number.bits());
    }
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

  /** Returns the value of an element in memory, which this expression names. */
  public static String load(DType dtype, String element) {
    return dtype.isBoolean() ? element + " != 0" : element;
  }

  /** Returns a literal of these bits, as {@link ScalarFunction.Constant} holds them. */
  static String constant(DType dtype, long bits) {
    String literal = CudaTypes.literal(dtype, bits);
    // After another minus it would be a decrement.
    return literal.startsWith("-") ? "(" + literal + ")" : literal;
  }

  @Override
  public String parameter(ScalarFunction.Parameter node) {
    return "a" + node.index();
  }

  @Override
  public String constant(ScalarFunction.Constant node) {
    int number = numbers.indexOf(node);
    return number < 0 ? constant(node.type(), node.bits()) : "n" + number;
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
    if (node.type().isBoolean()) {
      return from.isBoolean() ? x : x + " != 0";
    }
    if (from.isFloating() && node.type().isInteger()) {
      return call(CudaTypes.truncate(node.type()), x);
    }
    return "(" + CudaTypes.register(node.type()) + ")" + x;
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
          (known && bits >= 0) || !binary.type().isSigned()
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
        case ABS -> dtype.isSigned() ? call("magnitude", x) : x;
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
      case ABS -> call(CudaTypes.function("fabs", dtype), x);
      default -> call(CudaTypes.function(fn.name().toLowerCase(Locale.ROOT), dtype), x);
    };
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
          floating
              ? call(CudaTypes.function("floor", dtype), x + " / " + y)
              : call("floorDivide", x, y);
      case FLOOR_MOD -> call("floorMod", x, y);
      case TRUNCATE_MOD -> call(floating ? CudaTypes.function("fmod", dtype) : "truncateMod", x, y);
      case POW -> call(floating ? CudaTypes.function("pow", dtype) : "power", x, y);
      case MAX -> call("maximum", x, y);
      case MIN -> call("minimum", x, y);
      case ATAN2 -> call(CudaTypes.function("atan2", dtype), x, y);
      case NEXT_AFTER -> call(CudaTypes.function("nextafter", dtype), x, y);
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
