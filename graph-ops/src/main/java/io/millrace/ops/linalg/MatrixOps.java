package io.millrace.ops.linalg;

import io.millrace.Output;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Example;
import io.millrace.op.Gradient;
import io.millrace.op.Gradients;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Ops;
import io.millrace.ops.array.Constants;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/** Matrix products. */
public interface MatrixOps extends Building {

  /**
   * Returns the product of two matrices, {@code [m,k]} and {@code [k,n]}, or of as many as the axes
   * before the last two have, which broadcast. TensorFlow: MatMul, or BatchMatMulV2.
   */
  default Output matmul(Object a, Object b) {
    return matmul(a, b, false, false);
  }

  /**
   * Returns the products of matrices, each transposed first if asked. TensorFlow: MatMul, or
   * BatchMatMulV2 unless both tensors are known to have two axes.
   */
  default Output matmul(Object a, Object b, boolean transposeA, boolean transposeB) {
    List<Output> inputs = Constants.of(graph(), "MatMul", a, b);
    boolean plain =
        inputs.stream().map(Output::shape).allMatch(s -> s.isRankKnown() && s.rank() <= 2);
    return plain
        ? result(new MatMul(transposeA, transposeB), inputs.get(0), inputs.get(1))
        : result(
            new BatchMatMul(BatchMatMul.Rule.V2, transposeA, transposeB),
            inputs.get(0),
            inputs.get(1));
  }

  /** Product of two matrices of one numeric type, each transposed first if asked. */
  record MatMul(boolean transposeA, boolean transposeB) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("a: T in signed", "b: T")
            .optional("transpose_a", false)
            .optional("transpose_b", false)
            .ignoring("grad_a", "grad_b");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
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
          transposeA
              ? tf.result(new MatMul(transposeB, true), b, dy)
              : tf.result(new MatMul(false, !transposeB), dy, b),
          transposeB
              ? tf.result(new MatMul(true, transposeA), dy, a)
              : tf.result(new MatMul(!transposeA, false), a, dy));
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
              .with(DType.FLOAT32, 3, 4));
    }
  }

  /** Products of matrices, one for every index of the axes before the last two. */
  record BatchMatMul(Rule rule, boolean adjX, boolean adjY) implements Op {
    private static final Signature ONE_TYPE = Signature.of("x: T in signed", "y: T");

    /** What TensorFlow's versions of the operation accept. */
    public enum Rule {
      /** Equal axes before the last two. */
      V1("BatchMatMul", ONE_TYPE),
      /** Axes before the last two that broadcast. */
      V2("BatchMatMulV2", ONE_TYPE),
      /** Likewise; types that differ are not supported. */
      V3("BatchMatMulV3", Signature.of("x: Ta in signed", "y: Tb in signed").outputType("Tout", 0));

      private final String type;
      private final Signature signature;

      Rule(String type, Signature inputs) {
        this.type = type;
        this.signature =
            inputs
                .told("rule")
                .optional("adj_x", false)
                .optional("adj_y", false)
                .ignoring("grad_x", "grad_y");
      }
    }

    @Override
    public String type() {
      return rule.type;
    }

    @Override
    public Signature signature() {
      return rule.signature;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      in.require(in.dtype(1) == dtype, "y must be %s as x is, not %s", dtype, in.dtype(1));
      Shapes.requireAxes(in, 0, 2);
      Shapes.requireAxes(in, 1, 2);
      Shape x = in.shape(0);
      Shape y = in.shape(1);
      if (!x.isRankKnown() || !y.isRankKnown()) {
        return List.of(new TensorType(dtype, Shape.unknown()));
      }
      long inner = x.dim(adjX ? -2 : -1);
      long other = y.dim(adjY ? -1 : -2);
      Shapes.equal(in, inner, other, "inner dimensions %d and %d differ", inner, other);
      Shape batch =
          rule == Rule.V1 ? Shapes.merge(in, batch(x), batch(y)) : in.broadcast(batch(x), batch(y));
      Shape matrix = Shape.of(x.dim(adjX ? -1 : -2), y.dim(adjY ? -2 : -1));
      return List.of(new TensorType(dtype, batch.concat(matrix)));
    }

    private static Shape batch(Shape shape) {
      return shape.slice(0, shape.rank() - 2);
    }

    private static Shape matrix(Shape shape) {
      return shape.slice(shape.rank() - 2, shape.rank());
    }

    @Override
    public Gradients gradient(Gradient call) {
      Output x = call.input(0);
      Output y = call.input(1);
      Output dz = call.gradient();
      Output dx = adjX ? times(adjY, true, y, dz) : times(false, !adjY, dz, y);
      Output dy = adjY ? times(true, adjX, dz, x) : times(!adjX, false, x, dz);
      return Gradients.of(
          Broadcasting.sumTo(dx, x, dx, List.of(dx)), Broadcasting.sumTo(dy, y, dy, List.of(dy)));
    }

    private Output times(boolean adjFirst, boolean adjSecond, Output first, Output second) {
      return Ops.of(first.graph())
          .result(new BatchMatMul(rule, adjFirst, adjSecond), first, second);
    }

    @Override
    public void lower(Lowering to) {
      Shape x = to.inputType(0).shape();
      Shape y = to.inputType(1).shape();
      Shape result = to.outputType(0).shape();
      Shape batch = batch(result);
      Value product;
      if (batch(y).size() == 1 && !adjX) {
        // All rows of all first matrices times the one second matrix.
        Shape rows = Shape.of(1, batch(x).size() * x.dim(-2), x.dim(-1));
        product =
            to.contract(
                to.reshape(to.input(0), rows), flat(to, to.input(1), Shape.of()), false, adjY);
      } else {
        product =
            to.contract(flat(to, to.input(0), batch), flat(to, to.input(1), batch), adjX, adjY);
      }
      to.output(0, to.reshape(product, result));
    }

    /** Returns matrices with one axis before the last two, repeated unless there is only one. */
    private static Value flat(Lowering to, Value x, Shape batch) {
      Shape own = x.type().shape();
      Shape matrix = matrix(own);
      if (batch(own).size() == 1) {
        return to.reshape(x, Shape.of(1).concat(matrix));
      }
      Shape full = batch.concat(matrix);
      Value repeated = to.view(x, full, View.broadcast(own, full));
      return to.reshape(repeated, Shape.of(batch.size()).concat(matrix));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Rule rule : Rule.values()) {
        BatchMatMul op = new BatchMatMul(rule, false, false);
        examples.add(of(op, DType.FLOAT32, Shape.of(2, 3, 4), Shape.of(2, 4, 2)));
        examples.add(
            of(
                new BatchMatMul(rule, true, true),
                DType.FLOAT64,
                Shape.of(2, 1, 4, 3),
                Shape.of(2, 1, 2, 4)));
        examples.add(of(op, DType.INT32, Shape.of(2, 3), Shape.of(3, 2)));
        examples.add(of(op, DType.FLOAT32, Shape.of(0, 2, 3), Shape.of(0, 3, 2)));
        examples.add(of(op, DType.FLOAT64, Shape.of(2, 2, 0), Shape.of(2, 0, 3)));
        examples.add(
            Example.rejects(op, "inner dimensions 3 and 2 differ")
                .with(DType.FLOAT32, 2, 2, 3)
                .with(DType.FLOAT32, 2, 2, 3));
        examples.add(
            Example.rejects(op, rule == Rule.V1 ? "shapes [2] and [3] differ" : "do not broadcast")
                .with(DType.FLOAT32, 2, 2, 3)
                .with(DType.FLOAT32, 3, 3, 3));
        examples.add(
            Example.rejects(op, "must have at least 2 axes")
                .with(DType.FLOAT32, 2)
                .with(DType.FLOAT32, 2, 2));
      }
      for (boolean adjX : new boolean[] {false, true}) {
        BatchMatMul op = new BatchMatMul(Rule.V2, adjX, false);
        examples.add(of(op, DType.FLOAT32, Shape.of(3, 1, 2, 2), Shape.of(2, 2, 3)));
        examples.add(of(op, DType.FLOAT64, Shape.of(3, 3), Shape.of(2, 3, 1)));
        examples.add(of(op, DType.FLOAT64, Shape.of(2, 3, 3), Shape.of(3, 1)));
        examples.add(of(op, DType.FLOAT64, Shape.of(2, 3, 2, 2), Shape.of(1, 2, 2)));
      }
      examples.add(
          of(
              new BatchMatMul(Rule.V2, false, true),
              DType.FLOAT64,
              Shape.of(2, 1, 2, 3),
              Shape.of(4, 3)));
      return examples;
    }

    private static Example of(BatchMatMul op, DType dtype, Shape x, Shape y) {
      return Example.accepts(op).with(dtype, x.dims()).with(dtype, y.dims());
    }
  }
}
