package io.millrace.cpu.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cpu.StepRunner;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.primitives.Tolerance;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ReduceKernelTest {
  private static final Spans SCALAR = new Spans(Spans.Mode.SCALAR);
  private static final Spans VECTOR = new Spans(Spans.Mode.VECTOR);
  private static final WorkerPool ONE = new WorkerPool(1);
  private static final WorkerPool TWO = new WorkerPool(2);

  private static final List<Shape> DOMAINS =
      List.of(
          Shape.of(0, 3),
          Shape.of(3, 0),
          Shape.of(1),
          Shape.of(17),
          Shape.of(5000),
          Shape.of(100, 10),
          Shape.of(10, 100),
          Shape.of(6, 1000),
          Shape.of(3, 300),
          Shape.of(300, 40),
          Shape.of(7, 1, 9, 33),
          Shape.of(2, 3, 4, 5),
          Shape.of(2500, 3));

  @AfterAll
  static void stop() {
    ONE.close();
    TWO.close();
  }

  @Test
  void randomReductionsEqualTheReference() {
    for (int seed = 0; seed < 800; seed++) {
      RandomLoops loops = new RandomLoops(seed);
      DType dtype = loops.pick(DType.ofElements());
      Reduction reduction = loops.pick(List.of(Reduction.values()));
      boolean logical = reduction == Reduction.ALL || reduction == Reduction.ANY;
      if (logical != (dtype == DType.BOOL)) {
        dtype = logical ? DType.BOOL : DType.FLOAT32;
      }
      Shape domain = loops.pick(DOMAINS);
      int kept = loops.below(domain.rank() + 1);
      boolean empty = domain.slice(kept, domain.rank()).size() == 0;
      if (empty && reduction.isPosition()) {
        continue;
      }
      check(loops, reduction, dtype, domain, kept, "seed " + seed);
    }
  }

  private static void check(
      RandomLoops loops, Reduction reduction, DType dtype, Shape domain, int kept, String seed) {
    View view = loops.below(3) == 0 ? columns(domain, kept) : loops.view(domain);
    List<Literal> inputs = new ArrayList<>(List.of(loops.tensor(dtype, domain, view)));
    List<View> views = new ArrayList<>(List.of(view));
    ScalarBuilder builder = new ScalarBuilder();
    var value = builder.parameter(dtype);
    if (dtype.isNumeric() && loops.random().nextBoolean()) {
      View other = loops.view(domain);
      views.add(other);
      inputs.add(loops.tensor(dtype, domain, other));
      value = value.plus(builder.parameter(dtype));
      if (dtype == DType.INT64) {
        value = value.plus(builder.index(loops.below(domain.rank())));
      }
    }
    ScalarFunction function = builder.build(List.of(value));
    Primitive.Reduce reduce = new Primitive.Reduce(reduction, function, domain, kept, views);
    TensorType type = new TensorType(reduction.resultType(dtype), domain.slice(0, kept));
    Literal expected = ReferenceInterpreter.evaluate(reduce, inputs, List.of(type)).get(0);
    Literal scalar = StepRunner.run(reduce, inputs, List.of(type), SCALAR, ONE).get(0);
    Literal vector = StepRunner.run(reduce, inputs, List.of(type), VECTOR, TWO).get(0);
    String about = seed + ": " + reduction + " " + function + " over " + domain + kept + views;
    Tolerance.assertClose(scalar, vector, 0, about);
    if (!type.dtype().isFloating() || reduction == Reduction.MAX || reduction == Reduction.MIN) {
      Tolerance.assertClose(expected, scalar, 0, about);
    } else if (reduction == Reduction.SUM) {
      assertSum(expected, scalar, about);
    } else {
      assertProduct(expected, scalar, about);
    }
  }

  /** Returns the view of a dense tensor whose reduced axes come first. */
  private static View columns(Shape domain, int kept) {
    long[] strides = new long[domain.rank()];
    long stride = 1;
    for (int i = kept - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= domain.dim(i);
    }
    for (int i = domain.rank() - 1; i >= kept; i--) {
      strides[i] = stride;
      stride *= domain.dim(i);
    }
    return View.of(0, strides);
  }

  /** The elements are about 3 in size, those that are infinite or 1e30 apart. */
  private static void assertSum(Literal expected, Literal actual, String about) {
    for (long i = 0; i < expected.size(); i++) {
      double x = expected.getDouble(i);
      double y = actual.getDouble(i);
      double scale = Math.max(500, Math.abs(x));
      boolean large = Math.abs(x) > 1e29 || Math.abs(y) > 1e29;
      double tolerance =
          large ? 2e30 : scale * (expected.type().dtype() == DType.FLOAT32 ? 1e-6 : 1e-13);
      boolean same = Double.compare(x, y) == 0 || Math.abs(x - y) <= tolerance;
      String element = about + " element " + i;
      assertTrue(same, () -> element + " is " + y + " instead of " + x);
    }
  }

  /** A product may leave the range in one order and not in another. */
  private static void assertProduct(Literal expected, Literal actual, String about) {
    for (long i = 0; i < expected.size(); i++) {
      double x = expected.getDouble(i);
      double y = actual.getDouble(i);
      boolean ordinary = Math.abs(x) > 1e-20 && Math.abs(x) < 1e20 && Math.abs(y) < 1e20;
      boolean same = !ordinary || Math.abs(x - y) <= 1e-3 * Math.abs(x);
      String element = about + " element " + i;
      assertTrue(same, () -> element + " is " + y + " instead of " + x);
    }
  }

  @Test
  void aLongSumIsAccurateAndTheSameOnTwoThreads() {
    RandomLoops loops = new RandomLoops(1);
    int size = 1_000_003;
    Literal.Builder builder = new Literal.Builder(TensorType.of(DType.FLOAT32, size));
    for (int i = 0; i < size; i++) {
      builder.setDouble(i, loops.random().nextDouble());
    }
    ScalarBuilder scalar = new ScalarBuilder();
    ScalarFunction copy = scalar.build(List.of(scalar.parameter(DType.FLOAT32)));
    Shape domain = Shape.of(size);
    Primitive.Reduce sum =
        new Primitive.Reduce(Reduction.SUM, copy, domain, 0, List.of(View.dense(domain)));
    TensorType type = TensorType.of(DType.FLOAT32);
    List<Literal> inputs = List.of(builder.build());
    Literal one = StepRunner.run(sum, inputs, List.of(type), SCALAR, ONE).get(0);
    Literal two = StepRunner.run(sum, inputs, List.of(type), VECTOR, TWO).get(0);
    assertEquals(one, two);
    Literal expected = ReferenceInterpreter.evaluate(sum, inputs, List.of(type)).get(0);
    assertEquals(expected.getDouble(0), one.getDouble(0), 1e-6 * size);
  }
}
