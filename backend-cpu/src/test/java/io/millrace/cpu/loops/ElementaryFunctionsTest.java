package io.millrace.cpu.loops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import io.millrace.cpu.StepRunner;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.ir.BinaryFn;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.primitives.Tolerance;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.StepException;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementaryFunctionsTest {
  private static final Spans SCALAR = new Spans(Spans.Mode.SCALAR);
  private static final Spans VECTOR = new Spans(Spans.Mode.VECTOR);
  private static final WorkerPool ONE = new WorkerPool(1);

  /** Distance of neighbouring arguments, counted in float32 bit patterns. */
  private static final long STEP = 40_009;

  @AfterAll
  static void stop() {
    ONE.close();
  }

  private static Literal allFloats() {
    float[] special = {
      0,
      -0f,
      1,
      -1,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MIN_NORMAL,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      88.72284f,
      88.72283f,
      -87.33655f,
      -103.97f,
      -104,
      0.5f,
      2.5f,
      8388607.5f,
      0.99999994f,
      -0.99999994f
    };
    long[] patterns = LongStream.iterate(0, i -> i < 1L << 32, i -> i + STEP).toArray();
    Literal.Builder builder =
        new Literal.Builder(TensorType.of(DType.FLOAT32, special.length + patterns.length));
    for (int i = 0; i < special.length; i++) {
      builder.setDouble(i, special[i]);
    }
    for (int i = 0; i < patterns.length; i++) {
      builder.setDouble(special.length + i, Float.intBitsToFloat((int) patterns[i]));
    }
    return builder.build();
  }

  private static Primitive.Map map(UnaryFn fn, DType type, long size) {
    ScalarBuilder builder = new ScalarBuilder();
    Shape domain = Shape.of(size);
    return new Primitive.Map(
        builder.build(List.of(builder.parameter(type).apply(fn))),
        domain,
        List.of(View.dense(domain)));
  }

  @ParameterizedTest
  @EnumSource(
      value = UnaryFn.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NOT"})
  void float32IsWithinTwoUnitsEverywhereAndBothFormsAgree(UnaryFn fn) {
    Literal input = allFloats();
    Primitive.Map map = map(fn, DType.FLOAT32, input.size());
    List<TensorType> outputs = List.of(new TensorType(map.function().resultType(0), map.domain()));
    Literal expected = ReferenceInterpreter.evaluate(map, List.of(input), outputs).get(0);
    Literal scalar = StepRunner.run(map, List.of(input), outputs, SCALAR, ONE).get(0);
    Literal vector = StepRunner.run(map, List.of(input), outputs, VECTOR, ONE).get(0);
    Tolerance.assertClose(scalar, vector, 0, fn + " as vectors");
    for (long i = 0; i < input.size(); i++) {
      double x = expected.getDouble(i);
      double y = scalar.getDouble(i);
      boolean same = x == y || (Double.isNaN(x) && Double.isNaN(y));
      double tolerance = 2 * Math.ulp((float) x);
      if (!same && !(Math.abs(x - y) <= tolerance)) {
        fail(fn + " of " + input.getDouble(i) + " is " + y + " instead of " + x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = UnaryFn.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"NOT"})
  void float64IsWithinAFewUnits(UnaryFn fn) {
    RandomLoops loops = new RandomLoops(fn.name().hashCode());
    Literal input = loops.numbers(DType.FLOAT64, 3000);
    Primitive.Map map = map(fn, DType.FLOAT64, input.size());
    List<TensorType> outputs = List.of(new TensorType(map.function().resultType(0), map.domain()));
    Literal expected = ReferenceInterpreter.evaluate(map, List.of(input), outputs).get(0);
    Literal scalar = StepRunner.run(map, List.of(input), outputs, SCALAR, ONE).get(0);
    Literal vector = StepRunner.run(map, List.of(input), outputs, VECTOR, ONE).get(0);
    Tolerance.assertClose(scalar, vector, 0, fn + " as vectors");
    Tolerance.assertClose(expected, scalar, 32, fn.toString());
  }

  @ParameterizedTest
  @EnumSource(
      value = BinaryFn.class,
      names = {
        "DIV",
        "FLOOR_DIV",
        "FLOOR_MOD",
        "TRUNCATE_MOD",
        "POW",
        "ATAN2",
        "NEXT_AFTER",
        "AND",
        "OR",
        "XOR",
        "SHIFT_LEFT",
        "SHIFT_RIGHT"
      })
  void binaryFunctionsEqualTheReferenceForAllTypes(BinaryFn fn) {
    RandomLoops loops = new RandomLoops(fn.name().hashCode());
    Shape domain = Shape.of(2000);
    for (DType type : DType.ofElements()) {
      if (!fn.accepts(type)) {
        continue;
      }
      ScalarBuilder builder = new ScalarBuilder();
      var x = builder.parameter(type);
      var y = builder.parameter(type);
      var z = y.constant(0);
      // Integers must not be divided by zero nor raised to a negative power.
      var safe = !type.isInteger() ? y : y.apply(UnaryFn.ABS).eq(z).select(y.constant(3), y);
      var divisor = fn == BinaryFn.POW && type.isInteger() ? safe.max(1) : safe;
      Primitive.Map map =
          new Primitive.Map(
              builder.build(List.of(x.apply(fn, divisor))),
              domain,
              List.of(View.dense(domain), View.dense(domain)));
      List<Literal> inputs = List.of(loops.numbers(type, 2000), loops.numbers(type, 2000));
      List<TensorType> outputs = List.of(new TensorType(type, domain));
      Literal expected = ReferenceInterpreter.evaluate(map, inputs, outputs).get(0);
      Literal scalar = StepRunner.run(map, inputs, outputs, SCALAR, ONE).get(0);
      Literal vector = StepRunner.run(map, inputs, outputs, VECTOR, ONE).get(0);
      int units = fn == BinaryFn.NEXT_AFTER ? 0 : 1;
      Tolerance.assertClose(expected, scalar, units, fn + " scalar");
      Tolerance.assertClose(expected, vector, units, fn + " vector");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = BinaryFn.class,
      names = {"DIV", "FLOOR_DIV", "FLOOR_MOD", "TRUNCATE_MOD"})
  void integerDivisionByZeroIsAnErrorEvenInABranchNotTaken(BinaryFn fn) {
    for (DType type : List.of(DType.INT32, DType.INT64, DType.UINT8)) {
      ScalarBuilder builder = new ScalarBuilder();
      var x = builder.parameter(type);
      var y = builder.parameter(type);
      var guarded = y.eq(y.constant(0)).select(x, x.apply(fn, y));
      Shape domain = Shape.of(40);
      Primitive.Map map =
          new Primitive.Map(
              builder.build(List.of(guarded)), domain, List.of(View.dense(domain), View.of(0, 0)));
      List<Literal> inputs =
          List.of(
              Literal.fill(TensorType.of(type, 40), 7), Literal.fill(TensorType.of(type, 1), 0));
      List<TensorType> outputs = List.of(new TensorType(type, domain));
      for (Spans spans : List.of(SCALAR, VECTOR)) {
        StepException thrown =
            assertThrows(
                StepException.class, () -> StepRunner.run(map, inputs, outputs, spans, ONE));
        assertEquals("integer division by zero", thrown.getMessage());
      }
    }
  }

  @Test
  void aNegativeIntegerPowerIsAnError() {
    ScalarBuilder builder = new ScalarBuilder();
    var x = builder.parameter(DType.INT32);
    Shape domain = Shape.of(3);
    Primitive.Map map =
        new Primitive.Map(
            builder.build(List.of(x.pow(x.constant(-1)))), domain, List.of(View.dense(domain)));
    List<Literal> inputs = List.of(Literal.ofInts(1, 2, 3));
    List<TensorType> outputs = List.of(new TensorType(DType.INT32, domain));
    StepException thrown =
        assertThrows(StepException.class, () -> StepRunner.run(map, inputs, outputs, SCALAR, ONE));
    assertEquals("integers to negative integer powers are not allowed", thrown.getMessage());
  }
}
