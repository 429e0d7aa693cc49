package io.millrace.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
  private long now = 5 * SECOND;

  @Test
  void printsOneLinePerEpochWhenNotInteractive() {
    Progress progress = new Progress(out, false, () -> now, 10, 8000);
    progress.startEpoch();
    now += SECOND;
    progress.update(4000, 1.0);
    now += SECOND;
    progress.update(8000, 0.5);
    now += SECOND;
    progress.endEpoch(0.75, 0.9125);
    progress.startEpoch();
    now += SECOND / 2;
    progress.update(8000, 0.25);
    progress.endEpoch(0.25, 1);
    assertEquals(
        List.of(
            "epoch  1/10  loss 0.7500  accuracy  91.25%  4,000 images/s  time left 0:27",
            "epoch  2/10  loss 0.2500  accuracy 100.00%  16,000 images/s  time left 0:14"),
        lines());
  }

  @Test
  void drawsBarOverOneLineWhenInteractive() {
    Progress progress = new Progress(out, true, () -> now, 3, 1000);
    progress.startEpoch();
    now += SECOND;
    progress.update(250, 2.5);
    String bar = "epoch 1/3 [=====               ]  25%  250 images/s  loss 2.5000  0:03 left";
    assertEquals("\r" + bar, text());
    assertTrue(bar.length() < 80);

    // Too soon to draw again.
    now += SECOND / 100;
    progress.update(300, 2.4);
    assertEquals("\r" + bar, text());

    now += SECOND;
    progress.update(1000, 2.25);
    progress.endEpoch(2.3, 0.1);
    String wiped = "\r" + " ".repeat(bar.length()) + "\r";
    assertTrue(text().contains("] 100%  498 images/s  loss 2.2500  0:00 left"), text());
    assertTrue(text().contains(wiped + "epoch 1/3  loss 2.3000"), text());
  }

  @Test
  void drawsTheFirstUpdateAtOnce() {
    Progress progress = new Progress(out, true, () -> now, 1, 10);
    progress.startEpoch();
    progress.update(1, Double.NaN);
    assertTrue(text().contains("- images/s  loss NaN"), text());
  }

  @Test
  void wipesLongerLines() {
    Progress progress = new Progress(out, true, () -> now, 1, 100);
    progress.startEpoch();
    now += SECOND;
    progress.update(1, 12345.0);
    int length = text().length();
    now += SECOND;
    progress.update(50, 1.0);
    assertEquals(2 * length, text().length());
  }

  @Test
  void isInteractiveOnRealTerminalsOnly() {
    assertTrue(Progress.isInteractive(true, Map.of("TERM", "xterm")));
    assertTrue(Progress.isInteractive(true, Map.of("CI", "false")));
    assertTrue(Progress.isInteractive(true, Map.of()));
    assertFalse(Progress.isInteractive(false, Map.of("TERM", "xterm")));
    assertFalse(Progress.isInteractive(true, Map.of("TERM", "dumb")));
    assertFalse(Progress.isInteractive(true, Map.of("TERM", "xterm", "CI", "true")));
  }

  @Test
  void writesDurations() {
    assertEquals("0:00", Progress.duration(0));
    assertEquals("0:01", Progress.duration(0.2));
    assertEquals("1:00", Progress.duration(59.5));
    assertEquals("59:59", Progress.duration(3599));
    assertEquals("1:00:00", Progress.duration(3600));
    assertEquals("26:46:40", Progress.duration(96400));
  }

  private List<String> lines() {
    return text().lines().collect(Collectors.toList());
  }

  private String text() {
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
