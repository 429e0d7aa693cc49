package io.millrace.cuda;

import io.millrace.primitives.Accuracy;
import io.millrace.primitives.ConvolveCases;
import io.millrace.primitives.PrimitivesContract;
import io.millrace.primitives.StepCase;
import io.millrace.primitives.Tolerance;
import io.millrace.type.DType;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An emulated device has algorithms of cuDNN only where a test says so. */
@Tag("kernels")
class PrimitivesTest extends PrimitivesContract {
  PrimitivesTest() {
    super(new Accuracy(5, Tolerance.relative(5e-5, 1e-12), Tolerance.ulps(4)));
  }

  @Override
  protected void check(List<StepCase> cases) {
    StepRunner.checkAll(cases, StepRunner.driver(false));
  }

  @Test
  void cudnnConvolves() {
    StepRunner.checkAll(ConvolveCases.kinds(DType.FLOAT32), StepRunner.driver(true));
  }

  @Test
  void whatIsNotFiniteReachesOnlyWhatSeesItThoughCudnnMixesNeighbours() {
    StepRunner.checkAll(ConvolveCases.notFinite(DType.FLOAT32), StepRunner.driver(true));
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  @Tag("exhaustive")
  void cudnnConvolvesEverything(DType type) {
    StepRunner.checkAll(new ConvolveCases().every(type), StepRunner.driver(true));
  }
}
