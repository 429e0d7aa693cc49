package io.millrace.ops;

import io.millrace.DType;
import io.millrace.Output;
import io.millrace.Shape;
import io.millrace.TensorType;
import io.millrace.ir.Value;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import java.util.List;

/** Matrix products. */
public interface MatrixOps extends Building {

  /** Returns the product of two matrices, {@code [m,k]} and {@code [k,n]}. TensorFlow: MatMul. */
  default Output matmul(Object a, Object b) {
    return matmul(a, b, false, false);
  }

  /** Returns the product of two matrices, each transposed first if asked. TensorFlow: MatMul. */
  default Output matmul(Object a, Object b, boolean transposeA, boolean transposeB) {
    return result(new MatMul(transposeA, transposeB), a, b);
  }

  /** Product of two matrices of one numeric type, each transposed first if asked. */
  record MatMul(boolean transposeA, boolean transposeB) implements Op {
    @Override
    public String type() {
      return "MatMul";
    }

    @Override
    public Signature signature() {
      return Signature.of("a: T", "b: T")
          .optional("transpose_a", false)
          .optional("transpose_b", false)
          .ignoring("grad_a", "grad_b");
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireCount(2);
      in.requireNumeric(0);
      DType dtype = in.requireSameDType();
      Shape a = in.requireRank(0, 2);
      Shape b = in.requireRank(1, 2);
      long inner = a.dim(transposeA ? 0 : 1);
      long other = b.dim(transposeB ? 1 : 0);
      in.require(
          inner == other || inner < 0 || other < 0,
          "inner dimensions %d and %d differ",
          inner,
          other);
      return List.of(TensorType.of(dtype, a.dim(transposeA ? 1 : 0), b.dim(transposeB ? 0 : 1)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output a = call.input(0);
      Output b = call.input(1);
      Output dy = call.gradient();
      return Gradients.of(
          transposeA ? tf.matmul(b, dy, transposeB, true) : tf.matmul(dy, b, false, !transposeB),
          transposeB ? tf.matmul(dy, a, true, transposeA) : tf.matmul(a, dy, !transposeA, false));
    }

    @Override
    public void lower(Lowering to) {
      Value a = batchOfOne(to, 0);
      Value b = batchOfOne(to, 1);
      Value product = to.contract(a, b, transposeA, transposeB);
      to.output(0, to.reshape(product, to.outputType(0).shape()));
    }

    private static Value batchOfOne(Lowering to, int input) {
      return to.reshape(to.input(input), Shape.of(1).concat(to.inputType(input).shape()));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new MatMul(false, false))
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 3, 4),
          Example.accepts(new MatMul(true, false))
              .with(DType.FLOAT32, 3, 2)
              .with(DType.FLOAT32, 3, 4),
          Example.accepts(new MatMul(false, true))
              .with(DType.FLOAT64, 2, 3)
              .with(DType.FLOAT64, 4, 3),
          Example.accepts(new MatMul(true, true))
              .with(DType.FLOAT32, 3, 2)
              .with(DType.FLOAT32, 4, 3),
          Example.accepts(new MatMul(false, false)).with(DType.INT32, 2, 3).with(DType.INT32, 3, 1),
          Example.accepts(new MatMul(false, false))
              .with(DType.FLOAT32, 2, 0)
              .with(DType.FLOAT32, 0, 4),
          Example.rejects(new MatMul(false, false), "inner dimensions 3 and 2 differ")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT32, 2, 3),
          Example.rejects(new MatMul(false, false), "must have 2 axes")
              .with(DType.FLOAT32, 3)
              .with(DType.FLOAT32, 3, 4),
          Example.rejects(new MatMul(false, false), "inputs must have one type")
              .with(DType.FLOAT32, 2, 3)
              .with(DType.FLOAT64, 3, 4));
    }
  }
}
