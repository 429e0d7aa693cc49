package io.millrace.ops.index;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Reduction;
import io.millrace.ir.Scalar;
import io.millrace.ir.Suspect;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.ops.Ops;
import io.millrace.ops.math.Broadcasting;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** States and lowers what operations that index by data have in common. */
public final class Indexing {
  private static final Set<String> POLICIES = Set.of("", "DEFAULT", "ERROR", "IGNORE");

  private Indexing() {}

  /** Makes the run fail unless all indices are in [0, extent). */
  public static void requireWithin(Lowering to, Value indices, long extent) {
    requireWithin(to, indices, 0, extent, "indices must be in [0, " + extent + ")");
  }

  /**
   * Makes the run fail with this message, and the element that is not, unless all elements are in
   * [least, end).
   *
   * @param least {@code Long.MIN_VALUE} if there is none
   * @param end {@code Long.MAX_VALUE} if there is none
   */
  public static void requireWithin(
      Lowering to, Value values, long least, long end, String message) {
    UnaryOperator<Scalar> condition =
        least == Long.MIN_VALUE
            ? x -> x.lt(x.constant((double) end))
            : end == Long.MAX_VALUE
                ? x -> x.ge(x.constant((double) least))
                : x -> x.isWithin(least, end);
    requireAll(to, values, condition, values, new Suspect.Outside(least, List.of(end)), message);
  }

  /**
   * Makes the run fail with this message, and the suspect, unless the condition holds for every
   * element.
   *
   * @param among where the element is that the message tells of
   */
  public static void requireAll(
      Lowering to,
      Value values,
      UnaryOperator<Scalar> condition,
      Value among,
      Suspect suspect,
      String message) {
    to.check(
        to.reduceAll(Reduction.ALL, values, condition),
        new Primitive.Check(message, suspect),
        List.of(among));
  }

  /** Returns the elements as a vector. */
  public static Value flat(Lowering to, Value values) {
    return to.reshape(values, Shape.of(values.type().shape().size()));
  }

  /** Requires a {@code bad_indices_policy} to be one that TensorFlow has. */
  static void requirePolicy(Inference in, String policy) {
    in.require(
        POLICIES.contains(policy),
        "bad_indices_policy must be DEFAULT, ERROR or IGNORE, not %s",
        policy);
  }

  /** Returns a tensor's shape as a vector of int32 or int64. */
  static Output shapeOf(Output x, DType dtype) {
    Ops tf = Ops.of(x.graph());
    return dtype == DType.INT32 ? Broadcasting.shapeOf(x) : tf.shape(x, dtype);
  }

  /**
   * Returns how many axes coordinates {@code [..., depth]} are for, at most those of the target.
   */
  static int depth(Inference in, Shape indices, Shape target) {
    long depth = indices.dim(-1);
    in.require(
        depth <= target.rank(), "coordinates of %d axes do not index into %s", depth, target);
    return (int) depth;
  }

  /**
   * Requires updates to have a slice for each of the coordinates, as far as the shapes are known.
   *
   * @param indices {@code [..., depth]}
   * @param target the shape that is written to
   */
  static void requireUpdates(Inference in, Shape indices, Shape updates, Shape target) {
    in.require(
        !indices.isRankKnown() || indices.rank() > 0,
        "the indices must be a vector of coordinates or more, not a scalar");
    if (!indices.isRankKnown() || indices.dim(-1) < 0 || !target.isRankKnown()) {
      return;
    }
    int depth = depth(in, indices, target);
    Shape wanted = indices.slice(0, indices.rank() - 1).concat(target.slice(depth, target.rank()));
    in.require(
        updates.isCompatibleWith(wanted),
        "updates of shape %s do not fit: they must have shape %s",
        updates,
        wanted);
  }

  /**
   * Returns the numbers of the rows that coordinates name, a vector of int64, with -1 for
   * coordinates that are out of range: these fail the run unless the policy is to ignore them.
   *
   * @param indices {@code [..., depth]}
   * @param target the shape indexed, of which the first {@code depth} axes number the rows
   */
  public static Value rows(Lowering to, Value indices, Shape target, String policy) {
    Shape shape = indices.type().shape();
    int depth = (int) shape.dim(-1);
    Shape extents = target.slice(0, depth);
    long[] strides = extents.strides();
    List<View> columns = new ArrayList<>();
    for (int axis = 0; axis < depth; axis++) {
      columns.add(View.of(axis, depth));
    }
    Value rows =
        to.mapViews(
            Shape.of(shape.slice(0, shape.rank() - 1).size()),
            Collections.nCopies(depth, indices),
            columns,
            (b, s) -> {
              Scalar row = b.constant(DType.INT64, 0);
              Scalar within = b.constant(DType.BOOL, 1);
              for (int axis = 0; axis < depth; axis++) {
                Scalar index = s.get(axis).cast(DType.INT64);
                row = row.plus(index.times((double) strides[axis]));
                within = within.and(index.isWithin(0, extents.dim(axis)));
              }
              return within.select(row, row.constant(-1));
            });
    if (!policy.equals("IGNORE") && depth > 0) {
      requireAll(
          to,
          rows,
          row -> row.ge(row.constant(0)),
          indices,
          new Suspect.Outside(0, Arrays.stream(extents.dims()).boxed().toList()),
          "indices must be coordinates within the shape " + extents);
    }
    return rows;
  }

  /**
   * Returns the tensor with updates combined into rows; numbers that name no row are passed over.
   *
   * @param depth how many of the first axes number the rows
   * @param rows a vector of row numbers
   * @param updates as many elements as the rows named have
   */
  public static Value scatter(
      Lowering to,
      Primitive.Scatter.Combine combine,
      Value base,
      int depth,
      Value rows,
      Value updates) {
    Shape shape = base.type().shape();
    Shape matrix = Shape.of(shape.slice(0, depth).size(), shape.slice(depth, shape.rank()).size());
    Value flat = to.reshape(base, matrix);
    Value changes = to.reshape(updates, Shape.of(rows.type().shape().dim(0), matrix.dim(1)));
    return to.reshape(
        to.emit(new Primitive.Scatter(combine), List.of(flat, rows, changes), flat.type()), shape);
  }

  /** Returns the tensor with updates added to rows; of booleans the sum is whether any is true. */
  static Value add(Lowering to, Value base, int depth, Value rows, Value updates) {
    if (base.type().dtype() != DType.BOOL) {
      return scatter(to, Primitive.Scatter.Combine.ADD, base, depth, rows, updates);
    }
    Value any =
        scatter(
            to,
            Primitive.Scatter.Combine.MAX,
            to.map(base, x -> x.cast(DType.UINT8)),
            depth,
            rows,
            to.map(updates, x -> x.cast(DType.UINT8)));
    return to.map(any, x -> x.cast(DType.BOOL));
  }

  /**
   * Returns rows of a tensor, {@code [rows, ...]}; numbers that name no row give zeros.
   *
   * @param depth how many of the first axes number the rows
   * @param rows a vector of row numbers
   */
  public static Value gather(Lowering to, Value data, int depth, Value rows) {
    Shape shape = data.type().shape();
    Shape row = shape.slice(depth, shape.rank());
    long count = rows.type().shape().dim(0);
    Value flat = to.reshape(data, Shape.of(1, 1, shape.slice(0, depth).size(), row.size()));
    Value picked =
        to.emit(
            new Primitive.Gather(),
            List.of(flat, to.reshape(rows, Shape.of(1, count))),
            data.type().withShape(Shape.of(1, 1, count, row.size())));
    return to.reshape(picked, Shape.of(count).concat(row));
  }

  /** Returns a tensor of equal elements. */
  public static Value filled(Lowering to, TensorType type, double value) {
    return to.map(type.shape(), List.of(to.scalar(type.dtype(), value)), s -> s.get(0));
  }

  /** Returns zeros like a tensor or the elements of a list; a list without elements as it is. */
  public static Value zerosLike(Lowering to, Value x) {
    return x.isMade() ? filled(to, x.type(), 0) : x;
  }

  /** Returns some neighbours of a vector. */
  static Value part(Lowering to, Value vector, long from, long count) {
    return to.view(vector, Shape.of(count), View.of(from, 1));
  }

  /** Returns the elements of two vectors, one after another. */
  static Value joined(Lowering to, Value x, Value y) {
    Shape first = x.type().shape();
    Shape second = y.type().shape();
    if (first.size() == 0 || second.size() == 0) {
      return first.size() == 0 ? y : x;
    }
    return to.emit(
        new Primitive.Move(
            List.of(
                new Primitive.Move.Piece(0, first, View.of(0, 1), View.of(0, 1)),
                new Primitive.Move.Piece(1, second, View.of(0, 1), View.of(first.size(), 1))),
            Optional.empty()),
        List.of(x, y),
        x.type().withShape(Shape.of(first.size() + second.size())));
  }
}
