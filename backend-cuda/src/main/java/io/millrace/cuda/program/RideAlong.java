package io.millrace.cuda.program;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.Gemm;
import io.millrace.cuda.command.Target;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.View;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Lets a bias, and the activation after it, be added while the product before is stored. */
final class RideAlong {
  private static final ScalarFunction BIAS = bias(false);
  private static final ScalarFunction BIAS_AND_RELU = bias(true);

  private final Gemm product;
  private final Place result;
  private final Step loop;
  private final Primitive.Map map;

  private RideAlong(Gemm product, Place result, Step loop, Primitive.Map map) {
    this.product = product;
    this.result = result;
    this.loop = loop;
    this.map = map;
  }

  private static ScalarFunction bias(boolean relu) {
    ScalarBuilder builder = new ScalarBuilder();
    Scalar sum = builder.parameter(DType.FLOAT32).plus(builder.parameter(DType.FLOAT32));
    return builder.build(List.of(relu ? sum.max(0) : sum));
  }

  /** Returns the same parts with fewer commands. */
  static List<DeviceProgram.Part> apply(List<DeviceProgram.Part> parts, Target target) {
    List<DeviceProgram.Part> result = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      DeviceProgram.Part part = parts.get(i);
      Optional<Gemm> whole =
          i + 1 < parts.size() ? joined(part, parts.get(i + 1), target) : Optional.empty();
      if (whole.isPresent()) {
        DeviceProgram.Part next = parts.get(i + 1);
        result.add(
            part.with(List.of(whole.get()), Origin.join(List.of(part.origin(), next.origin()))));
        result.add(next.with(List.of(), next.origin()));
        i++;
      } else {
        result.add(part);
      }
    }
    return result;
  }

  private static Optional<Gemm> joined(
      DeviceProgram.Part part, DeviceProgram.Part next, Target target) {
    if (part.commands().size() == 1
        && part.commands().get(0) instanceof Gemm product
        && next.step().primitive() instanceof Primitive.Map map) {
      return new RideAlong(product, part.step().output(), next.step(), map)
          .whole()
          .filter(target.epilogues()::has);
    }
    return Optional.empty();
  }

  /** Returns the product that does the loop's work too, if there is one. */
  private Optional<Gemm> whole() {
    boolean relu = map.function().equals(BIAS_AND_RELU);
    if (product.batch() != 1
        || product.dtype() != DType.FLOAT32
        || !(relu || map.function().equals(BIAS))
        || loop.inputs().size() != 2
        // Elsewhere, what the product reads might be overwritten, or its own result be missed.
        || !loop.output().sameStart(result)) {
      return Optional.empty();
    }
    int side = loop.inputs().get(0).sameStart(result) ? 0 : 1;
    Place bias = loop.inputs().get(1 - side);
    View across = map.views().get(1 - side);
    Shape domain = Shape.of(product.m(), product.n());
    if (!map.domain().equals(domain)
        || !loop.inputs().get(side).sameStart(result)
        || !map.views().get(side).isDense(domain)
        || !across.equals(View.of(0, 0, 1))
        || bias.sameStart(result)) {
      return Optional.empty();
    }
    return Optional.of(product.with(new Gemm.Epilogue(Address.of(bias), relu)));
  }
}
