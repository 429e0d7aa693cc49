package io.millrace.cpu;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.HostMemory;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds scatters to the reference, exactly, with all forms of loops. */
class EveryScatterTest {
  private static final List<Spans> SCALAR = List.of(new Spans(Spans.Mode.SCALAR));
  private static final List<Spans> ALL =
      List.of(new Spans(Spans.Mode.SCALAR), new Spans(Spans.Mode.VECTOR));
  private static final List<WorkerPool> POOLS =
      List.of(new WorkerPool(1), new WorkerPool(2), new WorkerPool(3));

  @AfterAll
  static void stop() {
    POOLS.forEach(WorkerPool::close);
  }

  private static final List<Integer> INNER = List.of(0, 1, 1, 2, 3, 15, 16, 17, 70);

  private static List<Literal> inputs(
      RandomPrograms programs, DType type, DType names, long rows, long count, long inner) {
    return List.of(
        programs.tensor(type, rows * inner).reshape(Shape.of(rows, inner)),
        programs.indices(names, rows, count),
        programs.tensor(type, count * inner).reshape(Shape.of(count, inner)));
  }

  private static void check(Combine combine, List<Literal> inputs, List<Spans> forms) {
    KernelRunner.check(new Primitive.Scatter(combine), inputs, inputs.get(0).type(), forms, POOLS);
  }

  private static List<Combine> combines(DType type) {
    return type.isNumeric() ? List.of(Combine.values()) : List.of(Combine.SET);
  }

  @ParameterizedTest
  @EnumSource
  void randomShapes(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    for (int time = 0; time < 40; time++) {
      for (Combine combine : combines(type)) {
        check(
            combine,
            inputs(
                programs,
                type,
                programs.pick(List.of(DType.INT32, DType.INT64)),
                programs.random().nextInt(8),
                programs.random().nextInt(40),
                programs.pick(INNER)),
            ALL);
      }
    }
  }

  /** Many updates of each row, so that an order other than theirs rounds otherwise. */
  @ParameterizedTest
  @EnumSource
  void sharedAmongWorkers(DType type) {
    RandomPrograms programs = new RandomPrograms(type.bytes());
    for (Combine combine : combines(type)) {
      check(combine, inputs(programs, type, DType.INT32, 50, 70_001, 1), SCALAR);
      check(combine, inputs(programs, type, DType.INT64, 301, 2_000, 5), SCALAR);
      check(combine, inputs(programs, type, DType.INT64, 41, 2_500, 18), SCALAR);
      check(combine, inputs(programs, type, DType.INT32, 7, 900, 70), SCALAR);
      check(combine, inputs(programs, type, DType.INT32, 11, 400, 1003), SCALAR);
      check(combine, inputs(programs, type, DType.INT64, 3, 7, 40_001), SCALAR);
    }
  }

  @Test
  void inThePlaceOfTheBase() {
    RandomPrograms programs = new RandomPrograms(1);
    for (Combine combine : Combine.values()) {
      List<Literal> inputs = inputs(programs, DType.FLOAT32, DType.INT32, 100, 500, 70);
      Primitive scatter = new Primitive.Scatter(combine);
      TensorType type = inputs.get(0).type();
      Place base = new Place(Place.Space.FEED, 0, 0, type);
      Place indices = new Place(Place.Space.FEED, 1, 0, inputs.get(1).type());
      Place updates = new Place(Place.Space.FEED, 2, 0, inputs.get(2).type());
      Step step = new Step(scatter, List.of(base, indices, updates), List.of(base), "step");
      List<HostMemory> feeds = inputs.stream().map(KernelRunner::memory).toList();
      try (WorkerPool pool = new WorkerPool(2);
          Frame frame = new Frame(0, new HostMemory[0], pool, 0)) {
        frame.bind(feeds, List.of(), List.of());
        KernelFactory.of(step).run(frame);
        Literals.assertClose(
            ReferenceInterpreter.evaluate(scatter, inputs, List.of(type)).get(0),
            KernelRunner.literal(type, feeds.get(0)),
            0,
            scatter.toString());
      } finally {
        feeds.forEach(HostMemory::close);
      }
    }
  }
}
