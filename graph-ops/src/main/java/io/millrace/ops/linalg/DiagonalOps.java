package io.millrace.ops.linalg;

import io.millrace.Output;
import io.millrace.ir.ScalarFunction;
import io.millrace.ir.Value;
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
import io.millrace.ops.building.ShapeVectors;
import io.millrace.ops.building.Surrounding;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * Matrices from diagonals, and diagonals of matrices.
 *
 * <p>Where a method takes {@code k}, that is one diagonal (0 the main one, 1 that above it, -1 that
 * below), or the lowest and the highest of several. Several diagonals lie packed as rows, the
 * highest first, and each row is as long as the longest of them.
 */
public interface DiagonalOps extends Building {

  /** Where a diagonal above, and one below the main one, lies in a row that is longer than it. */
  enum Align {
    LEFT_RIGHT,
    RIGHT_LEFT,
    LEFT_LEFT,
    RIGHT_RIGHT;

    boolean isLeft(long diagonal) {
      boolean above = this == LEFT_RIGHT || this == LEFT_LEFT;
      boolean below = this == RIGHT_LEFT || this == LEFT_LEFT;
      return (diagonal >= 0 && above) || (diagonal <= 0 && below);
    }
  }

  /** Which of TensorFlow's three forms of an operation, each with more inputs than the last. */
  enum Form {
    /** The main diagonal. */
    V1,
    /** Any diagonals, at the left of their rows. */
    V2,
    /** Any diagonals, aligned. */
    V3;

    String name(String first) {
      return this == V1 ? first : first + name();
    }

    Align align(Align wished) {
      return this == V3 ? wished : Align.LEFT_LEFT;
    }

    /** Returns which diagonals input 1 says, if they are known. */
    Optional<Diagonals.Band> band(Inference in) {
      return this == V1 ? Optional.of(Diagonals.Band.MAIN) : Diagonals.Band.of(in, 1);
    }

    Diagonals.Band band(Lowering to) {
      return this == V1 ? Diagonals.Band.MAIN : Diagonals.Band.of(to.constant(1));
    }

    /** Returns what is made with zeros around it, or in later forms with this input. */
    Value around(
        Lowering to, int scalar, BiFunction<Value, ScalarFunction.Constant, Value> making) {
      return this == V1
          ? making.apply(to.input(0), new ScalarFunction.Constant(to.inputType(0).dtype(), 0))
          : Surrounding.with(to, scalar, making);
    }
  }

  /** How TensorFlow writes the forms of an operation. */
  record Written(Signature first, Signature second, Signature third) {
    /** Returns how they are written, given the inputs of the first form and of the later ones. */
    static Written of(Signature first, Signature later) {
      return new Written(
          first.told("form").told("align"),
          later.told("form").told("align"),
          later.told("form").optional("align", Align.RIGHT_LEFT));
    }

    Signature as(Form form) {
      return form == Form.V1 ? first : form == Form.V2 ? second : third;
    }
  }

  /** Returns square matrices with these main diagonals. TensorFlow: MatrixDiagV3. */
  default Output matrixDiag(Object diagonal) {
    return matrixDiag(diagonal, 0);
  }

  /** Returns the smallest square matrices with these diagonals. TensorFlow: MatrixDiagV3. */
  default Output matrixDiag(Object diagonal, Object k) {
    return matrixDiag(diagonal, k, -1, -1, 0, Align.RIGHT_LEFT);
  }

  /**
   * Returns matrices with these diagonals. TensorFlow: MatrixDiagV3.
   *
   * @param diagonal {@code [..., length]}, or {@code [..., diagonals, length]} if k is two numbers
   * @param k which diagonal, or the lowest and the highest of several
   * @param rows number of rows, -1 for as few as it takes
   * @param columns number of columns, -1 for as few as it takes
   * @param padding what stands elsewhere
   */
  default Output matrixDiag(
      Object diagonal, Object k, Object rows, Object columns, Object padding, Align align) {
    Arguments.requireEach(
        "diagonal, k, rows, columns, padding, align", diagonal, k, rows, columns, padding, align);
    Output first = operand(diagonal);
    return result(
        new MatrixDiag(Form.V3, align),
        first,
        operand(k),
        operand(rows),
        operand(columns),
        operand(padding, first.dtype()));
  }

  /** Returns the float32 identity matrix with n rows. TensorFlow: MatrixDiagV3 of Fill. */
  default Output eye(Object n) {
    return eye(n, n, DType.FLOAT32);
  }

  /** Returns a matrix with ones on its main diagonal. TensorFlow: MatrixDiagV3 of Fill. */
  default Output eye(Object rows, Object columns, DType dtype) {
    Arguments.requireEach("rows, columns, dtype", rows, columns, dtype);
    return scope(
        "eye",
        () -> {
          Output height = operand(rows, DType.INT32);
          Output width = operand(columns, DType.INT32);
          Output least = tf().minimum(height, width);
          Output ones = tf().ones(tf().reshape(least, 1), dtype);
          return tf().matrixDiag(ones, 0, height, width, 0, Align.RIGHT_LEFT);
        });
  }

  /** Returns the sums of the main diagonals of matrices. TensorFlow: Sum of MatrixDiagPartV3. */
  default Output trace(Object x) {
    Arguments.require(x, "x");
    return scope("trace", () -> tf().reduceSum(tf().matrixDiagPart(x), -1));
  }

  /** Returns the main diagonals of matrices. TensorFlow: MatrixDiagPartV3. */
  default Output matrixDiagPart(Object x) {
    return matrixDiagPart(x, 0);
  }

  /** Returns diagonals of matrices. TensorFlow: MatrixDiagPartV3. */
  default Output matrixDiagPart(Object x, Object k) {
    return matrixDiagPart(x, k, 0, Align.RIGHT_LEFT);
  }

  /**
   * Returns diagonals of matrices. TensorFlow: MatrixDiagPartV3.
   *
   * @param k which diagonal, or the lowest and the highest of several
   * @param padding what stands beside diagonals that are shorter than others
   */
  default Output matrixDiagPart(Object x, Object k, Object padding, Align align) {
    Arguments.requireEach("x, k, padding, align", x, k, padding, align);
    Output input = operand(x);
    return result(
        new MatrixDiagPart(Form.V3, align), input, operand(k), operand(padding, input.dtype()));
  }

  /**
   * Matrices with given diagonals: inputs diagonals and, but for the first form, which ones, rows,
   * columns and what stands elsewhere.
   */
  record MatrixDiag(Form form, Align align) implements Op {
    private static final Written WRITTEN =
        Written.of(
            Signature.of("diagonal: T").alias("BatchMatrixDiag"),
            Signature.of(
                "diagonal: T",
                "k: int32",
                "num_rows: int32 in index",
                "num_cols: int32 in index",
                "padding_value: T"));

    public MatrixDiag {
      align = form.align(align);
    }

    @Override
    public String type() {
      return form.name("MatrixDiag");
    }

    @Override
    public Signature signature() {
      return WRITTEN.as(form);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (form != Form.V1) {
        in.requireRank(4, 0);
      }
      Optional<Diagonals.Band> band = form.band(in);
      Optional<Long> rows = form == Form.V1 ? Optional.of(-1L) : ShapeVectors.scalar(in, 2);
      Optional<Long> columns = form == Form.V1 ? Optional.of(-1L) : ShapeVectors.scalar(in, 3);
      Shape shape = in.shape(0);
      in.require(
          !shape.isRankKnown() || shape.rank() > 0, "a scalar is no diagonal: %s", in.type(0));
      if (!shape.isRankKnown() || band.isEmpty()) {
        return List.of(in.type(0).withShape(Shape.unknown()));
      }
      Shape batch = batch(in, shape, band.get());
      return List.of(
          in.type(0)
              .withShape(
                  batch.concat(
                      rows.isPresent() && columns.isPresent()
                          ? matrix(in, band.get(), shape.dim(-1), rows.get(), columns.get())
                          : Shape.unknown(2))));
    }

    private static Shape batch(Inference in, Shape shape, Diagonals.Band band) {
      if (band.isSingle()) {
        return shape.slice(0, shape.rank() - 1);
      }
      in.require(
          shape.rank() > 1 && Shape.of(band.count()).isCompatibleWith(Shape.of(shape.dim(-2))),
          "diagonals %d to %d are %d, but %s has another number",
          band.low(),
          band.high(),
          band.count(),
          in.type(0));
      return shape.slice(0, shape.rank() - 2);
    }

    /** Returns the extents of the matrices whose longest diagonal has this length. */
    private static Shape matrix(
        Inference in, Diagonals.Band band, long length, long wishedRows, long wishedColumns) {
      if (length < 0) {
        return Shape.of(Math.max(wishedRows, -1), Math.max(wishedColumns, -1));
      }
      long leastRows = length - Math.min(band.high(), 0);
      long leastColumns = length + Math.max(band.low(), 0);
      long square = Math.max(leastRows, leastColumns);
      long rows = wishedRows != -1 ? wishedRows : wishedColumns == -1 ? square : leastRows;
      long columns = wishedColumns != -1 ? wishedColumns : wishedRows == -1 ? square : leastColumns;
      in.require(
          rows >= leastRows
              && columns >= leastColumns
              && (rows == leastRows || columns == leastColumns),
          "matrices of %d by %d do not have diagonals %d to %d of %d elements",
          rows,
          columns,
          band.low(),
          band.high(),
          length);
      return Shape.of(rows, columns);
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Object k = form == Form.V1 ? 0 : call.input(1);
      return Gradients.of(tf.matrixDiagPart(call.gradient(), k, 0, align));
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.outputType(0).shape();
      Diagonals diagonals = Diagonals.of(form.band(to), align, shape);
      to.output(0, form.around(to, 4, (x, fill) -> diagonals.unpack(to, x, shape, fill)));
    }

    static List<Example> examples() {
      Op first = new MatrixDiag(Form.V1, Align.LEFT_LEFT);
      Op second = new MatrixDiag(Form.V2, Align.LEFT_LEFT);
      Op third = new MatrixDiag(Form.V3, Align.RIGHT_LEFT);
      return List.of(
          Example.accepts(first).with(DType.FLOAT32, 2, 3),
          Example.accepts(first).with(DType.BOOL, 0),
          of(Example.accepts(second).with(DType.FLOAT64, 2, 3), 3, 4, 0, 1),
          of(Example.accepts(third).with(DType.FLOAT32, 3, 2), -1, -1, -1, 1),
          of(Example.accepts(third).with(DType.FLOAT32, 2), 5, -1, 1, 1),
          of(
              Example.accepts(new MatrixDiag(Form.V3, Align.LEFT_RIGHT)).with(DType.INT32, 2, 3),
              -1,
              3,
              -1,
              0),
          of(
              Example.rejects(third, "matrices of 2 by 3 do not have diagonals 0 to 0 of 3")
                  .with(DType.FLOAT32, 3),
              2,
              -1,
              0,
              0),
          of(
              Example.rejects(third, "diagonals 0 to 2 are 3, but float32[2,3] has another number")
                  .with(DType.FLOAT32, 2, 3),
              -1,
              -1,
              0,
              2),
          Example.rejects(first, "a scalar is no diagonal").with(DType.FLOAT32));
    }

    private static Example of(Example example, int rows, int columns, int low, int high) {
      return example
          .ints(low, high)
          .scalar(DType.INT32, rows)
          .scalar(DType.INT32, columns)
          .with(Literal.scalar(example.inputs().get(0).type().dtype(), 7));
    }
  }

  /**
   * Diagonals of matrices: inputs matrices and, but for the first form, which diagonals and what
   * stands beside shorter ones.
   */
  record MatrixDiagPart(Form form, Align align) implements Op {
    private static final Written WRITTEN =
        Written.of(
            Signature.of("input: T").alias("BatchMatrixDiagPart"),
            Signature.of("input: T", "k: int32", "padding_value: T"));

    public MatrixDiagPart {
      align = form.align(align);
    }

    @Override
    public String type() {
      return form.name("MatrixDiagPart");
    }

    @Override
    public Signature signature() {
      return WRITTEN.as(form);
    }

    @Override
    public List<TensorType> infer(Inference in) {
      if (form != Form.V1) {
        in.requireRank(2, 0);
      }
      Optional<Diagonals.Band> band = form.band(in);
      Shape shape = requireMatrices(in);
      if (!shape.isRankKnown() || band.isEmpty()) {
        return List.of(in.type(0).withShape(Shape.unknown()));
      }
      band.get().requireWithin(in, shape);
      return List.of(in.type(0).withShape(band.get().packed(shape)));
    }

    static Shape requireMatrices(Inference in) {
      Shape shape = in.shape(0);
      in.require(
          !shape.isRankKnown() || shape.rank() > 1, "needs matrices, not a tensor %s", in.type(0));
      return shape;
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Object k = form == Form.V1 ? 0 : call.input(1);
      Shape shape = x.shape();
      if (!shape.isRankKnown() || shape.dim(-2) < 0 || shape.dim(-1) < 0) {
        return Gradients.of(tf.matrixSetDiag(tf.zerosLike(x), call.gradient(), k, align));
      }
      int rows = Math.toIntExact(shape.dim(-2));
      int columns = Math.toIntExact(shape.dim(-1));
      return Gradients.of(tf.matrixDiag(call.gradient(), k, rows, columns, 0, align));
    }

    @Override
    public void lower(Lowering to) {
      Diagonals diagonals = Diagonals.of(form.band(to), align, to.inputType(0).shape());
      Shape shape = to.outputType(0).shape();
      to.output(0, form.around(to, 2, (x, fill) -> diagonals.pack(to, x, shape, fill)));
    }

    static List<Example> examples() {
      Op first = new MatrixDiagPart(Form.V1, Align.LEFT_LEFT);
      Op second = new MatrixDiagPart(Form.V2, Align.LEFT_LEFT);
      Op third = new MatrixDiagPart(Form.V3, Align.LEFT_RIGHT);
      return List.of(
          Example.accepts(first).with(DType.FLOAT32, 2, 3, 4),
          Example.accepts(first).with(DType.BOOL, 0, 3),
          of(Example.accepts(second).with(DType.FLOAT64, 3, 3), -1, 1),
          of(Example.accepts(third).with(DType.FLOAT32, 2, 3, 4), -2, 3),
          of(Example.accepts(third).with(DType.INT32, 3, 2), -1),
          of(
              Example.rejects(third, "matrices of 3 by 2 have no diagonal 2")
                  .with(DType.FLOAT32, 3, 2),
              2),
          of(
              Example.rejects(third, "diagonals 1 to 0 are in the wrong order")
                  .with(DType.FLOAT32, 3, 2),
              1,
              0),
          of(
              Example.rejects(third, "one diagonal, or the lowest and the highest, not int32[3]")
                  .with(DType.FLOAT32, 3, 2),
              0,
              0,
              0),
          Example.rejects(first, "needs matrices").with(DType.FLOAT32, 2));
    }

    private static Example of(Example example, int... k) {
      Literal padding = Literal.scalar(example.inputs().get(0).type().dtype(), 7);
      return example.ints(k).with(padding);
    }
  }
}
