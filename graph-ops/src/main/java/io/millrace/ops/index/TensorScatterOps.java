package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ir.Primitive.Scatter.Combine;
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
import io.millrace.ops.math.Broadcasting;
import io.millrace.ops.math.Extremes;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tensors with some slices changed. */
public interface TensorScatterOps extends Building {

  /**
   * Returns the tensor with slices put where coordinates say; of equal ones the last decides.
   * TensorFlow: TensorScatterUpdate.
   *
   * @param indices {@code [..., depth]}, int32 or int64: coordinates in the first {@code depth}
   *     axes; those out of range fail the run
   * @param updates {@code indices.shape[:-1] + tensor.shape[depth:]}
   */
  default Output tensorScatterNdUpdate(Object tensor, Object indices, Object updates) {
    return changed(Change.UPDATE, tensor, indices, updates);
  }

  /** Returns the tensor with slices added where coordinates say. TensorFlow: TensorScatterAdd. */
  default Output tensorScatterNdAdd(Object tensor, Object indices, Object updates) {
    return changed(Change.ADD, tensor, indices, updates);
  }

  /**
   * Returns the tensor with slices taken off where coordinates say. TensorFlow: TensorScatterSub.
   */
  default Output tensorScatterNdSub(Object tensor, Object indices, Object updates) {
    return changed(Change.SUB, tensor, indices, updates);
  }

  /** Returns the lesser of the tensor and slices at coordinates. TensorFlow: TensorScatterMin. */
  default Output tensorScatterNdMin(Object tensor, Object indices, Object updates) {
    return changed(Change.MIN, tensor, indices, updates);
  }

  /** Returns the greater of the tensor and slices at coordinates. TensorFlow: TensorScatterMax. */
  default Output tensorScatterNdMax(Object tensor, Object indices, Object updates) {
    return changed(Change.MAX, tensor, indices, updates);
  }

  private Output changed(Change change, Object tensor, Object indices, Object updates) {
    Arguments.requireEach("tensor, indices, updates", tensor, indices, updates);
    Output x = operand(tensor);
    return result(new TensorScatter(change, ""), x, operand(indices), operand(updates, x.dtype()));
  }

  /** What an update does to an element. */
  enum Change {
    UPDATE("Update", Combine.SET),
    ADD("Add", Combine.ADD),
    SUB("Sub", Combine.SUB),
    MIN("Min", Combine.MIN),
    MAX("Max", Combine.MAX);

    private final String suffix;
    private final Combine combine;
    private final Signature tensor = signature("tensor");
    private final Signature variable = signature("ref").told("handle").ignoring("use_locking");
    private final Signature handle;

    Change(String suffix, Combine combine) {
      this.suffix = suffix;
      this.combine = combine;
      String types = name().equals("UPDATE") ? "any" : "numeric";
      handle =
          Signature.of("ref: resource", "indices: Tindices in index", "updates: T in " + types)
              .told("change")
              .told("handle")
              .optional("bad_indices_policy", "")
              .ignoring("use_locking");
    }

    private Signature signature(String target) {
      String type = name().equals("UPDATE") ? ": T" : ": T in numeric";
      return Signature.of(target + type, "indices: Tindices in index", "updates: T")
          .told("change")
          .optional("bad_indices_policy", "");
    }

    /** Returns how TensorFlow writes what changes a variable so. */
    public Signature ofVariable() {
      return variable;
    }

    /** Returns how TensorFlow writes what changes a variable that is taken by its handle so. */
    public Signature ofHandle() {
      return handle;
    }

    /** Returns the end of TensorFlow's names. */
    public String suffix() {
      return suffix;
    }

    /** Returns how rows are combined. */
    public Combine combine() {
      return combine;
    }
  }

  /** The first input changed by the third at the coordinates that the second names. */
  record TensorScatter(Change change, String badIndicesPolicy) implements Op {
    @Override
    public String type() {
      return "TensorScatter" + change.suffix;
    }

    @Override
    public Signature signature() {
      return change.tensor;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return changed(in, badIndicesPolicy);
    }

    /** Requires inputs tensor, indices and updates that fit, and returns the tensor's type. */
    public static List<TensorType> changed(Inference in, String policy) {
      Indexing.requirePolicy(in, policy);
      Indexing.requireUpdates(in, in.shape(1), in.shape(2), in.shape(0));
      return List.of(in.type(0));
    }

    @Override
    public Gradients gradient(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output arriving = call.gradient();
      return switch (change) {
        case UPDATE ->
            both(
                tf.result(this, arriving, call.input(1), tf.zerosLike(call.input(2))),
                kept(call, picked(call, arriving)));
        case ADD -> both(arriving, picked(call, arriving));
        case SUB -> both(arriving, tf.negative(picked(call, arriving)));
        case MIN, MAX -> extreme(call);
      };
    }

    /** Returns what arrived at the updates, or 0 at those that a later one replaced. */
    private Output kept(Gradient call, Output arriving) {
      Ops tf = Ops.of(call.graph());
      Output indices = call.input(1);
      Output places = tf.shape(indices);
      Output last = tf.expandDims(tf.subtract(tf.size(places), 1), 0);
      Output updates = tf.slice(places, tf.indices(0), last);
      Output numbers = tf.reshape(tf.range(tf.reduceProd(updates)), updates);
      Output depth = tf.slice(places, last, tf.indices(1));
      Output rows = tf.slice(tf.shape(call.input(0)), tf.indices(0), depth);
      Output writers = tf.result(this, tf.fill(rows, tf.constant(0)), indices, numbers);
      Output remains = tf.equal(picked(call, writers), numbers);
      return tf.whereV2(Broadcasting.widened(remains, arriving), arriving, tf.zerosLike(arriving));
    }

    /** The elements and updates equal to the extreme one, or NaN, share its gradient equally. */
    private Gradients extreme(Gradient call) {
      Ops tf = Ops.of(call.graph());
      Output x = call.input(0);
      Output indices = call.input(1);
      Output updates = call.input(2);
      Output kept = Extremes.orNaN(tf, tf.equal(x, call.output(0)), x);
      Output equal = tf.equal(updates, picked(call, call.output(0)));
      Output taken = Extremes.orNaN(tf, equal, updates);
      Output placed =
          tf.result(
              new GatherNdOps.ScatterNd(badIndicesPolicy),
              indices,
              tf.cast(taken, x.dtype()),
              Indexing.shapeOf(x, indices.dtype()));
      Output count = tf.maximum(tf.add(tf.cast(kept, x.dtype()), placed), 1);
      Output shared = tf.divide(call.gradient(), count);
      Output arriving = picked(call, shared);
      return both(
          tf.whereV2(kept, shared, tf.zerosLike(shared)),
          tf.whereV2(taken, arriving, tf.zerosLike(arriving)));
    }

    private Output picked(Gradient call, Output x) {
      return Ops.of(call.graph())
          .result(new GatherNdOps.GatherNd(badIndicesPolicy), x, call.input(1));
    }

    private static Gradients both(Output tensor, Output updates) {
      return Gradients.of(
          List.of(Optional.of(tensor), Optional.empty(), Optional.of(updates)),
          "indices only place the updates");
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      int depth = (int) to.inputType(1).shape().dim(-1);
      Value rows = Indexing.rows(to, to.input(1), shape, badIndicesPolicy);
      to.output(0, Indexing.scatter(to, change.combine, to.input(0), depth, rows, to.input(2)));
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Change change : Change.values()) {
        Op op = new TensorScatter(change, "");
        examples.add(
            Example.accepts(op)
                .with(DType.FLOAT64, 4, 2)
                .with(Literal.ofInts(3, 0).reshape(Shape.of(2, 1)))
                .with(DType.FLOAT64, 2, 2));
        examples.add(
            Example.accepts(op)
                .with(DType.FLOAT32, 2, 3)
                .with(Literal.ofLongs(0, 2, 1, 1).reshape(Shape.of(2, 2)))
                .with(DType.FLOAT32, 2));
        examples.add(
            Example.accepts(op)
                .with(DType.INT32, 3)
                .within(0, 3, DType.INT32, 5, 1)
                .with(DType.INT32, 5));
        examples.add(
            Example.accepts(new TensorScatter(change, "IGNORE"))
                .with(DType.UINT8, 3)
                .with(Literal.ofInts(-1, 1).reshape(Shape.of(2, 1)))
                .with(DType.UINT8, 2));
        examples.add(
            Example.accepts(op)
                .with(DType.INT64, 0, 2)
                .with(DType.INT32, 0, 1)
                .with(DType.INT64, 0, 2));
        examples.add(
            Example.rejects(op, "indices must be coordinates within the shape [3]")
                .with(DType.FLOAT32, 3)
                .with(Literal.ofInts(3).reshape(Shape.of(1, 1)))
                .with(DType.FLOAT32, 1));
        examples.add(
            Example.rejects(op, "updates of shape [1,3] do not fit: they must have shape [1,2]")
                .with(DType.FLOAT32, 3, 2)
                .with(Literal.ofInts(0).reshape(Shape.of(1, 1)))
                .with(DType.FLOAT32, 1, 3));
      }
      examples.add(
          Example.accepts(new TensorScatter(Change.UPDATE, ""))
              .with(DType.BOOL, 3)
              .within(0, 3, DType.INT32, 2, 1)
              .with(DType.BOOL, 2));
      return examples;
    }
  }

  /** The first input with the third added at the coordinates that the second names; any type. */
  record ScatterNdNonAliasingAdd(String badIndicesPolicy) implements Op {
    private static final Signature SIGNATURE =
        Signature.of("input: T", "indices: Tindices in index", "updates: T")
            .optional("bad_indices_policy", "");

    @Override
    public Signature signature() {
      return SIGNATURE;
    }

    @Override
    public List<TensorType> infer(Inference in) {
      return TensorScatter.changed(in, badIndicesPolicy);
    }

    @Override
    public Gradients gradient(Gradient call) {
      return new TensorScatter(Change.ADD, badIndicesPolicy).gradient(call);
    }

    @Override
    public void lower(Lowering to) {
      Shape shape = to.inputType(0).shape();
      int depth = (int) to.inputType(1).shape().dim(-1);
      Value rows = Indexing.rows(to, to.input(1), shape, badIndicesPolicy);
      to.output(0, Indexing.add(to, to.input(0), depth, rows, to.input(2)));
    }

    static List<Example> examples() {
      Op op = new ScatterNdNonAliasingAdd("");
      return List.of(
          Example.accepts(op)
              .with(DType.FLOAT64, 3, 2)
              .with(Literal.ofInts(1, 0, 1).reshape(Shape.of(3, 1)))
              .with(DType.FLOAT64, 3, 2),
          Example.accepts(op)
              .with(DType.BOOL, 4)
              .within(0, 4, DType.INT32, 3, 1)
              .with(DType.BOOL, 3));
    }
  }
}
