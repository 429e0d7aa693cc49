package io.millrace.ops.linalg;

import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Neighbouring diagonals of matrices, and how they lie packed: as rows, the highest diagonal first,
 * each as long as the longest one.
 *
 * @param band the lowest and the highest diagonal; 0 is the main one, 1 that above it
 * @param align where a diagonal that is shorter than its row lies in it
 */
record Diagonals(Band band, DiagonalOps.Align align, long rows, long columns) {

  /** Diagonals from the lowest to the highest. */
  record Band(long low, long high) {
    /** The main diagonal alone. */
    static final Band MAIN = new Band(0, 0);

    /** Returns the band that a scalar, or a vector of one or two numbers, says. */
    static Band of(Literal k) {
      return new Band(k.getLong(0), k.getLong(k.size() - 1));
    }

    /** Returns the band that an input says, if it is known. */
    static Optional<Band> of(Inference in, int input) {
      Shape shape = in.shape(input);
      in.require(
          !shape.isRankKnown()
              || shape.rank() == 0
              || (shape.rank() == 1 && shape.dim(0) <= 2 && shape.dim(0) != 0),
          "k must be one diagonal, or the lowest and the highest, not %s",
          in.type(input));
      Optional<Band> band = in.constant(input).map(Band::of);
      band.ifPresent(
          b ->
              in.require(
                  b.low <= b.high, "diagonals %d to %d are in the wrong order", b.low, b.high));
      return band;
    }

    long count() {
      return high - low + 1;
    }

    boolean isSingle() {
      return low == high;
    }

    /** Returns the shape of the packed diagonals of matrices, as far as it is known. */
    Shape packed(Shape matrices) {
      Shape batch = matrices.slice(0, matrices.rank() - 2);
      return (isSingle() ? batch : batch.concat(Shape.of(count())))
          .concat(Shape.of(longest(matrices.dim(-2), matrices.dim(-1))));
    }

    /** Returns the elements of the longest diagonal, -1 if the extents are not known. */
    long longest(long rows, long columns) {
      return rows < 0 || columns < 0
          ? Shape.UNKNOWN
          : Math.max(0, Math.min(rows + Math.min(high, 0), columns - Math.max(low, 0)));
    }

    /** Requires matrices to have these diagonals, as far as their extents are known. */
    void requireWithin(Inference in, Shape matrices) {
      long rows = matrices.dim(-2);
      long columns = matrices.dim(-1);
      for (long diagonal : new long[] {low, high}) {
        in.require(
            rows < 0 || columns < 0 || diagonal == 0 || (diagonal > -rows && diagonal < columns),
            "matrices of %d by %d have no diagonal %d",
            rows,
            columns,
            diagonal);
      }
    }
  }

  /** Returns the diagonals of a band in matrices of known extents. */
  static Diagonals of(Band band, DiagonalOps.Align align, Shape matrices) {
    return new Diagonals(band, align, matrices.dim(-2), matrices.dim(-1));
  }

  /** Returns the diagonals of matrices, packed. */
  Value pack(Lowering to, Value matrices, Shape shape, ScalarFunction.Constant padding) {
    return move(to, matrices, shape, padding, false);
  }

  /** Returns matrices with these packed diagonals. */
  Value unpack(Lowering to, Value packed, Shape shape, ScalarFunction.Constant padding) {
    return move(to, packed, shape, padding, true);
  }

  private Value move(
      Lowering to, Value from, Shape shape, ScalarFunction.Constant padding, boolean toMatrices) {
    Shape matrices = toMatrices ? shape : from.type().shape();
    long batch = matrices.slice(0, matrices.rank() - 2).size();
    long longest = (toMatrices ? from.type().shape() : shape).dim(-1);
    List<Primitive.Move.Piece> pieces = new ArrayList<>();
    for (long diagonal = band.low; diagonal <= band.high; diagonal++) {
      long length = Math.min(rows + Math.min(diagonal, 0), columns - Math.max(diagonal, 0));
      if (length <= 0 || batch == 0) {
        continue;
      }
      long start = Math.max(-diagonal, 0) * columns + Math.max(diagonal, 0);
      View inMatrices = View.of(start, rows * columns, columns + 1);
      long row = (band.high - diagonal) * longest;
      long shift = align.isLeft(diagonal) ? 0 : longest - length;
      View inRows = View.of(row + shift, band.count() * longest, 1);
      pieces.add(
          new Primitive.Move.Piece(
              0,
              Shape.of(batch, length),
              toMatrices ? inRows : inMatrices,
              toMatrices ? inMatrices : inRows));
    }
    return to.emit(
        new Primitive.Move(pieces, Optional.of(padding)),
        List.of(from),
        from.type().withShape(shape));
  }
}
