package io.millrace.primitives;

import io.millrace.ir.BinaryFn;
import io.millrace.ir.Control;
import io.millrace.ir.Control.Repeat.Walk;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.UnaryFn;
import io.millrace.ir.Value;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Loops and choices whose results Java computes by itself. */
final class ControlCases {
  private static final long UNLIMITED = Control.Repeat.UNLIMITED;
  private static final TensorType COUNT = TensorType.of(DType.INT32);
  private static final TensorType NUMBER = TensorType.of(DType.FLOAT32);

  private final List<ControlCase> cases = new ArrayList<>();

  /** Returns all cases. */
  List<ControlCase> all() {
    counts();
    fibonacci();
    powers();
    for (long columns : new long[] {1, 5, 16, 32}) {
      for (Walk walk : Walk.values()) {
        scans(columns, walk);
      }
      nested(columns);
    }
    types();
    sharesFirstValues();
    draws();
    state();
    chooses();
    collatz();
    cases.addAll(new ControlFailures().all());
    return cases;
  }

  static Value rows(ProgramWriter outer) {
    return outer.scalar(DType.INT64, 0);
  }

  private static Literal floats(Shape shape, double... values) {
    Literal.Builder literal = new Literal.Builder(new TensorType(DType.FLOAT32, shape));
    for (int i = 0; i < values.length; i++) {
      literal.setDouble(i, values[i]);
    }
    return literal.build();
  }

  static Literal count(long value) {
    return Literal.scalar(DType.INT32, value);
  }

  private static Literal turns(long value) {
    return Literal.scalar(DType.INT64, value);
  }

  private void counts() {
    for (int turns : new int[] {0, 1, 2, 300}) {
      ProgramWriter outer = new ProgramWriter();
      List<Value> results = new LoopWriter(outer).times(outer.feed(COUNT), rows(outer), UNLIMITED);
      cases.add(
          ControlCase.of(
              turns + " turns",
              outer.fetch(results),
              List.of(count(turns)),
              List.of(turns(turns), count(turns))));
    }
  }

  private void fibonacci() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value a = loop.carry("a", outer.scalar(DType.INT64, 0));
    Value b = loop.carry("b", outer.scalar(DType.INT64, 1));
    loop.next("a", b);
    loop.next("b", loop.turn.map(s -> s.get(0).plus(s.get(1)), a, b));
    List<Value> results = loop.times(outer.feed(COUNT), rows(outer), UNLIMITED);
    long x = 0;
    long y = 1;
    for (int i = 0; i < 80; i++) {
      long next = x + y;
      x = y;
      y = next;
    }
    cases.add(
        ControlCase.of(
            "Fibonacci's numbers",
            outer.fetch(results.subList(1, 3)),
            List.of(count(80)),
            List.of(Literal.scalar(DType.INT64, x), Literal.scalar(DType.INT64, y))));
  }

  private void powers() {
    ProgramWriter outer = new ProgramWriter();
    TensorType matrix = TensorType.of(DType.FLOAT32, 1, 3, 3);
    Value x = outer.feed(matrix);
    LoopWriter loop = new LoopWriter(outer);
    Value power = loop.carry("power", x);
    Value base = loop.keep(x);
    loop.next("power", loop.turn.emit(new Primitive.Contract(false, false), matrix, power, base));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 4), rows(outer), UNLIMITED);
    double[] values = {1, 2, 0, -1, 1, 3, 2, 0, 1};
    double[] wanted = values;
    for (int turn = 0; turn < 4; turn++) {
      double[] next = new double[9];
      for (int i = 0; i < 27; i++) {
        next[i / 9 * 3 + i % 3] += wanted[i / 9 * 3 + i / 3 % 3] * values[i / 3 % 3 * 3 + i % 3];
      }
      wanted = next;
    }
    cases.add(
        ControlCase.of(
            "a matrix's power",
            outer.fetch(List.of(results.get(1), x)),
            List.of(floats(matrix.shape(), values)),
            List.of(floats(matrix.shape(), wanted), floats(matrix.shape(), values))));
  }

  /** Sums rows up one after another, and collects the sums and the rows' doubles. */
  private void scans(long columns, Walk walk) {
    int capacity = 7;
    TensorType table = TensorType.of(DType.FLOAT32, capacity, columns);
    for (int turns : new int[] {0, 1, 5, 7}) {
      ProgramWriter outer = new ProgramWriter();
      Value x = outer.feed(table);
      LoopWriter loop = new LoopWriter(outer);
      Value row = loop.scan(walk, x);
      Value sum = loop.carry("sum", outer.constant(Literal.fill(row.type(), 1)));
      Value next = loop.turn.map(s -> s.get(0).plus(s.get(1)), sum, row);
      loop.next("sum", next);
      loop.collect(next);
      loop.collect(loop.turn.map(s -> s.get(0).times(2), row));
      List<Value> results =
          loop.times(outer.feed(COUNT), outer.feed(TensorType.of(DType.INT64)), capacity);
      int size = (int) columns;
      double[] values = new double[capacity * size];
      for (int i = 0; i < values.length; i++) {
        values[i] = (i * 7 % 11) - 4;
      }
      double[] sums = new double[values.length];
      double[] doubles = new double[values.length];
      double[] last = new double[size];
      Arrays.fill(last, 1);
      for (int turn = 0; turn < turns; turn++) {
        int from = walk == Walk.FORWARD ? turn : turns - 1 - turn;
        for (int j = 0; j < size; j++) {
          last[j] += values[from * size + j];
          sums[turn * size + j] = last[j];
          doubles[turn * size + j] = 2 * values[from * size + j];
        }
      }
      cases.add(
          ControlCase.of(
              turns + " rows of " + columns + " " + walk,
              outer.fetch(results),
              List.of(floats(table.shape(), values), count(turns), turns(turns)),
              List.of(
                  turns(turns),
                  floats(Shape.of(columns), last),
                  count(turns),
                  floats(table.shape(), sums),
                  floats(table.shape(), doubles))));
    }
  }

  /** Adds up the elements of rows, an inner loop each, and collects what that had at each turn. */
  private void nested(long columns) {
    TensorType table = TensorType.of(DType.FLOAT32, 3, 4, columns);
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value rows = loop.scan(Walk.FORWARD, outer.feed(table));
    Value scale = loop.keep(outer.feed(NUMBER));
    LoopWriter inner = new LoopWriter(loop.turn);
    Value row = inner.scan(Walk.BACKWARD, rows);
    Value factor = inner.keep(scale);
    Value sum = inner.carry("sum", loop.turn.scalar(DType.FLOAT32, 0));
    Value next =
        inner.turn.map(
            s -> s.get(0).plus(s.get(1)),
            sum,
            inner.turn.sum(inner.turn.map(s -> s.get(0).times(s.get(1)), row, factor)));
    inner.next("sum", next);
    inner.collect(next);
    inner.collect(row);
    List<Value> sums =
        inner.times(loop.turn.scalar(DType.INT32, 4), loop.turn.scalar(DType.INT64, 4), 4);
    loop.collect(sums.get(3));
    loop.collect(sums.get(4));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), rows(outer), 3);
    int size = (int) columns;
    double[] values = new double[12 * size];
    double[] reversed = new double[12 * size];
    double[] wanted = new double[12];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 13 - 5;
    }
    for (int i = 0; i < 12; i++) {
      double total = i % 4 == 0 ? 0 : wanted[i - 1];
      for (int j = 0; j < size; j++) {
        double value = values[(i / 4 * 4 + 3 - i % 4) * size + j];
        reversed[i * size + j] = value;
        total += 2 * value;
      }
      wanted[i] = total;
    }
    cases.add(
        ControlCase.of(
            "a loop in a loop over rows of " + columns,
            outer.fetch(results.subList(2, 4)),
            List.of(floats(table.shape(), values), Literal.scalar(DType.FLOAT32, 2.0)),
            List.of(floats(Shape.of(3, 4), wanted), floats(table.shape(), reversed))));
  }

  /** Doubles numbers of all types, and turns a boolean over. */
  private void types() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    List<Literal> feeds = new ArrayList<>();
    List<Literal> wanted = new ArrayList<>();
    for (DType type : DType.ofElements()) {
      Literal first =
          type == DType.BOOL ? Literal.scalar(type, 1) : Literal.fill(TensorType.of(type, 3), 3);
      feeds.add(first);
      Value fed = outer.feed(first.type());
      Value found = loop.carry("of " + type, fed);
      loop.next(
          "of " + type,
          loop.turn.map(
              s -> type == DType.BOOL ? s.get(0).apply(UnaryFn.NOT) : s.get(0).plus(s.get(0)),
              found));
      wanted.add(type == DType.BOOL ? Literal.scalar(type, 0) : Literal.fill(first.type(), 24));
    }
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), rows(outer), UNLIMITED);
    cases.add(
        ControlCase.of(
            "all types", outer.fetch(results.subList(1, 1 + feeds.size())), feeds, wanted));
  }

  /** One value begins two carried ones, stays the same too, and is used afterwards. */
  private void sharesFirstValues() {
    ProgramWriter outer = new ProgramWriter();
    Value x = outer.map(s -> s.get(0).plus(1), outer.feed(TensorType.of(DType.FLOAT32, 4)));
    LoopWriter loop = new LoopWriter(outer);
    Value a = loop.carry("a", x);
    Value b = loop.carry("b", x);
    Value same = loop.keep(x);
    loop.next("a", loop.turn.map(s -> s.get(0).plus(s.get(1)), b, same));
    loop.next("b", loop.turn.map(s -> s.get(0).times(s.get(1)), a, same));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), rows(outer), UNLIMITED);
    Value all =
        outer.map(s -> s.get(0).minus(s.get(1)).minus(s.get(2)), results.get(1), results.get(2), x);
    double[] wanted = new double[4];
    for (int i = 0; i < 4; i++) {
      double first = i + 1;
      double p = first;
      double q = first;
      for (int turn = 0; turn < 3; turn++) {
        double next = q + first;
        q = p * first;
        p = next;
      }
      wanted[i] = p - q - first;
    }
    cases.add(
        ControlCase.of(
            "one first value for two",
            outer.fetch(List.of(all)),
            List.of(floats(Shape.of(4), 0, 1, 2, 3)),
            List.of(floats(Shape.of(4), wanted))));
  }

  /** Draws numbers, other ones each turn: what is carried is the counter. */
  private void draws() {
    Primitive.Random bits =
        new Primitive.Random(Primitive.Random.Distribution.BITS, DType.INT32, 3, 5);
    TensorType drawn = TensorType.of(DType.INT32, 5);
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value counter = loop.carry("counter", outer.scalar(DType.INT64, 100));
    loop.collect(loop.turn.emit(bits, drawn, counter));
    long blocks = Primitive.Random.blocks(5);
    loop.next("counter", loop.turn.map(s -> s.get(0).plus(blocks), counter));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), rows(outer), 4);
    int[] wanted = new int[20];
    for (int i = 0; i < 15; i++) {
      Literal row =
          ReferenceInterpreter.evaluate(bits, List.of(turns(100 + i / 5 * blocks)), List.of(drawn))
              .get(0);
      wanted[i] = (int) row.getLong(i % 5);
    }
    cases.add(
        ControlCase.of(
            "random numbers",
            outer.fetch(List.of(results.get(3))),
            List.of(),
            List.of(Literal.ofInts(wanted).reshape(Shape.of(4, 5)))));
  }

  /** Changes a variable turn by turn, reads another one, and fetches what it was. */
  private void state() {
    Resource changed = new Resource("changed", TensorType.of(DType.FLOAT32, 20));
    Resource read = new Resource("read", TensorType.of(DType.FLOAT32, 20));
    ProgramWriter outer = new ProgramWriter();
    Value before = outer.read(changed);
    LoopWriter loop = new LoopWriter(outer);
    Value x = loop.carry("x", before);
    Value y = loop.keep(outer.read(read));
    loop.next("x", loop.turn.map(s -> s.get(0).plus(s.get(1)), x, y));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 3), rows(outer), UNLIMITED);
    outer.builder.update(changed, results.get(1));
    Literal one = Literal.fill(changed.type(), 1);
    Literal two = Literal.fill(changed.type(), 2);
    Program program = outer.fetch(List.of(before));
    cases.add(
        ControlCase.of("a variable", program, List.of(), List.of(one))
            .with(
                Map.of(changed, one, read, two),
                Map.of(changed, Literal.fill(changed.type(), 7), read, two)));
  }

  private static Program branch(Resource carried, double plus, boolean updates) {
    ProgramWriter branch = new ProgramWriter();
    Value found = branch.read(carried);
    Value fed = branch.feed(carried.type());
    if (updates) {
      branch.builder.update(carried, branch.map(s -> s.get(0).plus(plus), found));
    }
    return branch.fetch(List.of(branch.map(s -> s.get(0).times(s.get(1)).plus(plus), found, fed)));
  }

  private void chooses() {
    Resource variable = new Resource("variable", TensorType.of(DType.FLOAT32, 3));
    Resource carried = new Resource("carried", variable.type(), true);
    List<Program> branches =
        List.of(branch(carried, 10, true), branch(carried, 20, false), branch(carried, 30, true));
    for (int index : new int[] {0, 1, 2, 3, -1, Integer.MIN_VALUE}) {
      ProgramWriter outer = new ProgramWriter();
      Value chosen = outer.feed(COUNT);
      Value x = outer.feed(variable.type());
      List<Value> results =
          outer.builder.emit(
              new Control.Choose(branches, List.of(carried)),
              List.of(chosen, outer.read(variable), x),
              List.of(variable.type(), variable.type()),
              Origin.of("choice"));
      outer.builder.update(variable, results.get(0));
      int taken = index < 0 || index > 2 ? 2 : index;
      double plus = 10 + 10 * taken;
      cases.add(
          ControlCase.of(
                  "branch " + index,
                  outer.fetch(results),
                  List.of(count(index), Literal.fill(x.type(), 3)),
                  List.of(
                      Literal.fill(x.type(), taken == 1 ? 2 : 2 + plus),
                      Literal.fill(x.type(), 6 + plus)))
              .with(
                  Map.of(variable, Literal.fill(x.type(), 2)),
                  Map.of(variable, Literal.fill(x.type(), taken == 1 ? 2 : 2 + plus))));
    }
  }

  private static Program step(Resource n, boolean even) {
    ProgramWriter branch = new ProgramWriter();
    branch.builder.update(
        n,
        branch.map(
            s ->
                even
                    ? s.get(0).apply(BinaryFn.DIV, s.get(0).constant(2))
                    : s.get(0).times(3).plus(1),
            branch.read(n)));
    return branch.fetch(List.of());
  }

  /** Counts Collatz's steps from several numbers: a choice in a loop in a loop. */
  private void collatz() {
    ProgramWriter outer = new ProgramWriter();
    LoopWriter loop = new LoopWriter(outer);
    Value start = loop.scan(Walk.FORWARD, outer.feed(TensorType.of(DType.INT32, 6)));
    LoopWriter inner = new LoopWriter(loop.turn);
    Value n = inner.carry("n", start);
    Resource chosen = new Resource("n", COUNT, true);
    Value odd = inner.turn.map(s -> s.get(0).apply(BinaryFn.FLOOR_MOD, s.get(0).constant(2)), n);
    Value next =
        inner
            .turn
            .builder
            .emit(
                new Control.Choose(
                    List.of(step(chosen, true), step(chosen, false)), List.of(chosen)),
                List.of(odd, n),
                List.of(COUNT),
                Origin.of("choice"))
            .get(0);
    inner.next("n", next);
    List<Value> counted =
        inner.repeat(
            loop.turn.map(s -> s.get(0).gt(1), start),
            loop.turn.scalar(DType.INT64, 0),
            inner.turn.map(s -> s.get(0).gt(1), next),
            UNLIMITED);
    loop.collect(counted.get(0));
    List<Value> results = loop.times(outer.scalar(DType.INT32, 5), rows(outer), 6);
    cases.add(
        ControlCase.of(
            "Collatz's steps",
            outer.fetch(List.of(results.get(2))),
            List.of(Literal.ofInts(1, 27, 6, 97, 7, 9)),
            List.of(Literal.ofLongs(0, 111, 8, 118, 16, 0))));
  }
}
