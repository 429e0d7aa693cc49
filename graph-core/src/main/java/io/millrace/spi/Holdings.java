package io.millrace.spi;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Who holds how much of a memory, to be said when there is no more. Not thread-safe. */
public final class Holdings {
  private static final int SHOWN = 10;

  private final Map<String, Holding> holdings = new HashMap<>();

  /** What one holder has. */
  private static final class Holding {
    private long bytes;
    private int blocks;
  }

  /** Starts with nobody. */
  public Holdings() {}

  /** Notes that someone has a block more. */
  public void add(String holder, long bytes) {
    Holding holding = holdings.computeIfAbsent(holder, h -> new Holding());
    holding.bytes += bytes;
    holding.blocks++;
  }

  /** Notes that someone gave a block back. */
  public void remove(String holder, long bytes) {
    Holding holding = holdings.get(holder);
    if (holding != null) {
      holding.bytes -= bytes;
      if (--holding.blocks == 0) {
        holdings.remove(holder);
      }
    }
  }

  /** Returns a line for each of those who hold most, after some words; nothing if nobody does. */
  public String describe(String words) {
    List<Map.Entry<String, Holding>> some =
        holdings.entrySet().stream()
            .filter(e -> e.getValue().bytes > 0)
            .sorted(Comparator.comparingLong(e -> -e.getValue().bytes))
            .toList();
    String lines =
        some.stream()
            .limit(SHOWN)
            .map(e -> line(e.getKey(), e.getValue()))
            .collect(Collectors.joining());
    int more = some.size() - SHOWN;
    return (some.isEmpty() ? "" : words + lines) + (more > 0 ? "\n  and " + more + " more" : "");
  }

  private static String line(String holder, Holding holding) {
    return String.format(
        Locale.ROOT,
        "%n  %,d bytes: %s%s",
        holding.bytes,
        holder,
        holding.blocks == 1 ? "" : ", " + holding.blocks + " times");
  }
}
