package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Cumulative sums and products. */
public final class ScanCases implements Cases {
  private static final List<Shape> SMALL =
      List.of(
          Shape.of(1, 1, 1),
          Shape.of(300, 8, 1),
          Shape.of(0, 4, 1),
          Shape.of(2, 0, 1),
          Shape.of(2, 0, 20),
          Shape.of(2, 3, 0),
          Shape.of(2, 5, 3),
          Shape.of(2, 5, 15),
          Shape.of(3, 4, 16),
          Shape.of(2, 3, 70),
          Shape.of(5, 40, 301));

  /** Where several workers may share a row, so that the order may not be the reference's. */
  private static final List<Shape> LONG =
      List.of(
          Shape.of(3, 9, 1),
          Shape.of(3, 17, 1),
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

  /** Where the rows are divided among workers too. */
  private static final List<Shape> MANY = List.of(Shape.of(20_001, 4, 1), Shape.of(90, 20, 33));

  /** So many that one type tells it all. */
  private static final List<Shape> MOST = List.of(Shape.of(2, 66_000, 2), Shape.of(5, 4, 3001));

  /** One that is done at once, and one that is divided. */
  private static final List<Shape> BOTH = List.of(Shape.of(20, 33, 1), Shape.of(3, 10_241, 1));

  private final Tolerance rounded;
  private final RandomTensors tensors = new RandomTensors(1);

  /**
   * Makes scans for one device.
   *
   * @param rounded how near long sums and products of floating numbers come
   */
  public ScanCases(Tolerance rounded) {
    this.rounded = rounded;
  }

  @Override
  public List<StepCase> telling() {
    List<StepCase> cases = new ArrayList<>(small(DType.FLOAT32));
    cases.addAll(rows(DType.FLOAT32, LONG));
    cases.addAll(special(DType.FLOAT32, BOTH));
    for (DType type : List.of(DType.FLOAT64, DType.INT32, DType.INT64, DType.UINT8)) {
      cases.addAll(of(type, Shape.of(2, 5, 3)));
      cases.addAll(of(type, Shape.of(3, 4, 70)));
      cases.addAll(rows(type, List.of(Shape.of(9, 32, 1), Shape.of(3, 10_241, 1))));
    }
    cases.addAll(rows(DType.FLOAT32, MANY));
    return cases;
  }

  @Override
  public List<StepCase> every(DType type) {
    List<StepCase> cases = new ArrayList<>();
    if (type.isNumeric()) {
      cases.addAll(small(type));
      cases.addAll(rows(type, LONG));
      cases.addAll(rows(type, MANY));
      cases.addAll(type == DType.FLOAT32 ? rows(type, MOST) : List.of());
      cases.addAll(
          type.isFloating() ? special(type, type == DType.FLOAT32 ? LONG : BOTH) : List.of());
    }
    return cases;
  }

  private static List<StepCase> of(Literal numbers, Reduction... reductions) {
    List<StepCase> cases = new ArrayList<>();
    for (Reduction reduction : reductions) {
      for (int flags = 0; flags < 4; flags++) {
        Primitive scan = new Primitive.Scan(reduction, (flags & 1) != 0, (flags & 2) != 0);
        cases.add(StepCase.of(scan, List.of(numbers), numbers.type()).within(Tolerance.ulps(0)));
      }
    }
    return cases;
  }

  /** Returns scans of small numbers, some of them special, along the middle axis. */
  private List<StepCase> of(DType type, Shape shape) {
    return of(tensors.numbers(type, shape.dims()), Reduction.SUM, Reduction.PROD);
  }

  /** Returns such whose elements no device divides among workers. */
  private List<StepCase> small(DType type) {
    return SMALL.stream().flatMap(shape -> of(type, shape).stream()).toList();
  }

  /** Returns long ones: of odd integers, or of numbers near 1, whose products do not vanish. */
  public List<StepCase> rows(DType type) {
    return rows(type, LONG);
  }

  private List<StepCase> rows(DType type, List<Shape> shapes) {
    List<StepCase> cases = new ArrayList<>();
    for (Shape shape : shapes) {
      Literal.Builder input = new Literal.Builder(new TensorType(type, shape));
      for (long i = 0; i < shape.size(); i++) {
        if (type.isFloating()) {
          double sign = tensors.below(2) == 0 ? -1 : 1;
          input.setDouble(i, sign * (0.999 + 0.002 * tensors.below(1000) / 999));
        } else {
          input.setLong(i, 1 | tensors.below(Integer.MAX_VALUE));
        }
      }
      for (StepCase one : of(input.build(), Reduction.SUM, Reduction.PROD)) {
        cases.add(one.within(rounded));
      }
    }
    return cases;
  }

  /** Returns sums in which infinities and NaN reach every later one, and no earlier one. */
  private List<StepCase> special(DType type, List<Shape> shapes) {
    List<StepCase> cases = new ArrayList<>();
    for (Shape shape : shapes) {
      for (double special :
          new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
        Literal.Builder input = new Literal.Builder(new TensorType(type, shape));
        for (long i = 0; i < shape.size(); i++) {
          input.setDouble(i, (double) (i % 3));
        }
        input.setDouble(tensors.below((int) shape.size()), special);
        cases.addAll(of(input.build(), Reduction.SUM));
      }
    }
    return cases;
  }
}
