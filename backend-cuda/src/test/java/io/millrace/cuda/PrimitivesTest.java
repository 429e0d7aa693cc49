package io.millrace.cuda;

import io.millrace.ir.Primitive;
import io.millrace.primitives.Accuracy;
import io.millrace.primitives.PrimitivesContract;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import java.util.List;
import org.junit.jupiter.api.Tag;

@Tag("kernels")
class PrimitivesTest extends PrimitivesContract {
  PrimitivesTest() {
    super(new Accuracy(5, Tolerance.relative(5e-5, 1e-12), Tolerance.ulps(4)));
  }

  @Override
  protected void check(List<StepCase> cases) {
    StepRunner.checkAll(cases);
    List<StepCase> convolutions =
        cases.stream().filter(one -> one.primitive() instanceof Primitive.Convolve).toList();
    if (!convolutions.isEmpty()) {
      StepRunner.checkAll(convolutions, StepRunner.driver(false));
    }
  }
}
