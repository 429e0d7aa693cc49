package io.millrace.cpu.loops;

import io.millrace.cpu.workers.Worker;
import org.jspecify.annotations.Nullable;

/**
 * A generated loop in its two forms, which give the same bits.
 *
 * <p>It starts as a loop over elements, which is ready at once. When it has done enough work, a
 * loop over vectors is made and warmed up beside it, and takes over once it is the faster one.
 */
public final class Span {
  /**
   * A sum of elements times steps after which a loop counts as hot: about as long as the compiler
   * takes to make the loop over vectors fast, which would slow down everything else meanwhile.
   */
  private static final long HOT = 50_000_000;

  private final LoopShape shape;
  private final Spans owner;
  private final boolean fits;
  private final int lanes;
  private final int weight;
  private final SpanCode scalar;
  private volatile @Nullable SpanCode vector;
  private volatile boolean promoting;

  /** Counts roughly: threads may overwrite each other's sums. */
  private long work;

  Span(LoopShape shape, Spans owner) {
    this.shape = shape;
    this.owner = owner;
    fits = owner.mode() != Spans.Mode.SCALAR && VectorLoopWriter.fits(shape);
    lanes = fits ? VectorLoopWriter.lanes(shape) : 1;
    weight = Math.max(1, shape.function().lanes().size());
    scalar = LoopWriter.scalar(shape);
    if (fits && owner.mode() == Spans.Mode.VECTOR) {
      vector = VectorLoopWriter.vector(shape);
    }
  }

  LoopShape shape() {
    return shape;
  }

  /** Returns the number of elements in one turn of the vector loop. */
  int lanes() {
    return lanes;
  }

  SpanCode scalar() {
    return scalar;
  }

  /** Returns the number of arithmetic steps for one element. */
  int weight() {
    return weight;
  }

  /** Replaces the loop over elements. */
  void promote(SpanCode code) {
    vector = code;
  }

  boolean isPromoted() {
    return vector != null;
  }

  /**
   * Computes elements 0 to {@code count} from the worker's operands.
   *
   * @param paddedEnd whether memory after the last element may be read and written up to a multiple
   *     of 64 bytes, all operands being as well aligned as the results
   */
  public void run(Worker worker, int count, boolean paddedEnd) {
    SpanCode fast = vector;
    if (fast == null) {
      scalar.run(worker, 0, count);
      if (fits && !promoting) {
        countWork(count);
      }
      return;
    }
    int whole = paddedEnd ? count + lanes - 1 & -lanes : count & -lanes;
    if (whole > 0) {
      fast.run(worker, 0, whole);
    }
    if (whole < count) {
      scalar.run(worker, whole, count);
    }
  }

  private void countWork(int count) {
    // A call of a few elements gains little from vectors.
    work += count < 2 * lanes ? 0 : (long) count * weight;
    if (work > HOT) {
      promoting = true;
      owner.promoteLater(this);
    }
  }
}
