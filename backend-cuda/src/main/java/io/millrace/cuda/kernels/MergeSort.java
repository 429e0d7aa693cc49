package io.millrace.cuda.kernels;

import io.millrace.DeviceException;
import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;

/**
 * Makes the commands that sort rows of records: a key, an unsigned integer of 32 or 64 bits, and
 * the position of its element in the row, which tells equal keys apart.
 *
 * <p>Blocks sort tiles of a row, several short rows together; then passes over the row merge
 * neighbouring runs, each block making a tile of the result, which it finds by bisection. Where
 * only the first records are wanted, runs are cut to so many.
 *
 * <p>Source: Green, McColl and Bader, "GPU merge path: a GPU merging algorithm", ICS 2012.
 */
final class MergeSort {
  private static final int THREADS = 256;
  private static final int EACH = 8;
  private static final int TILE = THREADS * EACH;

  /** Positions have 32 bits in a record with a small key. */
  private static final long LONGEST = 1L << 31;

  private final StepContext context;
  private final Ends ends;
  private final long rows;
  private final long kept;
  private final boolean wide;
  private final String record;
  private final int recordBytes;

  private MergeSort(StepContext context, Ends ends, long rows, long length, long kept) {
    this.context = context;
    this.ends = ends;
    this.rows = rows;
    this.kept = kept;
    wide = CopyLoop.isWide(rows * length);
    record = ends.keyBytes() == 4 ? "small" : "large";
    recordBytes = ends.keyBytes() == 4 ? 8 : 16;
  }

  /** Where the keys come from and what is made of the sorted records. */
  interface Ends {
    /** Returns what names of kernels say of this. */
    String name();

    /** Returns 4 or 8. */
    int keyBytes();

    /** Adds what {@link #key} and {@link #write} use. */
    void addTo(LaunchBuilder kernel);

    /** Returns an expression of the key of the element {@code element} of all rows. */
    String key();

    /**
     * Returns statements that keep the record {@code r}, the element {@code position} of a row,
     * which is {@code element} of all, as number {@code at} of all wanted records.
     */
    String write();
  }

  /**
   * The records of each row between two passes: sorted runs, of which only the last one may be
   * shorter than the others.
   *
   * @param at where they are
   * @param count how many a row has
   * @param run the length of a run
   */
  private record Runs(Address at, long count, long run) {
    long number() {
      return (count + run - 1) / run;
    }
  }

  /**
   * Adds the sorting of rows.
   *
   * @param length the elements of a row, at least 1
   * @param kept how many of the first ones are wanted, at least 1
   */
  static void add(StepContext context, Ends ends, long rows, long length, long kept) {
    if (length >= LONGEST) {
      throw new DeviceException(
          "a row to sort has %s elements, but the device sorts rows of up to %s"
              .formatted(length, LONGEST));
    }
    MergeSort sort = new MergeSort(context, ends, rows, length, kept);
    Runs runs = sort.sortTiles(new Runs(new Address(Address.Space.SCRATCH, 0, 0), length, 0), true);
    while (runs.number() > 1) {
      runs = 4 * runs.run <= TILE ? sort.sortTiles(runs, false) : sort.merge(runs);
    }
  }

  private Runs sortTiles(Runs from, boolean first) {
    int shift = 3;
    while (1 << shift < TILE && 1 << shift < from.count) {
      shift++;
    }
    long length = 1L << shift;
    long tiles = (from.count + length - 1) / length;
    long run = Math.min(length, kept);
    Runs to = runs((tiles - 1) * run + Math.min(run, from.count - (tiles - 1) * length), run);
    boolean last = tiles == 1;
    LaunchBuilder kernel =
        kernel("tiles", first, last)
            .index("rows", rows)
            .index("count", from.count)
            .divisor("tiles", tiles)
            .int32("shift", shift)
            .index("kept", run);
    if (!first) {
      kernel.in("record", "from", from.at);
    }
    if (!last) {
      kernel.out("record", "to", to.at).index("countTo", to.count);
    }
    kernel.body(
        MergeSortText.TILES
            .replace("LOAD", first ? "make(" + ends.key() + ", (u32)at)" : "from[element]")
            .replace(
                "STORE",
                last ? write("row * kept + w") : "to[row * countTo + tile * kept + w] = r;"));
    long groups = rows * tiles;
    context.add(kernel.grid((groups + (TILE >> shift) - 1) / (TILE >> shift), 1, THREADS));
    return to;
  }

  private Runs merge(Runs from) {
    long pairs = (from.number() + 1) / 2;
    long run = Math.min(2 * from.run, kept);
    Runs to = runs((pairs - 1) * run + Math.min(run, from.count - (pairs - 1) * 2 * from.run), run);
    boolean last = pairs == 1;
    long blocksOfPair = (run + TILE - 1) / TILE;
    LaunchBuilder kernel =
        kernel("merge", false, last)
            .in("record", "from", from.at)
            .index("count", from.count)
            .index("run", from.run)
            .divisor("blocksOfPair", blocksOfPair)
            .divisor("pairs", pairs)
            .index("kept", run);
    if (!last) {
      kernel.out("record", "to", to.at).index("countTo", to.count);
    }
    kernel.body(
        MergeSortText.MERGE.replace(
            "STORE", last ? write("row * kept + w") : "to[row * countTo + pair * kept + w] = r;"));
    context.add(kernel.grid(rows * pairs * blocksOfPair, 1, THREADS));
    return to;
  }

  /** Returns new runs; there is no memory for the last one, which is not kept as records. */
  private Runs runs(long count, long run) {
    Runs runs = new Runs(new Address(Address.Space.SCRATCH, 0, 0), count, run);
    return runs.number() == 1
        ? runs
        : new Runs(context.scratch(rows * count * recordBytes), count, run);
  }

  private LaunchBuilder kernel(String pass, boolean first, boolean last) {
    String name = "sort_" + pass + "_" + record;
    if (first || last) {
      name += (first ? "_first" : "") + (last ? "_last_" : "_") + ends.name();
    }
    LaunchBuilder kernel =
        context
            .kernel(name)
            .wide(wide)
            .declare(ends.keyBytes() == 4 ? MergeSortText.SMALL : MergeSortText.LARGE)
            .declare(MergeSortText.FUNCTIONS);
    if (first || last) {
      ends.addTo(kernel);
    }
    return kernel;
  }

  private String write(String at) {
    return """
        index_t at = %s;
        index_t position = (index_t)positionOf(r);
        %s"""
        .formatted(at, ends.write());
  }
}
