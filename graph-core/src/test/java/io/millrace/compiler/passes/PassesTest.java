package io.millrace.compiler.passes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.compiler.TinyProgram;
import io.millrace.compiler.Verifier;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Shows each pass on the smallest program that it changes. */
final class PassesTest {
  private final TinyProgram p = new TinyProgram();

  private static void becomes(Pass pass, Program program, String wanted) {
    Verifier.verify(program);
    Program after = pass.apply(program);
    Verifier.verify(after);
    assertEquals(
        wanted.lines().map(String::strip).toList(),
        after.toString().lines().map(String::strip).toList());
  }

  @Test
  void removeDead() {
    Value x = p.feed(3);
    p.map("unused", s -> s.get(0).exp(), x);
    becomes(
        new RemoveDead(),
        p.fetch(x),
        """
        %0: float32[3] = feed 0  # x
        fetch %0
        """);
  }

  @Test
  void foldConstants() {
    Value x = p.feed(3);
    Value two = p.map("add", s -> s.get(0).plus(s.get(1)), p.constant(1), p.constant(1));
    Value y = p.map("mul", s -> s.get(0).times(s.get(1)), x, two);
    becomes(
        new FoldConstants(),
        p.fetch(y),
        """
        %0: float32[3] = feed 0  # x
        %1: float32[] = constant float32[] 1.0  # c
        %2: float32[] = constant float32[] 1.0  # c
        %3: float32[] = constant float32[] 2.0  # add
        %4: float32[3] = map {mul(p0, 2)} over [3] views (1) of %0  # mul
        fetch %4
        """);
  }

  @Test
  void addRows() {
    Value x = p.feed(4, 2);
    Value y = p.feed(8);
    Value row = p.feed(1, 2);
    Value rows = p.feed(2, 2);
    Value zeros = p.map("zeros", Shape.of(4, 2), s -> s.get(0), p.constant(0));
    Value one = p.scatter(Primitive.Scatter.Combine.SET, zeros, p.rows(3), row);
    Value two = p.scatter(Primitive.Scatter.Combine.ADD, zeros, p.rows(0, 2), rows);
    Value sum = p.map("sum", s -> s.get(0).plus(s.get(1)), y, p.reshape(one, 8));
    Value all =
        p.map("all", s -> s.get(0).plus(s.get(1)).plus(s.get(2)), x, two, p.reshape(sum, 4, 2));
    becomes(
        new AddRows(),
        p.fetch(all),
        """
        %0: float32[4,2] = feed 0  # x
        %1: float32[8] = feed 1  # x
        %2: float32[1,2] = feed 2  # x
        %3: float32[2,2] = feed 3  # x
        %4: float32[] = constant float32[] 0.0  # c
        %5: float32[4,2] = map {p0} over [4,2] views (0,0) of %4  # zeros
        %6: int64[1] = constant int64[1] {3}  # rows
        %7: float32[4,2] = scatter set of %5 %6 %2  # scatter
        %8: int64[2] = constant int64[2] {0,2}  # rows
        %9: float32[4,2] = scatter add of %5 %8 %3  # scatter
        %10: float32[8] = reshape of %7  # reshape
        %14: float32[4,2] = reshape of %1  # sum
        %15: float32[4,2] = scatter add of %14 %6 %2  # scatter
        %11: float32[8] = reshape of %15  # sum
        %12: float32[4,2] = reshape of %11  # reshape
        %16: float32[4,2] = map {add(p0, p1)} over [4,2] views (2,1) (2,1) of %0 %12  # all
        %17: float32[4,2] = scatter add of %16 %8 %3  # scatter
        fetch %17
        """);
  }

  @Test
  void sumsOfWhatIsSetInSeveralRowsOrNeededElsewhereStay() {
    Value x = p.feed(4, 2);
    Value rows = p.feed(2, 2);
    Value zeros = p.constant(0, 4, 2);
    Value set = p.scatter(Primitive.Scatter.Combine.SET, zeros, p.rows(1, 1), rows);
    Value added = p.scatter(Primitive.Scatter.Combine.ADD, zeros, p.rows(0, 2), rows);
    Value largest = p.scatter(Primitive.Scatter.Combine.MAX, zeros, p.rows(0, 2), rows);
    Value onto = p.scatter(Primitive.Scatter.Combine.SET, x, p.rows(0, 2), rows);
    List<Value> sums = new ArrayList<>(List.of(added));
    for (Value term : List.of(set, added, largest, onto)) {
      sums.add(p.map("sum", s -> s.get(0).plus(s.get(1)), x, term));
    }
    sums.add(p.map("product", s -> s.get(0).times(s.get(1)), x, added));
    Program program = p.fetch(sums.toArray(Value[]::new));
    assertEquals(program, new AddRows().apply(program));
  }

  @Test
  void shareEqual() {
    Value x = p.feed(3);
    Value a = p.map("a", s -> s.get(0).exp(), x);
    Value b = p.map("b", s -> s.get(0).exp(), x);
    becomes(
        new ShareEqual(),
        p.fetch(a, b),
        """
        %0: float32[3] = feed 0  # x
        %1: float32[3] = map {exp(p0)} over [3] views (1) of %0  # a
        fetch %1 %1
        """);
  }

  @Test
  void simplify() {
    Value x = p.feed(2, 3);
    Value same = p.map("identity", s -> s.get(0), p.reshape(p.reshape(x, 6), 3, 2));
    Value y = p.map("scale", s -> s.get(0).times(1).minus(0).exp(), same);
    becomes(
        new Simplify(),
        p.fetch(y),
        """
        %0: float32[2,3] = feed 0  # x
        %1: float32[6] = reshape of %0  # reshape
        %2: float32[3,2] = reshape of %0  # reshape
        %3: float32[3,2] = reshape of %0  # identity
        %4: float32[3,2] = map {exp(p0)} over [3,2] views (2,1) of %0  # scale
        fetch %4
        """);
  }

  @Test
  void simplifyForgetsTheSignBeforeTheMagnitude() {
    Value x = p.feed(3);
    Value y = p.map("abs", s -> s.get(0).negate().abs(), x);
    becomes(
        new Simplify(),
        p.fetch(y),
        """
        %0: float32[3] = feed 0  # x
        %1: float32[3] = map {abs(p0)} over [3] views (1) of %0  # abs
        fetch %1
        """);
  }

  @Test
  void views() {
    Value x = p.feed(2, 3);
    Value y = p.map("exp", s -> s.get(0).exp(), p.transpose(x));
    becomes(
        new Views(),
        p.fetch(y),
        """
        %0: float32[2,3] = feed 0  # x
        %2: float32[3,2] = map {exp(p0)} over [3,2] views (1,3) of %0  # exp
        fetch %2
        """);
  }

  @Test
  void viewsKeepACopyThatAProductNeeds() {
    Value x = p.feed(3, 3);
    Value copy = p.transpose(x);
    Value matrix = p.reshape(copy, 1, 3, 3);
    Program program = p.fetch(p.map("exp", s -> s.get(0).exp(), copy), p.contract(matrix, matrix));
    assertEquals(program.toString(), new Views().apply(program).toString());
  }

  @Test
  void fuseMaps() {
    Value x = p.feed(2, 3);
    Value bias = p.feed(3);
    Value sum = p.map("add", s -> s.get(0).plus(s.get(1)), x, bias);
    Value y = p.map("relu", s -> s.get(0).max(0), sum);
    becomes(
        new FuseNests("fuse-maps", Primitive.Map.class),
        p.fetch(y),
        """
        %0: float32[2,3] = feed 0  # x
        %1: float32[3] = feed 1  # x
        %3: float32[2,3] = map {max(add(p0, p1), 0)} over [2,3] views (3,1) (0,1) of %0 %1  # add+relu
        fetch %3
        """);
  }

  @Test
  void fuseMapsDoesNotRepeatExpensiveWork() {
    Value x = p.feed(3);
    Value small = p.map("exp", s -> s.get(0).exp(), x);
    Program program = p.fetch(p.map("widen", Shape.of(5, 3), s -> s.get(0).negate(), small));
    assertEquals(
        program.toString(),
        new FuseNests("fuse-maps", Primitive.Map.class).apply(program).toString());
  }

  @Test
  void fuseReduce() {
    Value x = p.feed(2, 3);
    Value y = p.sum(p.map("square", s -> s.get(0).square(), x));
    becomes(
        new FuseNests("fuse-reduce", Primitive.Reduce.class),
        p.fetch(y),
        """
        %0: float32[2,3] = feed 0  # x
        %2: float32[2] = sum {mul(p0, p0)} over [2,3] keeping 1 views (3,1) of %0  # square+sum
        fetch %2
        """);
  }

  @Test
  void fuseSiblings() {
    Resource m = TinyProgram.resource("m", 400);
    Resource w = TinyProgram.resource("w", 400);
    Value g = p.feed(400);
    Value moment = p.map("m/Assign", s -> s.get(0).times(0.5).plus(s.get(1)), p.read(m), g);
    Value updated = p.map("w/Assign", s -> s.get(0).minus(s.get(1)), p.read(w), moment);
    p.builder.update(m, moment);
    p.builder.update(w, updated);
    becomes(
        new FuseSiblings(),
        p.fetch(),
        """
        %0: float32[400] = feed 0  # x
        %1: float32[400] = read m  # m
        %3: float32[400] = read w  # w
        %2: float32[400], %4: float32[400] = map {t4 = add(mul(p0, 0.5), p1); t4, sub(p2, t4)} over [400] views (1) (1) (1) of %1 %0 %3  # m/Assign+w/Assign
        update m = %2
        update w = %4
        fetch
        """);
  }

  @Test
  void mergeAxes() {
    Value x = p.feed(2, 1, 3);
    Value y = p.map("exp", s -> s.get(0).exp(), x);
    becomes(
        new MergeAxes(),
        p.fetch(y),
        """
        %0: float32[2,1,3] = feed 0  # x
        %2: float32[6] = map {exp(p0)} over [6] views (1) of %0  # exp
        %1: float32[2,1,3] = reshape of %2  # exp
        fetch %1
        """);
  }

  @Test
  void mergeAxesKeepsAnAxisWhoseCoordinateCounts() {
    Value x = p.feed(2, 3);
    Value y = p.map("iota", s -> s.get(0).plus(s.get(0).index(1).cast(s.get(0).type())), x);
    Program program = p.fetch(y);
    assertEquals(program.toString(), new MergeAxes().apply(program).toString());
  }
}
