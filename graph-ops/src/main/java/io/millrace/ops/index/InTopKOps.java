package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ir.Reduction;
import io.millrace.ir.UnaryFn;
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
import io.millrace.ops.building.Shapes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.List;

/** Whether true classes are among the best predictions. */
public interface InTopKOps extends Building {

  /**
   * Returns whether fewer than k classes are predicted higher than the true one. TensorFlow:
   * InTopKV2.
   *
   * <p>The answer is false if the true class does not exist, or a prediction is not finite.
   *
   * @param predictions {@code [batch, classes]}, float32
   * @param targets the true classes, {@code [batch]}, int32 or int64
   * @param k a number or a scalar tensor of the type of the targets
   * @return booleans, {@code [batch]}
   */
  default Output inTopK(Object predictions, Object targets, Object k) {
    Arguments.requireEach("predictions, targets, k", predictions, targets, k);
    Output truth = operand(targets);
    return result(new InTopKV2(), operand(predictions), truth, operand(k, truth.dtype()));
  }

  /** Whether the targets are among the greatest predictions; the third input counts these. */
  record InTopKV2() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("predictions: float32", "targets: T in index", "k: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      in.requireRank(2, 0);
      return answers(in);
    }

    static List<TensorType> answers(Inference in) {
      long predicted = in.requireRank(0, 2).dim(0);
      long batch = in.requireRank(1, 1).dim(0);
      return List.of(
          TensorType.of(
              DType.BOOL,
              Shapes.equal(
                  in,
                  predicted,
                  batch,
                  "predictions are for %d examples, targets for %d",
                  predicted,
                  batch)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is boolean");
    }

    @Override
    public void lower(Lowering to) {
      lower(to, to.map(to.input(2), k -> k.cast(DType.INT64)));
    }

    static void lower(Lowering to, Value k) {
      Value all = to.input(0);
      Shape shape = all.type().shape();
      Value truth =
          to.map(
              to.reshape(to.input(1), Shape.of(shape.dim(0), 1)),
              target -> target.cast(DType.INT64));
      Value own =
          to.reduce(
              Reduction.SUM,
              List.of(all, truth),
              List.of(1),
              true,
              (b, s) -> s.get(1).eq(b.index(1)).select(s.get(0), s.get(0).constant(0)));
      Value finite =
          to.reduce(
              Reduction.ALL,
              List.of(all),
              List.of(1),
              false,
              (b, s) -> s.get(0).apply(UnaryFn.IS_FINITE));
      Value better =
          to.reduce(
              Reduction.SUM,
              List.of(all, own),
              List.of(1),
              false,
              (b, s) -> s.get(0).gt(s.get(1)).cast(DType.INT64));
      Value target = to.reshape(truth, Shape.of(shape.dim(0)));
      to.output(
          0,
          to.map(
              List.of(finite, better, target, k),
              s -> s.get(0).and(s.get(1).lt(s.get(3))).and(s.get(2).isWithin(0, shape.dim(1)))));
    }

    static List<Example> examples() {
      Op op = new InTopKV2();
      return List.of(
          Example.accepts(op)
              .with(DType.FLOAT32, 6, 4)
              .within(-1, 5, DType.INT32, 6)
              .scalar(DType.INT32, 2),
          Example.accepts(op)
              .with(Literal.fill(TensorType.of(DType.FLOAT32, 2, 3), Double.POSITIVE_INFINITY))
              .longs(0, 2)
              .scalar(DType.INT64, 3),
          Example.rejects(op, "predictions are for 3 examples, targets for 2")
              .with(DType.FLOAT32, 3, 4)
              .ints(0, 1)
              .scalar(DType.INT32, 2));
    }
  }

  /** Whether the targets are among the {@code k} greatest predictions. */
  record InTopK(int k) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("predictions: float32", "targets: T in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return InTopKV2.answers(in);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.none("its result is boolean");
    }

    @Override
    public void lower(Lowering to) {
      InTopKV2.lower(to, to.scalar(DType.INT64, k));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new InTopK(2)).with(DType.FLOAT32, 5, 4).within(0, 4, DType.INT64, 5),
          Example.accepts(new InTopK(1)).with(DType.FLOAT32, 0, 4).with(DType.INT32, 0));
    }
  }
}
