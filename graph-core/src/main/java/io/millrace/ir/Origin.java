package io.millrace.ir;

import io.millrace.type.SourceLine;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The operations of the graph that an instruction or a step does the work of, each once.
 *
 * @param sites the operations, in the order of their work
 */
public record Origin(List<Site> sites) {
  private static final int SHOWN = 4;

  /**
   * One operation, and the calls of functions that led to it.
   *
   * @param caller the call of the function that the operation is in; nothing in the graph itself
   * @param name the operation's name
   * @param line the user's line that made the operation
   * @param turn of a loop that is written out, which turn this is; {@link #NO_TURN} for all others
   */
  public record Site(Optional<Site> caller, String name, SourceLine line, long turn) {
    /** Of what is no turn of a loop that is written out. */
    public static final long NO_TURN = -1;

    /** Makes the site of what is no turn of a loop. */
    public Site(Optional<Site> caller, String name, SourceLine line) {
      this(caller, name, line, NO_TURN);
    }

    /** Returns the names of the whole path, the outermost call's first. */
    @Override
    public String toString() {
      return caller.map(c -> c + "/" + name).orElse(name);
    }
  }

  public Origin {
    sites = List.copyOf(sites);
  }

  /** Returns the origin of what one operation of the graph asked for. */
  public static Origin of(String name, SourceLine line) {
    return new Origin(List.of(new Site(Optional.empty(), name, line)));
  }

  /** Returns the origin of what a name alone is known of. */
  public static Origin of(String name) {
    return of(name, SourceLine.UNKNOWN);
  }

  /** Returns which turns of loops that are written out this is in, the innermost first. */
  public List<Long> turns() {
    return sites.stream()
        .limit(1)
        .flatMap(s -> Stream.iterate(Optional.of(s), Optional::isPresent, o -> o.get().caller()))
        .map(o -> o.get().turn())
        .filter(turn -> turn != Site.NO_TURN)
        .toList();
  }

  /** Returns the origin of what does the work of all these. */
  public static Origin join(List<Origin> origins) {
    Set<Site> sites = new LinkedHashSet<>();
    origins.forEach(o -> sites.addAll(o.sites));
    return new Origin(List.copyOf(sites));
  }

  /** Returns the operations joined with {@code +}, the first few by name. */
  @Override
  public String toString() {
    String names = sites.stream().limit(SHOWN).map(Site::toString).collect(Collectors.joining("+"));
    return sites.size() <= SHOWN ? names : names + "+" + (sites.size() - SHOWN) + " more";
  }
}
