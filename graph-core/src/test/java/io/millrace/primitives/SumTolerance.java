package io.millrace.primitives;

import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.UnaryFn;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import java.util.List;

/**
 * The tolerance of reductions: none, but for rounded sums and products.
 *
 * <p>A sum of float32 may be off by some roundings of the sum of magnitudes, however many the terms
 * are. The reference adds in double precision one by one, so that a sum of float64 may differ by
 * one more rounding for each term, as a product may for each factor.
 *
 * @param roundings how many a device may need
 * @param ulps what floating elements may be off before they are combined
 */
public record SumTolerance(int roundings, int ulps) implements Tolerance {
  /** Returns the tolerance of sums of elements that are equal to the reference's. */
  public SumTolerance(int roundings) {
    this(roundings, 0);
  }

  /** Returns the same for elements that are off by some units in the last place themselves. */
  public SumTolerance withElementsWithin(int units) {
    return new SumTolerance(roundings, units);
  }

  @Override
  public void check(StepCase one, Literal wanted, Literal got, String about) {
    Primitive.Reduce reduce = (Primitive.Reduce) one.primitive();
    DType type = wanted.type().dtype();
    boolean sum = type.isFloating() && reduce.reduction() == Reduction.SUM;
    Literal scale =
        sum
            ? ReferenceInterpreter.evaluate(magnitudes(reduce), one.inputs(), one.outputs()).get(0)
            : wanted;
    double relative =
        (allowed(reduce, type) + 2 * ulps) * (type == DType.FLOAT32 ? 0x1p-24 : 0x1p-53);
    Tolerance.each(
        wanted,
        got,
        about,
        (i, x, y) -> Math.abs(x - y) <= relative * Math.abs(scale.getDouble(i)));
  }

  private double allowed(Primitive.Reduce reduce, DType type) {
    double terms = reduce.domain().slice(reduce.kept(), reduce.domain().rank()).size();
    return switch (reduce.reduction()) {
      case SUM -> type == DType.FLOAT64 ? roundings + terms : roundings;
      case PROD -> roundings + terms;
      default -> 0;
    };
  }

  /** Returns the sum of the magnitudes. */
  private static Primitive.Reduce magnitudes(Primitive.Reduce reduce) {
    ScalarBuilder builder = new ScalarBuilder();
    List<Scalar> parameters =
        reduce.function().parameters().stream().map(builder::parameter).toList();
    Scalar value = builder.inline(reduce.function(), parameters).get(0);
    return new Primitive.Reduce(
        Reduction.SUM,
        builder.build(List.of(value.apply(UnaryFn.ABS))),
        reduce.domain(),
        reduce.kept(),
        reduce.views());
  }
}
