package io.millrace.examples;

import java.io.Console;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells how far training has come: one line per epoch and, on a terminal, a bar within the epoch.
 *
 * <p>Call {@link #startEpoch}, then {@link #update} after each batch, then {@link #endEpoch}. The
 * rate counts the time up to the last update, so evaluation before {@code endEpoch} does not lower
 * it; the time left counts everything. Not for several threads.
 */
final class Progress {
  private static final int BAR_CELLS = 20;
  private static final long REDRAW_NANOS = 100_000_000L;
  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintStream out;
  private final boolean interactive;
  private final LongSupplier nanos;
  private final int epochs;
  private final int imagesPerEpoch;

  private boolean started;
  private long runStart;
  private long epochStart;
  private long lastUpdate;
  private long lastDraw;
  private int epoch;
  private int done;
  private int shownChars;

  /**
   * Prepares to report; nothing is printed before the first epoch.
   *
   * @param interactive whether to draw the bar, which needs a terminal
   * @param nanos a clock in nanoseconds from any origin, such as {@code System::nanoTime}
   * @param epochs the number of epochs of the run
   * @param imagesPerEpoch the number of images trained on in each
   */
  Progress(
      PrintStream out, boolean interactive, LongSupplier nanos, int epochs, int imagesPerEpoch) {
    this.out = out;
    this.interactive = interactive;
    this.nanos = nanos;
    this.epochs = epochs;
    this.imagesPerEpoch = imagesPerEpoch;
  }

  /** Returns one that reports to standard output, with the bar if that is a terminal. */
  static Progress toStandardOutput(int epochs, int imagesPerEpoch) {
    boolean interactive = isInteractive(hasTerminal(), System.getenv());
    return new Progress(System.out, interactive, System::nanoTime, epochs, imagesPerEpoch);
  }

  /** Returns whether a bar may be drawn: on a terminal that is not dumb, and not in CI. */
  static boolean isInteractive(boolean terminal, Map<String, String> environment) {
    String ci = environment.getOrDefault("CI", "");
    return terminal
        && !"dumb".equals(environment.get("TERM"))
        && (ci.isEmpty() || ci.equals("false"));
  }

  // The console is null without a terminal before JDK 22 only; hence the second question.
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      // A method of JDK 22 and later.
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }

  /** Begins the next epoch. */
  void startEpoch() {
    long now = nanos.getAsLong();
    if (!started) {
      started = true;
      runStart = now;
    }
    epoch++;
    epochStart = now;
    lastUpdate = now;
    lastDraw = now - REDRAW_NANOS;
    done = 0;
  }

  /**
   * Hears that a batch is done, and redraws the bar at most ten times a second.
   *
   * @param imagesDone the number of images trained on since the epoch began
   * @param loss the loss to show
   */
  void update(int imagesDone, double loss) {
    lastUpdate = nanos.getAsLong();
    done = imagesDone;
    if (interactive && lastUpdate - lastDraw >= REDRAW_NANOS) {
      lastDraw = lastUpdate;
      draw(bar(loss));
    }
  }

  /**
   * Ends the epoch and prints its line.
   *
   * @param loss the epoch's mean loss
   * @param accuracy the share of right predictions, in [0, 1]
   */
  void endEpoch(double loss, double accuracy) {
    if (shownChars > 0) {
      draw("");
      out.print('\r');
    }
    double perEpoch = seconds(nanos.getAsLong() - runStart) / epoch;
    out.println(
        String.format(
            Locale.ROOT,
            "%s  loss %.4f  accuracy %6.2f%%  %s  time left %s",
            epochLabel(),
            loss,
            100 * accuracy,
            rate(),
            duration(perEpoch * (epochs - epoch))));
    out.flush();
  }

  private String bar(double loss) {
    double share = Math.min(1.0, (double) done / imagesPerEpoch);
    int filled = (int) (share * BAR_CELLS);
    double left = share == 0 ? 0 : seconds(lastUpdate - epochStart) * (1 - share) / share;
    return String.format(
        Locale.ROOT,
        "%s [%s%s] %3d%%  %s  loss %.4f  %s left",
        epochLabel(),
        "=".repeat(filled),
        " ".repeat(BAR_CELLS - filled),
        (int) (100 * share),
        rate(),
        loss,
        duration(left));
  }

  /** Writes over the line shown last; spaces, not escape codes, so that any terminal will do. */
  private void draw(String line) {
    out.print('\r' + line + " ".repeat(Math.max(0, shownChars - line.length())));
    out.flush();
    shownChars = line.length();
  }

  private String epochLabel() {
    int width = Integer.toString(epochs).length();
    return String.format(Locale.ROOT, "epoch %" + width + "d/%d", epoch, epochs);
  }

  private String rate() {
    double elapsed = seconds(lastUpdate - epochStart);
    return elapsed > 0
        ? String.format(Locale.ROOT, "%,.0f images/s", done / elapsed)
        : "- images/s";
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }

  /** Returns a number of seconds as m:ss, or h:mm:ss from an hour on, rounded up. */
  static String duration(double seconds) {
    long whole = (long) Math.ceil(seconds);
    long hours = whole / 3600;
    long minutes = whole / 60 % 60;
    return hours > 0
        ? String.format(Locale.ROOT, "%d:%02d:%02d", hours, minutes, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d", minutes, whole % 60);
  }
}
