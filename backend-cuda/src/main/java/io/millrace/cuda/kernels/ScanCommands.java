package io.millrace.cuda.kernels;

import io.millrace.cuda.command.Address;
import io.millrace.cuda.command.CudaTypes;
import io.millrace.cuda.command.LaunchBuilder;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.CopyLoop;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.type.DType;
import io.millrace.type.Shape;

/**
 * Makes the commands of Scan. Where there are too few rows for the device, each is divided into
 * chunks: first the total of each is computed, then these are scanned, then each chunk is scanned
 * from there on.
 *
 * <p>The order of the operations depends on the shape and the device only. Integers wrap, so that
 * their order does not matter.
 */
public final class ScanCommands {
  /** Rows up to this length, their elements side by side, are walked by one thread each. */
  private static final long SHORT_ROW = 8;

  /** Rows up to this length have a warp each. */
  private static final long WARP_ROW = 1024;

  /** Threads of a multiprocessor that suffice to walk columns. */
  private static final int ENOUGH_THREADS = 256;

  /** Chunks of a column are not shorter. */
  private static final long SHORT_CHUNK = 64;

  /** Blocks of a multiprocessor that suffice to walk rows. */
  private static final int ENOUGH_BLOCKS = 4;

  /** Tiles of a row up to which it is not divided. */
  private static final long FEW_TILES = 4;

  private final StepContext context;
  private final DType dtype;
  private final boolean sum;

  /** How the elements of a scan are reached, and what they are. */
  private record Scan(
      Address from,
      Address to,
      String type,
      String label,
      Shape shape,
      boolean exclusive,
      boolean reverse) {
    long outer() {
      return shape.dim(0);
    }

    long length() {
      return shape.dim(1);
    }

    long inner() {
      return shape.dim(2);
    }
  }

  private ScanCommands(StepContext context, boolean sum) {
    this.context = context;
    this.sum = sum;
    dtype = context.step().output().type().dtype();
  }

  public static void add(StepContext context, Primitive.Scan primitive) {
    Shape shape = context.step().output().type().shape();
    if (shape.size() == 0) {
      return;
    }
    ScanCommands commands = new ScanCommands(context, primitive.reduction() == Reduction.SUM);
    Scan scan =
        new Scan(
            context.input(0),
            context.output(0),
            CudaTypes.of(commands.dtype),
            commands.dtype.toString(),
            shape,
            primitive.exclusive(),
            primitive.reverse());
    if (scan.inner() > 1 || scan.length() <= SHORT_ROW) {
      commands.columns(scan);
    } else if (scan.length() <= WARP_ROW) {
      commands.warps(scan);
    } else {
      commands.rows(scan);
    }
  }

  private void columns(Scan scan) {
    long threads = scan.outer() * scan.inner();
    long enough = (long) context.target().multiprocessors() * ENOUGH_THREADS;
    long chunks =
        threads >= enough
            ? 1
            : Math.max(1, Math.min(enough / threads, scan.length() / SHORT_CHUNK));
    if (chunks <= 2) {
      add(columns(scan, ScanText.COLUMNS, "columns", scan.length(), 1), threads);
      return;
    }
    long length = (scan.length() + chunks - 1) / chunks;
    chunks = (scan.length() + length - 1) / length;
    Shape shape = Shape.of(scan.outer(), chunks, scan.inner());
    Address totals = context.scratch(shape.size() * accumulatorBytes());
    add(
        columns(scan, ScanText.COLUMN_TOTALS, "column_totals", length, chunks)
            .out(accumulator(), "totals", totals),
        shape.size());
    Address carries = context.scratch(shape.size() * accumulatorBytes());
    add(columns(ofTotals(totals, carries, shape), ScanText.COLUMNS, "columns", chunks, 1), threads);
    add(
        columns(scan, carried(ScanText.COLUMNS), "columns_carried", length, chunks)
            .in(accumulator(), "carries", carries),
        shape.size());
  }

  private void add(LaunchBuilder kernel, long threads) {
    CopyLoop.addStriding(context, kernel, threads);
  }

  private LaunchBuilder columns(Scan scan, String text, String way, long length, long chunks) {
    return kernel(scan, text, way)
        .index("count", scan.outer() * chunks * scan.inner())
        .divisor("inner", scan.inner())
        .divisor("chunks", chunks)
        .index("chunk", length);
  }

  private void warps(Scan scan) {
    add(
        kernel(scan, ScanText.WARPS, "warps").index("rows", scan.outer()),
        scan.outer() * ScanText.WARP);
  }

  private void rows(Scan scan) {
    long tiles = (scan.length() + ScanText.TILE - 1) / ScanText.TILE;
    long enough = (long) context.target().multiprocessors() * ENOUGH_BLOCKS;
    long chunks = Math.min(tiles, (enough + scan.outer() - 1) / scan.outer());
    if (tiles <= FEW_TILES || chunks == 1) {
      addRows(rows(scan, ScanText.ROWS, "rows", tiles, 1), scan.outer());
      return;
    }
    long tilesOfChunk = (tiles + chunks - 1) / chunks;
    chunks = (tiles + tilesOfChunk - 1) / tilesOfChunk;
    Shape shape = Shape.of(scan.outer(), chunks, 1);
    Address totals = context.scratch(shape.size() * accumulatorBytes());
    addRows(
        rows(scan, ScanText.ROW_TOTALS, "row_totals", tilesOfChunk, chunks)
            .out(accumulator(), "totals", totals),
        shape.size());
    Address carries = context.scratch(shape.size() * accumulatorBytes());
    long tilesOfTotals = (chunks + ScanText.TILE - 1) / ScanText.TILE;
    addRows(
        rows(ofTotals(totals, carries, shape), ScanText.ROWS, "rows", tilesOfTotals, 1),
        scan.outer());
    addRows(
        rows(scan, carried(ScanText.ROWS), "rows_carried", tilesOfChunk, chunks)
            .in(accumulator(), "carries", carries),
        shape.size());
  }

  private void addRows(LaunchBuilder kernel, long blocks) {
    context.add(kernel.grid(blocks, 1, ScanText.THREADS));
  }

  private LaunchBuilder rows(Scan scan, String text, String way, long tiles, long chunks) {
    return kernel(scan, text, way).divisor("chunks", chunks).index("chunk", tiles * ScanText.TILE);
  }

  /** Returns the scan that turns totals of chunks into what each of them begins with. */
  private Scan ofTotals(Address totals, Address carries, Shape shape) {
    return new Scan(totals, carries, accumulator(), accumulator(), shape, true, false);
  }

  private static String carried(String text) {
    return text.replace("ACCUMULATOR so = START", "ACCUMULATOR so = carries[number]");
  }

  private LaunchBuilder kernel(Scan scan, String text, String way) {
    long inner = scan.inner();
    LaunchBuilder kernel =
        context
            .kernel("scan_" + (sum ? "sum_" : "prod_") + scan.label() + "_" + way)
            .wide(CopyLoop.isWide(scan.shape().size()))
            .in(scan.type(), "source", scan.from());
    // Totals alone write nothing else.
    if (!way.endsWith("totals")) {
      kernel.out(scan.type(), "target", scan.to()).int32("exclusive", scan.exclusive() ? 1 : 0);
    }
    return kernel
        .index("length", scan.length())
        .index("first", scan.reverse() ? (scan.length() - 1) * inner : 0)
        .index("step", scan.reverse() ? -inner : inner)
        .body(
            text.replace("ACCUMULATOR", accumulator())
                .replace("TYPE", scan.type())
                .replace("START", sum ? "0" : "1")
                .replace("OP", sum ? "+" : "*"));
  }

  /** Returns the type in which elements are combined. */
  private String accumulator() {
    return dtype.isFloating() ? CudaTypes.of(dtype) : CudaTypes.unsigned(dtype.bytes());
  }

  private int accumulatorBytes() {
    return Math.max(4, dtype.bytes());
  }
}
