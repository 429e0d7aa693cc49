package io.millrace.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.acme.AcmeOps;
import io.millrace.GraphException;
import io.millrace.op.Example;
import io.millrace.op.OpFamily;
import io.millrace.ops.linalg.MatrixOps;
import io.millrace.ops.math.BinaryOps;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  /** A family of whatever name and operations. */
  private record Family(String name, List<Example> examples) implements OpFamily {}

  private static String refusal(OpFamily... families) {
    return String.valueOf(
        assertThrows(GraphException.class, () -> new Catalogue(List.of(families))).getMessage());
  }

  @Test
  void everyOperationIsFoundOnce() {
    List<String> names = Catalogue.operations().stream().map(Class::getName).toList();
    assertTrue(names.contains(MatrixOps.MatMul.class.getName()));
    assertTrue(names.contains(BinaryOps.Binary.class.getName()));
    assertTrue(names.contains(AcmeOps.Blend.class.getName()));
    assertEquals(names.size(), names.stream().distinct().count());
  }

  @Test
  void operationsOfOthersAreKnownByName() {
    assertEquals(Optional.of(new AcmeOps.Blend(0.25f)), Catalogue.prototype("AcmeBlend"));
    assertEquals(3, Catalogue.examples(AcmeOps.Blend.class).size());
  }

  @Test
  void familiesOfOneNameAreRefused() {
    String text = refusal(new AcmeOps(), new Family("com.acme", List.of()));
    assertEquals(
        "two families of operations are called 'com.acme': com.acme.AcmeOps and "
            + Family.class.getName(),
        text);
  }

  @Test
  void operationsOfOneNameAreRefused() {
    Family thief = new Family("thief", new AcmeOps().examples());
    assertTrue(refusal(new AcmeOps(), thief).contains("have an operation 'AcmeBlend'"));
    Family alias = new Family("alias", List.of(Example.accepts(BinaryOps.Binary.ADD)));
    assertTrue(refusal(new MillraceOps(), alias).contains("have an operation 'AddV2'"));
  }
}
