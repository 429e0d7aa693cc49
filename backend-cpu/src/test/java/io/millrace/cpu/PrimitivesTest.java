package io.millrace.cpu;

import io.millrace.primitives.Accuracy;
import io.millrace.primitives.PrimitivesContract;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import java.util.List;

class PrimitivesTest extends PrimitivesContract {
  PrimitivesTest() {
    super(new Accuracy(8, Tolerance.ulps(0), Tolerance.BITS));
  }

  @Override
  protected void check(List<StepCase> cases) {
    StepRunner.checkAll(cases);
  }
}
