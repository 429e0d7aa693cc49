package io.millrace.cpu.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.cpu.StepRunner;
import io.millrace.cpu.loops.Spans;
import io.millrace.cpu.workers.WorkerPool;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.primitives.RandomLoops;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MoveKernelTest {
  private static final Spans SPANS = new Spans(Spans.Mode.SCALAR);
  private static final WorkerPool TWO = new WorkerPool(2);

  private static final List<Shape> EXTENTS =
      List.of(
          Shape.of(0),
          Shape.scalar(),
          Shape.of(17),
          Shape.of(70_000),
          Shape.of(100, 10),
          Shape.of(65, 67),
          Shape.of(300, 200),
          Shape.of(3, 40, 50),
          Shape.of(2, 3, 4, 5));

  @AfterAll
  static void stop() {
    TWO.close();
  }

  @Test
  void randomPiecesEqualTheReference() {
    for (int seed = 0; seed < 400; seed++) {
      RandomLoops loops = new RandomLoops(seed);
      DType dtype = loops.pick(DType.ofElements());
      Shape extent = loops.pick(EXTENTS);
      View source = loops.view(extent);
      int gap = loops.below(3);
      int before = loops.below(5);
      // Each axis of the target is longer by the gap; some are walked backwards.
      long[] strides = new long[extent.rank()];
      long first = before;
      long stride = loops.random().nextBoolean() ? 1 : 2;
      for (int axis = extent.rank() - 1; axis >= 0; axis--) {
        boolean reversed = loops.below(4) == 0;
        strides[axis] = reversed ? -stride : stride;
        first += reversed ? stride * Math.max(0, extent.dim(axis) - 1) : 0;
        stride *= Math.max(1, extent.dim(axis)) + gap;
      }
      TensorType output = TensorType.of(dtype, before + stride + 3);
      Primitive.Move move =
          new Primitive.Move(
              List.of(new Primitive.Move.Piece(0, extent, source, View.of(first, strides))),
              Optional.of(new ScalarFunction.Constant(dtype, 1)));
      List<Literal> inputs = List.of(loops.tensor(dtype, extent, source));
      assertEquals(
          ReferenceInterpreter.evaluate(move, inputs, List.of(output)),
          StepRunner.run(move, inputs, List.of(output), SPANS, TWO),
          "seed " + seed + ": " + extent + source);
    }
  }

  @Test
  void piecesOfSeveralInputsAreJoined() {
    RandomLoops loops = new RandomLoops(3);
    List<Literal> inputs =
        List.of(loops.numbers(DType.FLOAT32, 6), loops.numbers(DType.FLOAT32, 4));
    Primitive.Move join =
        new Primitive.Move(
            List.of(
                new Primitive.Move.Piece(0, Shape.of(2, 3), View.of(0, 3, 1), View.of(0, 5, 1)),
                new Primitive.Move.Piece(1, Shape.of(2, 2), View.of(0, 2, 1), View.of(3, 5, 1))),
            Optional.empty());
    List<TensorType> output = List.of(TensorType.of(DType.FLOAT32, 2, 5));
    assertEquals(
        ReferenceInterpreter.evaluate(join, inputs, output),
        StepRunner.run(join, inputs, output, SPANS, TWO));
  }
}
