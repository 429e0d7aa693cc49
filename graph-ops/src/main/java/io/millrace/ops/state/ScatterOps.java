package io.millrace.ops.state;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.ir.Primitive.Scatter.Combine;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import io.millrace.op.Arguments;
import io.millrace.op.Example;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.Op;
import io.millrace.op.Signature;
import io.millrace.ops.Building;
import io.millrace.ops.Variable;
import io.millrace.ops.building.Shapes;
import io.millrace.ops.index.Indexing;
import io.millrace.ops.index.TensorScatterOps;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Changing some slices of variables.
 *
 * <p>{@code ref} is a {@link Variable} or the result of an operation that wrote one; the result is
 * the variable's new value, and refers to it. Indices are int32 or int64; one out of range fails
 * the run. Updates at equal indices are applied one after another.
 */
public interface ScatterOps extends Building {

  /**
   * Puts slices where indices say. TensorFlow: ScatterUpdate.
   *
   * @param indices places along the first axis, of any shape
   * @param updates {@code indices.shape + ref.shape[1:]}, or a scalar
   */
  default Output scatterUpdate(Operand ref, Object indices, Object updates) {
    return scattered(Slices.UPDATE, ref, indices, updates);
  }

  /** Adds to slices along the first axis. TensorFlow: ScatterAdd. */
  default Output scatterAdd(Operand ref, Object indices, Object updates) {
    return scattered(Slices.ADD, ref, indices, updates);
  }

  /** Subtracts from slices along the first axis. TensorFlow: ScatterSub. */
  default Output scatterSub(Operand ref, Object indices, Object updates) {
    return scattered(Slices.SUB, ref, indices, updates);
  }

  /** Multiplies slices along the first axis. TensorFlow: ScatterMul. */
  default Output scatterMul(Operand ref, Object indices, Object updates) {
    return scattered(Slices.MUL, ref, indices, updates);
  }

  /** Divides slices along the first axis. TensorFlow: ScatterDiv. */
  default Output scatterDiv(Operand ref, Object indices, Object updates) {
    return scattered(Slices.DIV, ref, indices, updates);
  }

  /** Lowers slices along the first axis to updates that are less. TensorFlow: ScatterMin. */
  default Output scatterMin(Operand ref, Object indices, Object updates) {
    return scattered(Slices.MIN, ref, indices, updates);
  }

  /** Raises slices along the first axis to updates that are greater. TensorFlow: ScatterMax. */
  default Output scatterMax(Operand ref, Object indices, Object updates) {
    return scattered(Slices.MAX, ref, indices, updates);
  }

  /**
   * Puts slices where coordinates say. TensorFlow: ScatterNdUpdate.
   *
   * @param indices {@code [..., depth]}: coordinates in the first {@code depth} axes
   * @param updates {@code indices.shape[:-1] + ref.shape[depth:]}
   */
  default Output scatterNdUpdate(Operand ref, Object indices, Object updates) {
    return placed(TensorScatterOps.Change.UPDATE, ref, indices, updates);
  }

  /** Adds to slices at coordinates. TensorFlow: ScatterNdAdd. */
  default Output scatterNdAdd(Operand ref, Object indices, Object updates) {
    return placed(TensorScatterOps.Change.ADD, ref, indices, updates);
  }

  /** Subtracts from slices at coordinates. TensorFlow: ScatterNdSub. */
  default Output scatterNdSub(Operand ref, Object indices, Object updates) {
    return placed(TensorScatterOps.Change.SUB, ref, indices, updates);
  }

  private Output scattered(Slices change, Operand ref, Object indices, Object updates) {
    return placed(handle -> new ScatterWrite(change, handle), ref, indices, updates);
  }

  private Output placed(
      TensorScatterOps.Change change, Operand ref, Object indices, Object updates) {
    return placed(handle -> new ScatterNdWrite(change, "", handle), ref, indices, updates);
  }

  private Output placed(Writes.Form form, Operand ref, Object indices, Object updates) {
    Arguments.requireEach("ref, indices, updates", ref, indices, updates);
    String type = form.of(false).type();
    return Writes.add(
        this, form, ref, dtype -> List.of(operand(indices), operand(type, updates, dtype)));
  }

  /** What an update does to a slice along the first axis. */
  enum Slices {
    UPDATE("ScatterUpdate"),
    ADD("ScatterAdd"),
    SUB("ScatterSub"),
    MUL("ScatterMul"),
    DIV("ScatterDiv"),
    MIN("ScatterMin"),
    MAX("ScatterMax");

    private final String type;
    private final Signature reference;
    private final Signature handle;

    Slices(String type) {
      this.type = type;
      String types = name().equals("UPDATE") ? "any" : "numeric";
      reference =
          Signature.of("ref: T in " + types, "indices: Tindices in index", "updates: T")
              .told("change")
              .told("handle")
              .ignoring("use_locking");
      handle =
          Signature.of(
                  "resource: resource", "indices: Tindices in index", "updates: dtype in " + types)
              .told("change")
              .told("handle");
    }

    private Value changed(Lowering to, Value before, Value rows, Value updates) {
      if (this != DIV) {
        return Indexing.scatter(to, Combine.valueOf(combine()), before, 1, rows, updates);
      }
      Value ones = Indexing.filled(to, before.type(), 1);
      Value divisors = Indexing.scatter(to, Combine.MUL, ones, 1, rows, updates);
      return to.map(before, divisors, (x, divisor) -> x.dividedBy(divisor));
    }

    private String combine() {
      return this == UPDATE ? "SET" : name();
    }
  }

  /** Changes slices of the variable that input 0 leads to; inputs 1 and 2 say which and how. */
  record ScatterWrite(Slices change, boolean handle) implements WritingOp {
    @Override
    public String type() {
      return handle ? "Resource" + change.type : change.type;
    }

    @Override
    public Signature signature() {
      return handle ? change.handle : change.reference;
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(inputs.dtype(2));
      Shapes.requireAxes(in, 0, 1);
      Shape target = in.shape(0);
      Shape updates = in.shape(2);
      if (target.isRankKnown()) {
        Shape wanted = in.shape(1).concat(target.slice(1, target.rank()));
        in.require(
            updates.equals(Shape.scalar()) || updates.isCompatibleWith(wanted),
            "updates of shape %s do not fit: they must be a scalar or have shape %s",
            updates,
            wanted);
      }
      return results(in.type(0));
    }

    @Override
    public void lower(Lowering to) {
      Resource resource = to.reference(0);
      Value before = to.read(resource);
      Shape shape = before.type().shape();
      Value rows = Indexing.flat(to, to.input(1));
      Indexing.requireWithin(to, to.input(1), shape.dim(0));
      Shape slices = rows.type().shape().concat(shape.slice(1, shape.rank()));
      Value updates =
          to.inputType(2).shape().rank() == 0
              ? to.map(slices, List.of(to.input(2)), s -> s.get(0))
              : to.input(2);
      to.write(resource, change.changed(to, before, rows, updates));
      result(to, resource);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (Slices change : Slices.values()) {
        for (boolean handle : new boolean[] {false, true}) {
          Op op = new ScatterWrite(change, handle);
          examples.add(
              Example.accepts(op)
                  .withVariable(handle, 1, 3, DType.FLOAT32, 4, 2)
                  .ints(1, 3, 1)
                  .within(1, 2, DType.FLOAT32, 3, 2));
          examples.add(
              Example.accepts(op)
                  .withVariable(handle, -9, 9, DType.INT32, 4)
                  .scalar(DType.INT64, 2)
                  .within(1, 4, DType.INT32));
          examples.add(
              Example.accepts(op)
                  .withVariable(handle, 1, 3, DType.FLOAT64, 2, 2)
                  .with(DType.INT32, 0)
                  .within(1, 2, DType.FLOAT64, 0, 2));
          examples.add(
              Example.rejects(op, "updates of shape [3] do not fit")
                  .withVariable(handle, 1, 3, DType.FLOAT32, 4, 2)
                  .ints(1, 3, 1)
                  .with(DType.FLOAT32, 3));
        }
      }
      examples.add(
          Example.accepts(new ScatterWrite(Slices.UPDATE, false))
              .withVariable(0, 2, DType.BOOL, 3)
              .ints(2, 0)
              .with(DType.BOOL, 2));
      return examples;
    }
  }

  /** Changes the variable that input 0 leads to at the coordinates that the second names. */
  record ScatterNdWrite(TensorScatterOps.Change change, String badIndicesPolicy, boolean handle)
      implements WritingOp {
    @Override
    public String type() {
      return (handle ? "Resource" : "") + "ScatterNd" + change.suffix();
    }

    @Override
    public Signature signature() {
      return handle ? change.ofHandle() : change.ofVariable();
    }

    @Override
    public List<TensorType> infer(Inference inputs) {
      Inference in = inputs.dereferenced(inputs.dtype(2));
      return results(TensorScatterOps.TensorScatter.changed(in, badIndicesPolicy).get(0));
    }

    @Override
    public void lower(Lowering to) {
      Resource resource = to.reference(0);
      Value before = to.read(resource);
      int depth = (int) to.inputType(1).shape().dim(-1);
      Value rows = Indexing.rows(to, to.input(1), before.type().shape(), badIndicesPolicy);
      to.write(resource, Indexing.scatter(to, change.combine(), before, depth, rows, to.input(2)));
      result(to, resource);
    }

    static List<Example> examples() {
      List<Example> examples = new ArrayList<>();
      for (TensorScatterOps.Change change : TensorScatterOps.Change.values()) {
        for (boolean handle : new boolean[] {false, true}) {
          Op op = new ScatterNdWrite(change, "", handle);
          examples.add(
              Example.accepts(op)
                  .withVariable(handle, -2, 2, DType.FLOAT32, 4, 2)
                  .with(Literal.ofInts(1, 3, 1).reshape(Shape.of(3, 1)))
                  .with(DType.FLOAT32, 3, 2));
          examples.add(
              Example.accepts(op)
                  .withVariable(handle, -5, 5, DType.INT64, 2, 3)
                  .within(0, 2, DType.INT64, 4, 2)
                  .with(DType.INT64, 4));
          examples.add(
              Example.rejects(op, "updates of shape [3] do not fit: they must have shape [1,2]")
                  .withVariable(handle, -2, 2, DType.FLOAT32, 4, 2)
                  .with(Literal.ofInts(1).reshape(Shape.of(1, 1)))
                  .with(DType.FLOAT32, 3));
        }
      }
      return examples;
    }
  }
}
