package io.millrace.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import java.util.ArrayList;
import java.util.List;

/** Steps whose results must be the reference's to the last bit; their kernels compile together. */
final class ExactCases {
  private final List<StepRunner.Case> cases = new ArrayList<>();

  /** Adds a step. */
  void add(Primitive primitive, List<Literal> inputs, TensorType... outputs) {
    cases.add(StepRunner.Case.of(primitive, inputs, outputs));
  }

  /** Adds a step whose output takes the place of an input. */
  void addInPlace(int input, Primitive primitive, List<Literal> inputs, TensorType... outputs) {
    cases.add(StepRunner.Case.of(primitive, inputs, outputs).inPlace(input));
  }

  /** Runs them all. */
  void check() {
    Driver driver = StepRunner.driver();
    StepRunner.prepare(cases, driver);
    cases.forEach(one -> check(one, StepRunner.run(one, driver, false)));
  }

  /** Runs them all with counts and positions of 64 bits. */
  void checkWide() {
    Driver driver = StepRunner.driver();
    StepRunner.prepareWide(cases, driver);
    cases.forEach(one -> check(one, StepRunner.runWide(one, driver)));
  }

  private static void check(StepRunner.Case one, StepRunner.Result result) {
    assertEquals(-1, result.status(), one::toString);
    List<Literal> wanted = one.wanted();
    for (int i = 0; i < wanted.size(); i++) {
      Literal expected = wanted.get(i);
      Literal got = result.outputs().get(i);
      assertEquals(expected, got, () -> difference(expected, got) + " of " + result.commands());
    }
  }

  private static String difference(Literal wanted, Literal got) {
    for (long i = 0; i < wanted.size(); i++) {
      if (Double.compare(wanted.getDouble(i), got.getDouble(i)) != 0
          || wanted.getLong(i) != got.getLong(i)) {
        return "element " + i + ": " + wanted.getDouble(i) + ", but " + got.getDouble(i);
      }
    }
    return "bits";
  }
}
