package io.millrace.compiler;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Instruction;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Reduction;
import io.millrace.ir.Resource;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.primitives.ProgramWriter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Gives the verifier programs with one mistake each. */
final class VerifierTest {
  private static final TensorType VECTOR = TensorType.of(DType.FLOAT32, 3);
  private static final Value X = new Value(0, VECTOR);
  private static final Value Y = new Value(1, VECTOR);
  private static final Instruction FEED =
      new Instruction(new Primitive.Feed(0), List.of(), List.of(X), Origin.of("x"));

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
        Origin.of("copy"));
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
        new Instruction(new Primitive.Reshape(), List.of(X), List.of(wide), Origin.of("reshape")));
    rejects(
        "must keep the bytes",
        wide,
        FEED,
        new Instruction(new Primitive.Bitcast(), List.of(X), List.of(wide), Origin.of("bitcast")));
  }

  @Test
  void checksShowTensorsAfterTheCondition() {
    TensorType bool = TensorType.of(DType.BOOL);
    TensorType data = TensorType.of(DType.INT64, 2);
    rejects("a boolean scalar", new Primitive.Check("", 3), List.of(data, bool), bool);
    rejects("a boolean scalar", new Primitive.Check("", 3), List.of(bool, data), data);
  }

  private static void rejects(
      String rule, Primitive primitive, List<TensorType> inputs, TensorType... outputs) {
    List<Value> given = new ArrayList<>();
    List<Instruction> instructions = new ArrayList<>();
    for (TensorType input : inputs) {
      Value value = new Value(given.size(), input);
      given.add(value);
      instructions.add(
          new Instruction(
              new Primitive.Constant(Literal.fill(input, 0)),
              List.of(),
              List.of(value),
              Origin.of("c")));
    }
    List<Value> results = new ArrayList<>();
    for (TensorType output : outputs) {
      results.add(new Value(given.size() + results.size(), output));
    }
    instructions.add(new Instruction(primitive, given, results, Origin.of("made")));
    rejects(rule, results.get(0), instructions.toArray(Instruction[]::new));
  }

  private static TensorType floats(long... dims) {
    return TensorType.of(DType.FLOAT32, dims);
  }

  private static TensorType longs(long... dims) {
    return TensorType.of(DType.INT64, dims);
  }

  @Test
  void gathers() {
    Primitive gather = new Primitive.Gather();
    TensorType data = floats(2, 3, 4, 5);
    rejects("takes 2 inputs", gather, List.of(data), data);
    rejects("four axes", gather, List.of(floats(3, 4, 5), longs(2, 6)), floats(2, 3, 6, 5));
    rejects("int32 or int64", gather, List.of(data, floats(2, 6)), floats(2, 3, 6, 5));
    rejects("batches differ", gather, List.of(data, longs(1, 6)), floats(2, 3, 6, 5));
    rejects("as many slices", gather, List.of(data, longs(2, 6)), floats(2, 3, 4, 5));
    rejects("as many slices", gather, List.of(data, longs(2, 6)), longs(2, 3, 6, 5));
  }

  @Test
  void scatters() {
    Primitive add = new Primitive.Scatter(Primitive.Scatter.Combine.ADD);
    TensorType base = floats(4, 5);
    rejects("takes 3 inputs", add, List.of(base, longs(2)), base);
    rejects("one axis of indices", add, List.of(base, longs(2, 1), floats(2, 5)), base);
    rejects("int32 or int64", add, List.of(base, floats(2), floats(2, 5)), base);
    rejects("an update like a row", add, List.of(base, longs(2), floats(3, 5)), base);
    rejects("an update like a row", add, List.of(base, longs(2), longs(2, 5)), base);
    rejects("must be of type", add, List.of(base, longs(2), floats(2, 5)), floats(5, 5));
    TensorType flags = TensorType.of(DType.BOOL, 4, 5);
    rejects("numbers only", add, List.of(flags, longs(2), flags.withShape(Shape.of(2, 5))), flags);
  }

  @Test
  void sorts() {
    Primitive sort = new Primitive.Sort(true);
    rejects("has 2 outputs", sort, List.of(floats(2, 3)), floats(2, 3));
    TensorType flags = TensorType.of(DType.BOOL, 2, 3);
    rejects("numbers only", sort, List.of(flags), flags, longs(2, 3));
    rejects("gives rows", sort, List.of(floats(3)), floats(3), longs(3));
    rejects("no more than it takes", sort, List.of(floats(2, 3)), floats(2, 4), longs(2, 4));
    rejects("no more than it takes", sort, List.of(floats(2, 3)), floats(1, 3), longs(1, 3));
    rejects("keeps the element type", sort, List.of(floats(2, 3)), longs(2, 3), longs(2, 3));
    rejects("as int64", sort, List.of(floats(2, 3)), floats(2, 2), longs(2, 3));
  }

  @Test
  void scans() {
    Primitive sum = new Primitive.Scan(Reduction.SUM, false, false);
    rejects("three axes", sum, List.of(floats(2, 3)), floats(2, 3));
    rejects("must be of type", sum, List.of(floats(1, 2, 3)), floats(1, 3, 2));
    TensorType flags = TensorType.of(DType.BOOL, 1, 2, 3);
    rejects("numeric", sum, List.of(flags), flags);
    Primitive max = new Primitive.Scan(Reduction.MAX, false, false);
    rejects("sums or multiplies", max, List.of(floats(1, 2, 3)), floats(1, 2, 3));
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
            Origin.of("later")));
  }

  private static final TensorType BOOL = TensorType.of(DType.BOOL);

  /** A turn that is fed a row of two numbers and gives one to be collected. */
  private static Program turn(Resource read, Resource updated) {
    ProgramWriter turn = new ProgramWriter();
    Value found = turn.read(read);
    Value row = turn.feed(floats(2));
    turn.builder.update(updated, turn.map(s -> s.get(0).plus(1), found));
    return turn.fetch(List.of(turn.scalar(DType.BOOL, 0), turn.sum(row)));
  }

  @Test
  void repeats() {
    Resource c = new Resource("c", floats(3), true);
    Resource d = new Resource("d", floats(3), true);
    Program turn = turn(c, c);
    List<Walk> walk = List.of(Walk.FORWARD);
    Primitive loop = new Control.Repeat(turn, List.of(c), walk, 4);
    TensorType one = TensorType.of(DType.INT64);
    List<TensorType> in = List.of(BOOL, one, c.type(), floats(4, 2));
    TensorType[] out = {one, c.type(), floats(4)};
    rejects("by a bool scalar", loop, List.of(one, one, c.type(), floats(4, 2)), out);
    rejects("by an int64 scalar", loop, List.of(BOOL, BOOL, c.type(), floats(4, 2)), out);
    rejects("in an int64 scalar", loop, in, BOOL, c.type(), floats(4));
    rejects("begins with float32[2]", loop, List.of(BOOL, one, floats(2), floats(4, 2)), out);
    rejects("the 4 rows of the capacity", loop, List.of(BOOL, one, c.type(), floats(5, 2)), out);
    rejects("the turn is fed [float32[2]]", loop, List.of(BOOL, one, c.type(), floats(4, 3)), out);
    rejects("the turn gives", loop, in, one, c.type(), floats(4, 1));
    rejects("scans more", loop, List.of(BOOL, one, c.type()), out);
    rejects("carries more", loop, List.of(BOOL, one), out);
    rejects("reads d, which is not", new Control.Repeat(turn(d, c), List.of(c), walk, 4), in, out);
    rejects("updates d, which", new Control.Repeat(turn(c, d), List.of(c), walk, 4), in, out);
    Resource kept = new Resource("c", floats(3));
    rejects("outlives it", new Control.Repeat(turn, List.of(kept), walk, 4), in, out);
    rejects(
        "carries a value twice",
        new Control.Repeat(turn, List.of(c, c), walk, 4),
        List.of(BOOL, one, c.type(), c.type(), floats(4, 2)),
        one,
        c.type(),
        c.type(),
        floats(4));
    Program nothing = new ProgramWriter().fetch(List.of());
    rejects(
        "the turn gives []",
        new Control.Repeat(nothing, List.of(), List.of(), Control.Repeat.UNLIMITED),
        List.of(BOOL, one),
        one);
    ProgramWriter collecting = new ProgramWriter();
    Value last = collecting.scalar(DType.BOOL, 0);
    rejects(
        "has not the 9223372036854775807 rows of the capacity",
        new Control.Repeat(
            collecting.fetch(List.of(last, last)), List.of(), List.of(), Control.Repeat.UNLIMITED),
        List.of(BOOL, one),
        one,
        TensorType.of(DType.BOOL, 3));
  }

  @Test
  void chooses() {
    TensorType index = TensorType.of(DType.INT32);
    ProgramWriter writer = new ProgramWriter();
    Program same = writer.fetch(List.of(writer.feed(VECTOR)));
    Primitive choice = new Control.Choose(List.of(same, same), List.of());
    rejects("has no branch", new Control.Choose(List.of(), List.of()), List.of(index), VECTOR);
    rejects("by an int32 scalar", choice, List.of(longs(), VECTOR), VECTOR);
    rejects("branch 0 is fed [float32[3]]", choice, List.of(index, floats(4)), VECTOR);
    rejects("branch 0 gives [float32[3]]", choice, List.of(index, VECTOR), floats(4));
    Program wrong = new Program(List.of(VECTOR), List.of(FEED), List.of(Y), List.of(), List.of());
    rejects(
        "an undefined value is fetched",
        new Control.Choose(List.of(same, wrong), List.of()),
        List.of(index, VECTOR),
        VECTOR);
  }
}
