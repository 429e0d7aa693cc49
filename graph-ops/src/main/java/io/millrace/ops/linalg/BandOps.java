package io.millrace.ops.linalg;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Scalar;
import io.millrace.ir.ScalarBuilder;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;

/** Changing matrices on, or beside, some of their diagonals. */
public interface BandOps extends Building {

  /** Returns matrices with other main diagonals. TensorFlow: MatrixSetDiagV3. */
  default Output matrixSetDiag(Object x, Object diagonal) {
    return matrixSetDiag(x, diagonal, 0);
  }

  /** Returns matrices with other diagonals. TensorFlow: MatrixSetDiagV3. */
  default Output matrixSetDiag(Object x, Object diagonal, Object k) {
    return matrixSetDiag(x, diagonal, k, DiagonalOps.Align.RIGHT_LEFT);
  }

  /**
   * Returns matrices with other diagonals. TensorFlow: MatrixSetDiagV3.
   *
   * @param diagonal {@code [..., length]}, or {@code [..., diagonals, length]} if k is two numbers
   * @param k which diagonal, or the lowest and the highest of several
   */
  default Output matrixSetDiag(Object x, Object diagonal, Object k, DiagonalOps.Align align) {
    Arguments.requireEach("x, diagonal, k, align", x, diagonal, k, align);
    Output input = operand(x);
    return result(
        new MatrixSetDiag(DiagonalOps.Form.V3, align),
        input,
        operand(diagonal, input.dtype()),
        operand(k));
  }

  /**
   * Returns matrices with zeros outside a band around the main diagonal. TensorFlow:
   * MatrixBandPart.
   *
   * @param lower how many diagonals below the main one to keep, all if negative
   * @param upper how many above
   */
  default Output matrixBandPart(Object x, Object lower, Object upper) {
    Arguments.requireEach("x, lower, upper", x, lower, upper);
    List<Output> bounds = operands(lower, upper);
    return result(new MatrixBandPart(), operand(x), bounds.get(0), bounds.get(1));
  }

  /**
   * Matrices with other diagonals: inputs matrices, diagonals and, but for the first form, which
   * ones.
   */
  record MatrixSetDiag(DiagonalOps.Form form, DiagonalOps.Align align) implements Op {
    private static final DiagonalOps.Written WRITTEN =
        DiagonalOps.Written.of(
            Signature.of("input: T", "diagonal: T").alias("BatchMatrixSetDiag"),
            Signature.of("input: T", "diagonal: T", "k: int32"));

    public MatrixSetDiag {
      align = form.align(align);
    }

    @Override
    public String type() {
      return form.name("MatrixSetDiag");
    }

    private boolean isFirst() {
      return form == DiagonalOps.Form.V1;
    }

    @Override
    public Signature signature() {
      return WRITTEN.as(form);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Optional<Diagonals.Band> band =
          isFirst() ? Optional.of(Diagonals.Band.MAIN) : Diagonals.Band.of(in, 2);
      Shape shape = DiagonalOps.MatrixDiagPart.requireMatrices(in);
      if (shape.isRankKnown() && band.isPresent()) {
        band.get().requireWithin(in, shape);
        Shape packed = band.get().packed(shape);
        in.require(
            in.shape(1).isCompatibleWith(packed),
            "the diagonals must have shape %s, not %s",
            packed,
            in.shape(1));
      }
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Object k = isFirst() ? 0 : call.input(2);
      return Gradients.of(
          tf.matrixSetDiag(call.gradient(), tf.zerosLike(call.input(1)), k, align),
          tf.matrixDiagPart(call.gradient(), k, 0, align));
    }

    @Override
    public void lower(Lowering to) {
      TensorType type = to.outputType(0);
      Shape shape = type.shape();
      Diagonals.Band band = isFirst() ? Diagonals.Band.MAIN : Diagonals.Band.of(to.constant(2));
      Value placed =
          Diagonals.of(band, align, shape)
              .unpack(to, to.input(1), shape, new ScalarFunction.Constant(type.dtype(), 0));
      to.output(
          0,
          to.mapViews(
              shape,
              List.of(to.input(0), placed),
              List.of(View.dense(shape), View.dense(shape)),
              (b, s) ->
                  MatrixBandPart.within(b, shape, band.low(), band.high())
                      .select(s.get(1), s.get(0))));
    }

    static List<Example> examples() {
      Op first = new MatrixSetDiag(DiagonalOps.Form.V1, DiagonalOps.Align.LEFT_LEFT);
      Op second = new MatrixSetDiag(DiagonalOps.Form.V2, DiagonalOps.Align.LEFT_LEFT);
      Op third = new MatrixSetDiag(DiagonalOps.Form.V3, DiagonalOps.Align.RIGHT_LEFT);
      return List.of(
          Example.accepts(first).with(DType.FLOAT32, 2, 3, 4).with(DType.FLOAT32, 2, 3),
          Example.accepts(second).with(DType.FLOAT64, 3, 3).with(DType.FLOAT64, 2, 3).ints(0, 1),
          Example.accepts(third)
              .with(DType.FLOAT32, 2, 3, 4)
              .with(DType.FLOAT32, 2, 3, 3)
              .ints(-1, 1),
          Example.accepts(third).with(DType.BOOL, 3, 2).with(DType.BOOL, 2).scalar(DType.INT32, -1),
          Example.rejects(first, "the diagonals must have shape [3], not [2]")
              .with(DType.FLOAT32, 3, 3)
              .with(DType.FLOAT32, 2),
          Example.rejects(third, "matrices of 2 by 2 have no diagonal 2")
              .with(DType.FLOAT32, 2, 2)
              .with(DType.FLOAT32, 0)
              .ints(2));
    }
  }

  /** Matrices, zero but for a band: inputs matrices, diagonals below and above the main one. */
  record MatrixBandPart() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "num_lower: Tindex in index", "num_upper: Tindex")
            .alias("BatchMatrixBandPart");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      Shape shape = DiagonalOps.MatrixDiagPart.requireMatrices(in);
      for (int input = 1; input <= 2; input++) {
        in.requireRank(input, 0);
        Optional<Long> kept = in.known(input).map(literal -> literal.getLong(0));
        long extent = shape.isRankKnown() ? shape.dim(input - 3) : Shape.UNKNOWN;
        in.require(
            extent < 0 || kept.orElse(0L) <= extent,
            "matrices of %d %s do not have %d diagonals %s the main one",
            extent,
            input == 1 ? "rows" : "columns",
            kept.orElse(0L),
            input == 1 ? "below" : "above");
      }
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      return Gradients.of(tf.matrixBandPart(call.gradient(), call.input(1), call.input(2)));
    }

    /** Returns whether an element lies on one of these diagonals. */
    static Scalar within(ScalarBuilder builder, Shape matrices, long low, long high) {
      int rank = matrices.rank();
      Scalar diagonal = builder.index(rank - 1).minus(builder.index(rank - 2));
      return diagonal
          .ge(diagonal.constant((double) low))
          .and(diagonal.le(diagonal.constant((double) high)));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.outputType(0).shape();
      requireDiagonals(to, 1, shape.dim(-2));
      requireDiagonals(to, 2, shape.dim(-1));
      View same = View.of(0, new long[shape.rank()]);
      to.output(
          0,
          to.mapViews(
              shape,
              List.of(to.input(0), to.input(1), to.input(2)),
              List.of(View.dense(shape), same, same),
              (b, s) -> {
                Scalar above = b.index(shape.rank() - 1).minus(b.index(shape.rank() - 2));
                Scalar isKept = isKept(above.negate(), s.get(1)).and(isKept(above, s.get(2)));
                return isKept.select(s.get(0), s.get(0).constant(0));
              }));
    }

    /** Returns whether a diagonal is among the first so many; a negative number is all. */
    private static Scalar isKept(Scalar diagonal, Scalar number) {
      Scalar count = number.cast(DType.INT64);
      Scalar isAll = count.lt(count.constant(0));
      return isAll.select(isAll, diagonal.le(count));
    }

    private static void requireDiagonals(Lowering to, int input, long extent) {
      if (to.known(input).isEmpty()) {
        Value fits =
            to.map(
                to.input(input),
                x -> x.cast(DType.INT64).le(x.cast(DType.INT64).constant((double) extent)));
        to.check(
            fits,
            new Primitive.Check(
                "matrices of extent " + extent + " do not have so many diagonals", 1),
            List.of(to.input(input)));
      }
    }

    static List<Example> examples() {
      Op op = new MatrixBandPart();
      return List.of(
          of(Example.accepts(op).with(DType.FLOAT32, 2, 3, 4), DType.INT32, 1, 0),
          of(Example.accepts(op).with(DType.FLOAT64, 3, 3), DType.INT64, -1, 2),
          of(Example.accepts(op).with(DType.BOOL, 3, 2), DType.INT32, -1, -1),
          of(
              Example.rejects(op, "matrices of 3 rows do not have 4 diagonals below the main one")
                  .with(DType.FLOAT32, 3, 4),
              DType.INT32,
              4,
              0),
          of(
              Example.rejects(op, "matrices of 4 columns do not have 5 diagonals above")
                  .with(DType.FLOAT32, 3, 4),
              DType.INT64,
              0,
              5),
          of(Example.rejects(op, "needs matrices").with(DType.FLOAT32, 3), DType.INT64, 0, 0));
    }

    private static Example of(Example example, DType index, long lower, long upper) {
      return example.with(Literal.scalar(index, lower)).with(Literal.scalar(index, upper));
    }
  }
}
