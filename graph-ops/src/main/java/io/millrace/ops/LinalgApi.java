package io.millrace.ops;

import io.millrace.Output;
import io.millrace.ops.linalg.DiagonalOps.Align;
import io.millrace.ops.linalg.EinsumOps;
import io.millrace.ops.linalg.MatrixOps;
import io.millrace.ops.linalg.NormOps;
import io.millrace.type.DType;

/**
 * The view {@code tf.linalg}: matrices. What is {@code tf.matrixDiag} is {@code tf.linalg.diag}
 * here, as in TensorFlow, and {@code tf.diag} is {@code tf.linalg.tensorDiag}.
 */
public final class LinalgApi extends Facade implements EinsumOps, MatrixOps, NormOps {
  LinalgApi(Ops ops) {
    super(ops);
  }

  /** Returns the float32 identity matrix with n rows. */
  public Output eye(Object n) {
    return ops.eye(n);
  }

  /** Returns a matrix with ones on its main diagonal. */
  public Output eye(Object rows, Object columns, DType dtype) {
    return ops.eye(rows, columns, dtype);
  }

  /** Returns the sums of the main diagonals of matrices. */
  public Output trace(Object x) {
    return ops.trace(x);
  }

  /** Returns square matrices with these main diagonals: {@link Ops#matrixDiag(Object)}. */
  public Output diag(Object diagonal) {
    return ops.matrixDiag(diagonal);
  }

  /** Returns the smallest square matrices with these diagonals. */
  public Output diag(Object diagonal, Object k) {
    return ops.matrixDiag(diagonal, k);
  }

  /** Returns matrices with these diagonals, as {@link Ops#matrixDiag} does. */
  public Output diag(
      Object diagonal, Object k, Object rows, Object columns, Object padding, Align align) {
    return ops.matrixDiag(diagonal, k, rows, columns, padding, align);
  }

  /** Returns the main diagonals of matrices: {@link Ops#matrixDiagPart(Object)}. */
  public Output diagPart(Object x) {
    return ops.matrixDiagPart(x);
  }

  /** Returns diagonals of matrices. */
  public Output diagPart(Object x, Object k) {
    return ops.matrixDiagPart(x, k);
  }

  /** Returns diagonals of matrices, as {@link Ops#matrixDiagPart} does. */
  public Output diagPart(Object x, Object k, Object padding, Align align) {
    return ops.matrixDiagPart(x, k, padding, align);
  }

  /** Returns matrices with other main diagonals: {@link Ops#matrixSetDiag(Object, Object)}. */
  public Output setDiag(Object x, Object diagonal) {
    return ops.matrixSetDiag(x, diagonal);
  }

  /** Returns matrices with other diagonals. */
  public Output setDiag(Object x, Object diagonal, Object k) {
    return ops.matrixSetDiag(x, diagonal, k);
  }

  /** Returns matrices with other diagonals, as {@link Ops#matrixSetDiag} does. */
  public Output setDiag(Object x, Object diagonal, Object k, Align align) {
    return ops.matrixSetDiag(x, diagonal, k, align);
  }

  /** Returns matrices with zeros outside a band: {@link Ops#matrixBandPart}. */
  public Output bandPart(Object x, Object lower, Object upper) {
    return ops.matrixBandPart(x, lower, upper);
  }

  /** Returns a tensor of twice the axes with these elements on its diagonal: {@link Ops#diag}. */
  public Output tensorDiag(Object diagonal) {
    return ops.diag(diagonal);
  }

  /** Returns the diagonal of a tensor whose axes come twice: {@link Ops#diagPart}. */
  public Output tensorDiagPart(Object x) {
    return ops.diagPart(x);
  }
}
