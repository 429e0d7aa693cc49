package io.millrace.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.DType;
import io.millrace.TensorType;
import io.millrace.ir.Literal;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RandomTest {
  @ParameterizedTest
  @CsvSource({
    "UNIFORM,FLOAT32", "UNIFORM,FLOAT64", "NORMAL,FLOAT32", "NORMAL,FLOAT64",
    "TRUNCATED_NORMAL,FLOAT32", "TRUNCATED_NORMAL,FLOAT64", "BITS,INT32", "BITS,INT64"
  })
  void equalsTheReference(Primitive.Random.Distribution distribution, DType dtype) {
    for (int size : new int[] {0, 1, 3, 4, 7, 4096, 4099, 20_001}) {
      Primitive.Random random = new Primitive.Random(distribution, dtype, 87654321, 5);
      Literal counter = Literal.scalar(DType.INT64, 11 + size);
      TensorType type = TensorType.of(dtype, size);
      Literal wanted =
          ReferenceInterpreter.evaluate(random, List.of(counter), List.of(type)).get(0);
      assertEquals(wanted, StepRunner.run(random, List.of(counter), type));
    }
  }
}
