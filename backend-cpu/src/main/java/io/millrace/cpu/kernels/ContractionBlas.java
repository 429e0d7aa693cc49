package io.millrace.cpu.kernels;

import io.millrace.cpu.workers.Blas;
import io.millrace.cpu.workers.BlasWorker;
import io.millrace.cpu.workers.Frame;
import io.millrace.cpu.workers.PartKernel;
import io.millrace.ir.Primitive;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.DType;
import io.millrace.type.Shape;

/**
 * A batched product of floating-point matrices by OpenBLAS.
 *
 * <p>A part is a range of products or a piece of one, chosen from the shapes alone, so that the
 * number of threads never changes a bit of the result.
 */
final class ContractionBlas implements PartKernel {
  /** Work below which handing over to another thread costs more than it saves. */
  private static final double SMALL_FLOPS = 1e6;

  /** Pieces of one product begin at multiples of this many rows or columns. */
  private static final long TILE = 16;

  private static final int MOST_PIECES = 16;

  private final Place a;
  private final Place b;
  private final Place c;
  private final DType dtype;
  private final boolean transposeA;
  private final boolean transposeB;
  private final int m;
  private final int n;
  private final int k;
  private final long batch;
  private final long strideA;
  private final long strideB;
  private final long strideC;
  private final boolean splitRows;
  private final int pieceExtent;
  private final int pieces;
  private final long productsPerPart;
  private final int parts;

  ContractionBlas(Step step, Primitive.Contract contract) {
    a = step.inputs().get(0);
    b = step.inputs().get(1);
    c = step.output();
    dtype = c.type().dtype();
    transposeA = contract.transposeA();
    transposeB = contract.transposeB();
    Shape result = c.type().shape();
    Shape left = a.type().shape();
    Shape right = b.type().shape();
    batch = result.dim(0);
    m = Blas.extent(result.dim(1), "the number of rows");
    n = Blas.extent(result.dim(2), "the number of columns");
    k = Blas.extent(left.dim(transposeA ? 1 : 2), "the summed extent");
    strideA = left.dim(0) == 1 ? 0 : (long) m * k * dtype.bytes();
    strideB = right.dim(0) == 1 ? 0 : (long) k * n * dtype.bytes();
    strideC = (long) m * n * dtype.bytes();

    double flops = 2.0 * m * n * k;
    splitRows = m >= n;
    long extent = splitRows ? m : n;
    long wanted = flops < 2 * SMALL_FLOPS ? 1 : (long) Math.min(MOST_PIECES, flops / SMALL_FLOPS);
    long each = (extent + wanted - 1) / wanted;
    pieceExtent = (int) Math.min(extent, (each + TILE - 1) / TILE * TILE);
    pieces = (int) ((extent + pieceExtent - 1) / pieceExtent);
    productsPerPart = pieces > 1 ? 1 : Math.max(1, Math.min(batch, (long) (SMALL_FLOPS / flops)));
    parts =
        Blas.extent(
            (batch + productsPerPart - 1) / productsPerPart * pieces, "the number of products");
  }

  @Override
  public void run(Frame frame) {
    frame.pool().run(frame, this, parts);
  }

  @Override
  public void part(Frame frame, int part, int worker) {
    BlasWorker blas = frame.worker(worker).blas();
    long first = part / pieces * productsPerPart;
    long last = Math.min(batch, first + productsPerPart);
    int from = part % pieces * pieceExtent;
    int bytes = dtype.bytes();
    int lda = transposeA ? m : k;
    int ldb = transposeB ? k : n;
    int rows = splitRows ? Math.min(pieceExtent, m - from) : m;
    int columns = splitRows ? n : Math.min(pieceExtent, n - from);
    long skipA = splitRows ? (long) from * (transposeA ? 1 : k) * bytes : 0;
    long skipB = splitRows ? 0 : (long) from * (transposeB ? k : 1) * bytes;
    long skipC = (long) from * (splitRows ? n : 1) * bytes;
    long addressA = frame.address(a) + skipA;
    long addressB = frame.address(b) + skipB;
    long addressC = frame.address(c) + skipC;
    for (long i = first; i < last; i++) {
      blas.gemm(
          dtype,
          transposeA,
          transposeB,
          rows,
          columns,
          k,
          addressA + i * strideA,
          lda,
          addressB + i * strideB,
          ldb,
          0,
          addressC + i * strideC,
          n);
    }
  }
}
