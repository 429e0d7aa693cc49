package io.millrace.conformance;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells on one line of a terminal how many cases have run, how fast, and how long the rest takes.
 *
 * <p>Not for several threads.
 */
final class CaseProgress {
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintStream terminal;
  private final LongSupplier nanos;
  private final int cases;
  private final long start;
  private long drawn;
  private int done;
  private int shown;

  /**
   * Starts the clock.
   *
   * @param nanos a clock in nanoseconds from any origin, such as {@code System::nanoTime}
   * @param cases how many cases there are
   */
  CaseProgress(PrintStream terminal, LongSupplier nanos, int cases) {
    this.terminal = terminal;
    this.nanos = nanos;
    this.cases = cases;
    start = nanos.getAsLong();
    drawn = start;
  }

  /** Counts a case, and redraws the line at most ten times a second. */
  void count() {
    done++;
    long now = nanos.getAsLong();
    if (now - drawn >= REDRAW_NANOS) {
      drawn = now;
      double seconds = (now - start) / NANOS_PER_SECOND;
      long left = (long) Math.ceil(seconds / done * (cases - done));
      draw(
          String.format(
              Locale.ROOT,
              "%d of %d cases  %.0f cases/s  %d:%02d left",
              done,
              cases,
              done / seconds,
              left / 60,
              left % 60));
    }
  }

  /** Makes room for other output. */
  void clear() {
    if (shown > 0) {
      draw("");
      terminal.print('\r');
      terminal.flush();
    }
  }

  /** Writes over the line shown last; spaces, not escape codes, so that any terminal will do. */
  private void draw(String line) {
    terminal.print('\r' + line + " ".repeat(Math.max(0, shown - line.length())));
    terminal.flush();
    shown = line.length();
  }
}
