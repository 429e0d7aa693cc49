package io.millrace.cuda;

import io.millrace.DType;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Holds cumulative sums and products to the reference. */
@Tag("kernels")
class EveryScanTest {
  private static final List<DType> TYPES =
      List.of(DType.FLOAT32, DType.FLOAT64, DType.INT32, DType.INT64, DType.UINT8);

  private static final List<Shape> SMALL =
      List.of(
          Shape.of(1, 1, 1),
          Shape.of(300, 8, 1),
          Shape.of(0, 4, 1),
          Shape.of(2, 0, 1),
          Shape.of(2, 0, 20),
          Shape.of(2, 3, 0),
          Shape.of(2, 5, 3),
          Shape.of(3, 4, 16),
          Shape.of(2, 3, 70),
          Shape.of(5, 40, 301));

  /** Where the order of the operations is not that of the reference. */
  private static final List<Shape> DIVIDED =
      List.of(
          Shape.of(3, 9, 1),
          Shape.of(9, 32, 1),
          Shape.of(20, 33, 1),
          Shape.of(7, 1024, 1),
          Shape.of(2, 1025, 1),
          Shape.of(40, 2049, 1),
          Shape.of(1, 20_000, 1),
          Shape.of(3, 10_241, 1),
          Shape.of(1, 70_001, 1),
          Shape.of(2, 3001, 2),
          Shape.of(1, 200, 3));

  private final RandomTensors tensors = new RandomTensors(1);

  private static List<Primitive> scans() {
    List<Primitive> scans = new ArrayList<>();
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.PROD)) {
      for (int flags = 0; flags < 4; flags++) {
        scans.add(new Primitive.Scan(reduction, (flags & 1) != 0, (flags & 2) != 0));
      }
    }
    return scans;
  }

  @Test
  void elementsOneAfterAnother() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (DType type : TYPES) {
      for (Shape shape : SMALL) {
        Literal input = tensors.numbers(type, shape.dims());
        for (Primitive scan : scans()) {
          cases.add(StepRunner.Case.of(scan, List.of(input), input.type()));
        }
      }
    }
    StepRunner.checkAll(cases, StepRunner.driver(), 0, 0);
  }

  @Test
  void wrappingIntegers() {
    ExactCases cases = new ExactCases();
    for (DType type : List.of(DType.INT32, DType.INT64, DType.UINT8)) {
      for (Shape shape : DIVIDED) {
        // Odd, so that products do not soon become zero.
        Literal.Builder input = new Literal.Builder(new TensorType(type, shape));
        for (long i = 0; i < shape.size(); i++) {
          input.setLong(i, 1 | tensors.below(Integer.MAX_VALUE));
        }
        Literal numbers = input.build();
        scans().forEach(scan -> cases.add(scan, List.of(numbers), numbers.type()));
      }
    }
    cases.check();
  }

  @Test
  void positionsOf64Bits() {
    ExactCases cases = new ExactCases();
    for (Shape shape : DIVIDED) {
      Literal numbers = tensors.numbers(DType.INT32, shape.dims());
      for (Primitive scan : scans().subList(0, 4)) {
        cases.add(scan, List.of(numbers), numbers.type());
      }
    }
    cases.checkWide();
  }

  @Test
  void roundedNumbers() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (Shape shape : DIVIDED) {
        // Near 1, so that products neither vanish nor overflow.
        Literal.Builder input = new Literal.Builder(new TensorType(type, shape));
        for (long i = 0; i < shape.size(); i++) {
          double sign = tensors.below(2) == 0 ? -1 : 1;
          input.setDouble(i, sign * (0.999 + 0.002 * tensors.below(1000) / 999));
        }
        Literal numbers = input.build();
        for (Primitive scan : scans()) {
          cases.add(StepRunner.Case.of(scan, List.of(numbers), numbers.type()));
        }
      }
    }
    StepRunner.checkAll(cases, StepRunner.driver(), 5e-5, 1e-12);
  }

  /** Infinities and NaN reach every later sum, and no earlier one. */
  @Test
  void specialNumbers() {
    List<StepRunner.Case> cases = new ArrayList<>();
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
      for (Shape shape : DIVIDED) {
        for (double special :
            new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
          Literal.Builder input = new Literal.Builder(new TensorType(type, shape));
          for (long i = 0; i < shape.size(); i++) {
            input.setDouble(i, (double) (i % 3));
          }
          input.setDouble(tensors.below((int) shape.size()), special);
          Literal numbers = input.build();
          scans().stream()
              .limit(4)
              .forEach(
                  scan -> cases.add(StepRunner.Case.of(scan, List.of(numbers), numbers.type())));
        }
      }
    }
    StepRunner.checkAll(cases);
  }
}
