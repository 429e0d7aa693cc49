package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds gathers to the reference, bit by bit. */
class EveryGatherTest {
  private static final List<Integer> INNER = List.of(0, 1, 1, 2, 3, 16, 17, 70);

  private static void check(RandomPrograms programs, DType type, DType names, long... dims) {
    Shape data = Shape.of(dims[0], dims[1], dims[2], dims[4]);
    Literal elements = programs.tensor(type, data.size()).reshape(data);
    Literal indices = programs.indices(names, dims[2], dims[0] * dims[3]);
    TensorType output = new TensorType(type, data.with(2, dims[3]));
    List<Literal> inputs = List.of(elements, indices.reshape(Shape.of(dims[0], dims[3])));
    Primitive gather = new Primitive.Gather();
    assertEquals(
        ReferenceInterpreter.evaluate(gather, inputs, List.of(output)).get(0),
        StepRunner.run(gather, inputs, output),
        () -> type + " by " + names + " of " + data + " to " + output.shape());
  }

  @ParameterizedTest
  @EnumSource
  void randomShapes(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    for (int time = 0; time < 150; time++) {
      check(
          programs,
          type,
          programs.pick(List.of(DType.INT32, DType.INT64)),
          programs.random().nextInt(4),
          programs.random().nextInt(4),
          programs.random().nextInt(8),
          programs.random().nextInt(60),
          programs.pick(INNER));
    }
  }

  @ParameterizedTest
  @EnumSource
  void sharedAmongWorkers(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    check(programs, type, DType.INT32, 1, 1, 1000, 150_000, 1);
    check(programs, type, DType.INT64, 2, 3, 500, 30_000, 1);
    check(programs, type, DType.INT32, 2, 2, 300, 5_000, 20);
    check(programs, type, DType.INT64, 1, 1, 5, 9, 40_001);
  }

  /** What an int64 index names does not depend on its lower half alone. */
  @Test
  void farIndicesAreMissing() {
    Literal data = Literal.ofInts(7, 8).reshape(Shape.of(1, 1, 2, 1));
    Literal far = Literal.ofLongs(1, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE, -1, 2);
    assertEquals(
        Literal.ofInts(8, 0, 0, 0, 0, 0).reshape(Shape.of(1, 1, 6, 1)),
        StepRunner.run(
            new Primitive.Gather(),
            List.of(data, far.reshape(Shape.of(1, 6))),
            TensorType.of(DType.INT32, 1, 1, 6, 1)));
  }
}
