package io.millrace.compiler;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gives the verifier programs with one mistake each. */
final class VerifierTest {
  private static final TensorType VECTOR = TensorType.of(DType.FLOAT32, 3);
  private static final Value X = new Value(0, VECTOR);
  private static final Value Y = new Value(1, VECTOR);
  private static final Instruction FEED =
      new Instruction(new Primitive.Feed(0), List.of(), List.of(X), "x");

  private static void rejects(String rule, Value fetch, Instruction... instructions) {
    Program program =
        new Program(List.of(VECTOR), List.of(instructions), List.of(fetch), List.of(), List.of());
    String message =
        assertThrows(IllegalStateException.class, () -> Verifier.verify(program)).getMessage();
    assertTrue(message.contains(rule), message);
  }

  private static Instruction copy(DType parameter, View view, Value output) {
    ScalarFunction function =
        new ScalarFunction(
            List.of(parameter), List.of(new ScalarFunction.Parameter(0, parameter)), List.of(0));
    return new Instruction(
        new Primitive.Map(function, Shape.of(3), List.of(view)),
        List.of(X),
        List.of(output),
        "copy");
  }

  @Test
  void order() {
    rejects("%0 is not defined before", Y, copy(DType.FLOAT32, View.of(0, 1), Y), FEED);
  }

  @Test
  void singleAssignment() {
    rejects("%0 is written twice", X, FEED, FEED);
  }

  @Test
  void undefinedFetch() {
    rejects("an undefined value is fetched", Y, FEED);
  }

  @Test
  void viewBounds() {
    rejects("leaves its operand", Y, FEED, copy(DType.FLOAT32, View.of(1, 1), Y));
    rejects("leaves its operand", Y, FEED, copy(DType.FLOAT32, View.of(0, -1), Y));
    rejects("one stride an axis", Y, FEED, copy(DType.FLOAT32, View.of(0), Y));
  }

  @Test
  void types() {
    rejects("differs in type", Y, FEED, copy(DType.INT32, View.of(0, 1), Y));
    Value wide = new Value(1, TensorType.of(DType.FLOAT32, 4));
    rejects("over the domain", wide, FEED, copy(DType.FLOAT32, View.of(0, 1), wide));
    rejects(
        "must keep element type and size",
        wide,
        FEED,
        new Instruction(new Primitive.Reshape(), List.of(X), List.of(wide), "reshape"));
  }

  @Test
  void functions() {
    ScalarFunction later =
        new ScalarFunction(
            List.of(DType.FLOAT32),
            List.of(
                new ScalarFunction.Cast(1, DType.FLOAT32),
                new ScalarFunction.Parameter(0, DType.FLOAT32)),
            List.of(0));
    rejects(
        "uses a later one",
        Y,
        FEED,
        new Instruction(
            new Primitive.Map(later, Shape.of(3), List.of(View.of(0, 1))),
            List.of(X),
            List.of(Y),
            "later"));
  }
}
