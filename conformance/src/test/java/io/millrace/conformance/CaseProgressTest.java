package io.millrace.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CaseProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private long now;

  private CaseProgress progress(int cases) {
    return new CaseProgress(new PrintStream(shown), () -> now, cases);
  }

  private void count(CaseProgress progress, int cases, long millis) {
    now += millis * 1_000_000;
    for (int i = 0; i < cases; i++) {
      progress.count();
    }
  }

  @Test
  void tellsRateAndTimeLeft() {
    CaseProgress progress = progress(1000);
    count(progress, 1, 500);
    assertEquals("\r1 of 1000 cases  2 cases/s  8:20 left", text());
  }

  @Test
  void isDrawnTenTimesASecondAtMost() {
    CaseProgress progress = progress(1000);
    count(progress, 50, 99);
    assertEquals("", text());
    count(progress, 50, 1);
    assertEquals("\r51 of 1000 cases  510 cases/s  0:02 left", text());
  }

  @Test
  void isWipedForOtherOutput() {
    CaseProgress progress = progress(2);
    progress.clear();
    count(progress, 1, 1000);
    String line = text();
    progress.clear();
    progress.clear();
    assertEquals(line + "\r" + " ".repeat(line.length() - 1) + "\r", text());
  }

  private String text() {
    return shown.toString(StandardCharsets.UTF_8);
  }
}
