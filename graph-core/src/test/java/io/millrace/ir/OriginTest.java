package io.millrace.ir;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.type.SourceLine;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class OriginTest {
  private static final SourceLine LINE = new SourceLine("com.acme.Main.build", "Main.java", 23);

  @Test
  void joiningNamesEachOperationOnce() {
    Origin ab = Origin.join(List.of(Origin.of("a", LINE), Origin.of("b", LINE)));
    Origin ca = Origin.join(List.of(Origin.of("c", LINE), Origin.of("a", LINE)));
    Origin all = Origin.join(List.of(ab, ca, Origin.of("d", LINE)));
    assertEquals("a+b+c+d", all.toString());
    assertEquals(new Origin.Site(Optional.empty(), "c", LINE), all.sites().get(2));
  }

  @Test
  void textsAreShortAndValuesWhole() {
    Origin all =
        IntStream.range(0, 9)
            .mapToObj(i -> Origin.of("op" + i))
            .reduce(Origin.of("op0"), this::add);
    assertEquals("op0+op1+op2+op3+5 more", all.toString());
    assertEquals(9, all.sites().size());
    assertEquals("op0+op1+op2+op3+6 more", add(all, Origin.of("last")).toString());
  }

  private Origin add(Origin a, Origin b) {
    return Origin.join(List.of(a, b));
  }

  @Test
  void sitesTellTheWholePath() {
    Origin.Site call = new Origin.Site(Optional.empty(), "call", LINE);
    Origin.Site inner = new Origin.Site(Optional.of(call), "inner", LINE);
    assertEquals("call/inner", inner.toString());
  }
}
