package io.millrace.ops.nn;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
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
import io.millrace.ops.CrossEntropy;
import io.millrace.ops.Ops;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.Indexing;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How far a network's answers are from the truth. */
public interface LossOps extends Building {

  /**
   * Returns the cross entropy of labels, the first argument (true distributions), and logits, the
   * second (scores), over the last axis of both. TensorFlow: SoftmaxCrossEntropyWithLogits
   * (softmax_cross_entropy_with_logits_v2).
   *
   * <p>Exchanged, they give another number: {@link CrossEntropy} takes them by name, and {@code
   * tf.debugging.enableCheckLabels()} fails runs whose labels are no distributions.
   *
   * @param labels distributions, {@code [..., classes]}
   * @param logits scores of the same shape, floating
   * @return {@code [...]}
   */
  default Output softmaxCrossEntropyWithLogits(Object labels, Object logits) {
    List<Output> both = LabelsAndLogits.scores(this, labels, logits);
    Output scores = both.get(1);
    Output truth = LabelsAndLogits.distributions(tf(), both.get(0));
    if (scores.shape().isRankKnown() && scores.shape().rank() == 2) {
      return result(new SoftmaxCrossEntropyWithLogits(), scores, truth);
    }
    return scope(
        "softmax_cross_entropy_with_logits",
        () -> {
          Ops tf = tf();
          Op op = new SoftmaxCrossEntropyWithLogits();
          Output flat = tf.result(op, rows(tf, scores), rows(tf, truth));
          return tf.reshape(flat, withoutLast(tf, scores));
        });
  }

  /** Returns the cross entropy of labels and logits, over the last axis, given by name. */
  default Output softmaxCrossEntropyWithLogits(CrossEntropy between) {
    Arguments.require(between, "between");
    return softmaxCrossEntropyWithLogits(between.labels(), between.logits());
  }

  /**
   * Returns the cross entropy of labels, the first argument (one true class each), and logits, the
   * second (scores). TensorFlow: SparseSoftmaxCrossEntropyWithLogits.
   *
   * @param labels classes, {@code [...]}, int32 or int64; one outside {@code [0, classes)} fails
   *     the run
   * @param logits scores, {@code [..., classes]}, floating
   * @return {@code [...]}
   */
  default Output sparseSoftmaxCrossEntropyWithLogits(Object labels, Object logits) {
    Arguments.requireEach("labels, logits", labels, logits);
    Output scores = floating(logits).get(0);
    Output truth = LabelsAndLogits.classes(this, labels);
    if (scores.shape().isRankKnown() && truth.shape().isRankKnown()) {
      if (scores.shape().rank() != truth.shape().rank() + 1) {
        throw Refusal.of(
            "SparseSoftmaxCrossEntropyWithLogits",
            "labels are %s, logits are %s: logits must have one axis more than labels, the classes",
            truth,
            scores);
      }
      if (scores.shape().rank() == 2) {
        return result(new SparseSoftmaxCrossEntropyWithLogits(), scores, truth);
      }
    }
    return scope(
        "SparseSoftmaxCrossEntropyWithLogits",
        () -> {
          Ops tf = tf();
          Op op = new SparseSoftmaxCrossEntropyWithLogits();
          Output flat = tf.result(op, rows(tf, scores), tf.reshape(truth, -1));
          return tf.reshape(flat, Broadcasting.shapeOf(truth));
        });
  }

  /** Returns the cross entropy of true classes and logits, given by name. */
  default Output sparseSoftmaxCrossEntropyWithLogits(CrossEntropy between) {
    Arguments.require(between, "between");
    return sparseSoftmaxCrossEntropyWithLogits(between.labels(), between.logits());
  }

  /** Returns scores or labels as a matrix with the classes as columns. */
  private static Output rows(Ops tf, Output x) {
    if (x.shape().isRankKnown() && x.shape().rank() > 0 && x.shape().dim(-1) > 0) {
      return tf.reshape(x, -1, x.shape().dim(-1));
    }
    Output last = tf.expandDims(tf.subtract(tf.rank(x), 1), 0);
    Output classes = tf.slice(tf.shape(x), last, tf.indices(1));
    return tf.reshape(x, tf.concat(List.of(tf.indices(-1), classes), 0));
  }

  private static Output withoutLast(Ops tf, Output x) {
    Output axes = tf.expandDims(tf.subtract(tf.rank(x), 1), 0);
    return tf.slice(Broadcasting.shapeOf(x), tf.indices(0), axes);
  }

  /**
   * Returns the cross entropy of labels, the first argument (probabilities of independent yes-no
   * answers), and logits, the second (scores), element by element: {@code max(x, 0) - x z + log(1 +
   * exp(-|x|))}. TensorFlow: sigmoid_cross_entropy_with_logits.
   *
   * @param labels z, probabilities in [0, 1]
   * @param logits x, floating, of the same shape
   */
  default Output sigmoidCrossEntropyWithLogits(Object labels, Object logits) {
    List<Output> both = LabelsAndLogits.scores(this, labels, logits);
    Output x = both.get(1);
    Output z = LabelsAndLogits.probabilities(tf(), both.get(0));
    if (!x.shape().isCompatibleWith(z.shape())) {
      throw Refusal.of(
          "sigmoidCrossEntropyWithLogits",
          "labels are %s, logits are %s: they must have one shape",
          z,
          x);
    }
    return scope(
        "logistic_loss",
        () -> {
          Ops tf = tf();
          // For each sign the form in which nothing is taken off again, nor in the gradient.
          Output positive = tf.greaterEqual(x, 0);
          Output factor = tf.whereV2(positive, tf.subtract(1, z), tf.negative(z));
          Output minusAbs = tf.whereV2(positive, tf.negative(x), x);
          // A score that is infinitely right costs nothing.
          return tf.add(tf.multiplyNoNan(x, factor), tf.nn.softplus(minusAbs));
        });
  }

  /** Returns the cross entropy of yes-no answers and logits, given by name. */
  default Output sigmoidCrossEntropyWithLogits(CrossEntropy between) {
    Arguments.require(between, "between");
    return sigmoidCrossEntropyWithLogits(between.labels(), between.logits());
  }

  /** Returns half the sum of squares, a scalar. TensorFlow: L2Loss. */
  default Output l2Loss(Object x) {
    return result(new L2Loss(), x);
  }

  /**
   * Cross entropy of scores and distributions, both {@code [batch, classes]}, which broadcast;
   * outputs are the losses {@code [batch]} and their gradient by the scores.
   */
  record SoftmaxCrossEntropyWithLogits() implements Op {
    private static final Signature SIGNATURE = Signature.of("features: T in floating", "labels: T");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      Shape shape = in.broadcast(in.requireRank(0, 2), in.requireRank(1, 2));
      return List.of(TensorType.of(dtype, shape.dim(0)), new TensorType(dtype, shape));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output logits = call.input(0);
      List<Output> byLogits = new ArrayList<>();
      List<Output> byLabels = new ArrayList<>();
      call.gradient(0)
          .ifPresent(
              dy -> {
                Output column = tf.expandDims(dy, -1);
                byLogits.add(tf.multiply(column, call.output(1)));
                byLabels.add(tf.multiply(column, tf.negative(tf.nn.logSoftmax(logits))));
              });
      call.gradient(1)
          .ifPresent(
              ddy -> {
                byLogits.add(SoftmaxOps.Softmax.slope(tf, tf.nn.softmax(logits), ddy));
                byLabels.add(tf.negative(ddy));
              });
      Output labels = call.input(1);
      Output result = call.output(1);
      return Gradients.of(
          Broadcasting.sumTo(sum(tf, byLogits), logits, result, List.of(labels)),
          Broadcasting.sumTo(sum(tf, byLabels), labels, result, List.of(logits)));
    }

    private static Output sum(Ops tf, List<Output> parts) {
      return parts.size() == 1 ? parts.get(0) : tf.add(parts.get(0), parts.get(1));
    }

    @Override
    public void lower(Lowering to) {
      List<Value> parts = new ArrayList<>(SoftmaxOps.Softmax.parts(to, to.input(0)));
      parts.add(to.input(1));
      to.output(0, to.reduce(Reduction.SUM, parts, List.of(1), false, (b, s) -> loss(s, s.get(4))));
      to.output(1, to.map(parts, s -> slope(s, s.get(4))));
    }

    /** Returns a class's part of the loss: 0 where it is impossible and not asked for. */
    private static Scalar loss(List<Scalar> parts, Scalar label) {
      Scalar score = SoftmaxOps.LogSoftmax.score(parts);
      Scalar zero = label.constant(0);
      Scalar absent = label.eq(zero).and(score.eq(score.constant(Double.NEGATIVE_INFINITY)));
      return absent.select(zero, score.times(label).negate());
    }

    /** Returns the probability less the label, exact where one is nearly the other. */
    static Scalar slope(List<Scalar> parts, Scalar label) {
      Scalar rest = parts.get(2);
      Scalar above = SoftmaxOps.Softmax.exponential(parts).minus(label).minus(label.times(rest));
      return above.dividedBy(rest.plus(1));
    }

    static List<Example> examples() {
      Op op = new SoftmaxCrossEntropyWithLogits();
      return List.of(
          // The gradient holds for labels that add up to one.
          Example.accepts(op)
              .with(DType.FLOAT32, 3, 4)
              .with(Literal.fill(TensorType.of(DType.FLOAT32, 3, 4), 0.25)),
          Example.accepts(op)
              .with(DType.FLOAT64, 3, 4)
              .with(Literal.fill(TensorType.of(DType.FLOAT64, 3, 4), 0.25)),
          Example.accepts(op)
              .with(DType.FLOAT64, 3, 4)
              .with(Literal.fill(TensorType.of(DType.FLOAT64, 1, 4), 0.25)),
          Example.accepts(op)
              .with(DType.FLOAT64, 1, 4)
              .with(Literal.fill(TensorType.of(DType.FLOAT64, 3, 4), 0.25)),
          Example.accepts(op).with(DType.FLOAT32, 0, 4).with(DType.FLOAT32, 0, 4),
          Example.rejects(op, "shapes [3,4] and [3,5] do not broadcast")
              .with(DType.FLOAT32, 3, 4)
              .with(DType.FLOAT32, 3, 5),
          Example.rejects(op, "must have 2 axes").with(DType.FLOAT32, 3).with(DType.FLOAT32, 3));
    }
  }

  /**
   * Cross entropy of scores {@code [batch, classes]} and true classes {@code [batch]}; outputs are
   * the losses {@code [batch]} and their gradient by the scores.
   */
  record SparseSoftmaxCrossEntropyWithLogits() implements Op {
    private static final Signature SIGNATURE =
        Signature.of("features: T in floating", "labels: Tlabels in index");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      DType dtype = in.dtype(0);
      Shape logits = in.requireRank(0, 2);
      Shape labels = in.requireRank(1, 1);
      long batch =
          Shapes.equal(
              in,
              logits.dim(0),
              labels.dim(0),
              "logits are for %d examples, labels for %d",
              logits.dim(0),
              labels.dim(0));
      in.require(
          logits.dim(1) != 0,
          "there must be at least one class, but the logits have shape %s",
          logits);
      return List.of(TensorType.of(dtype, batch), TensorType.of(dtype, batch, logits.dim(1)));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Optional<Output> byLoss =
          call.gradient(0).map(dy -> tf.multiply(tf.expandDims(dy, -1), call.output(1)));
      Optional<Output> byBackprop =
          call.gradient(1)
              .map(ddy -> SoftmaxOps.Softmax.slope(tf, tf.nn.softmax(call.input(0)), ddy));
      Optional<Output> both = byLoss.flatMap(a -> byBackprop.map(b -> tf.add(a, b)));
      return Gradients.of(
          List.of(both.or(() -> byLoss).or(() -> byBackprop)), "labels are classes, not numbers");
    }

    @Override
    public void lower(Lowering to) {
      Value logits = to.input(0);
      Shape shape = logits.type().shape();
      Value labels = to.reshape(to.input(1), Shape.of(shape.dim(0), 1));
      Indexing.requireWithin(
          to,
          to.input(1),
          0,
          shape.dim(1),
          "received a label value which is outside the valid range of [0, " + shape.dim(1) + ")");
      List<Value> parts = SoftmaxOps.Softmax.parts(to, logits);
      List<Value> own = new ArrayList<>(parts);
      own.set(0, own(to, logits, labels));
      Value losses = to.map(own, s -> SoftmaxOps.LogSoftmax.score(s).negate());
      to.output(0, to.reshape(losses, Shape.of(shape.dim(0))));
      to.output(1, slopes(to, parts, own, labels));
    }

    /** Returns of each row the score of the class that is the true one. */
    private static Value own(Lowering to, Value logits, Value labels) {
      Shape shape = logits.type().shape();
      Value rows = to.reshape(logits, Shape.of(shape.dim(0), 1, shape.dim(1), 1));
      TensorType picked = logits.type().withShape(Shape.of(shape.dim(0), 1, 1, 1));
      Value scores = to.emit(new Primitive.Gather(), List.of(rows, labels), picked);
      return to.reshape(scores, labels.type().shape());
    }

    /** Returns all probabilities, with those of the true classes less 1 put in their places. */
    private static Value slopes(Lowering to, List<Value> parts, List<Value> own, Value labels) {
      Shape shape = parts.get(0).type().shape();
      Value all = to.map(parts, s -> SoftmaxCrossEntropyWithLogits.slope(s, s.get(0).constant(0)));
      Value one = to.map(own, s -> SoftmaxCrossEntropyWithLogits.slope(s, s.get(0).constant(1)));
      Value places =
          to.mapViews(
              labels.type().shape(),
              List.of(labels),
              List.of(View.dense(labels.type().shape())),
              (b, s) ->
                  b.index(0)
                      .times(b.literal(DType.INT64, shape.dim(1)))
                      .plus(s.get(0).cast(DType.INT64)));
      Shape flat = Shape.of(shape.size(), 1);
      Value put =
          to.emit(
              new Primitive.Scatter(Primitive.Scatter.Combine.SET),
              List.of(to.reshape(all, flat), to.reshape(places, Shape.of(shape.dim(0))), one),
              all.type().withShape(flat));
      return to.reshape(put, shape);
    }

    static List<Example> examples() {
      Op op = new SparseSoftmaxCrossEntropyWithLogits();
      return List.of(
          Example.accepts(op).with(DType.FLOAT32, 3, 4).within(0, 4, DType.INT32, 3),
          Example.accepts(op).with(DType.FLOAT64, 3, 4).within(0, 4, DType.INT64, 3),
          Example.accepts(op).with(DType.FLOAT32, 2, 1).within(0, 1, DType.INT64, 2),
          Example.accepts(op).with(DType.FLOAT32, 0, 4).with(DType.INT32, 0),
          Example.rejects(op, "outside the valid range of [0, 4)")
              .with(DType.FLOAT32, 3, 4)
              .ints(0, 4, 1),
          Example.rejects(op, "outside the valid range of [0, 4)")
              .with(DType.FLOAT32, 3, 4)
              .ints(0, -1, 1),
          Example.rejects(op, "logits are for 3 examples, labels for 2")
              .with(DType.FLOAT32, 3, 4)
              .with(DType.INT32, 2));
    }
  }

  /** Half the sum of squares. */
  record L2Loss() implements Op {
    private static final Signature SIGNATURE = Signature.of("t: T in floating");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return List.of(in.type(0).withShape(Shape.scalar()));
    }

    @Override
    public Gradients gradient(Gradient call) {
      return Gradients.of(Ops.of(call.graph()).multiply(call.input(0), call.gradient()));
    }

    @Override
    public void lower(Lowering to) {
      Value squares = to.reduceAll(Reduction.SUM, to.input(0), Scalar::square);
      to.output(0, to.map(squares, s -> s.times(0.5)));
    }

    static List<Example> examples() {
      return List.of(
          Example.accepts(new L2Loss()).with(DType.FLOAT32, 2, 3),
          Example.accepts(new L2Loss()).with(DType.FLOAT64),
          Example.accepts(new L2Loss()).with(DType.FLOAT32, 0));
    }
  }
}
