package io.millrace.ops;

import io.millrace.Operand;
import io.millrace.Output;
import io.millrace.op.Arguments;
import io.millrace.ops.building.Refusal;
import io.millrace.ops.building.ShapeArguments;
import io.millrace.ops.list.ListConcatOps;
import io.millrace.ops.list.ListElementOps;
import io.millrace.ops.list.ListScatterOps;
import io.millrace.ops.list.ListSizeOps;
import io.millrace.ops.list.ListStackOps;
import io.millrace.type.DType;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;

/**
 * An array of tensors of one element type and shape that is read and written element by element,
 * with gradients. TensorFlow: TensorArray.
 *
 * <p>It never changes: what writes returns the array as it is then, which is what to go on with. An
 * element that was not written is zero, if the shape of elements is known, by the options or from
 * one that was written.
 *
 * <p>An array is a list, a tensor like any other ({@link #asOutput}) but that it has no elements to
 * be fed or fetched: {@link #stack} makes a tensor of them. Loops and branches take and return
 * arrays as such; {@link #with} makes an array of the tensor again:
 *
 * <pre>{@code
 * TensorArray squares = tf.tensorArray(FLOAT32, 10);
 * List<Output> end =
 *     tf.whileLoop(
 *         v -> tf.less(v.get(0), 10),
 *         v -> List.of(
 *             tf.add(v.get(0), 1),
 *             squares.with(v.get(1)).write(v.get(0), tf.square(tf.gather(x, v.get(0))))),
 *         List.of(0, squares));
 * Output stacked = squares.with(end.get(1)).stack();
 * }</pre>
 *
 * <p>Gradients of what is read, with respect to what was written, are those of {@code
 * tf.gradients}; there is no array of gradients to ask for, and none to be closed.
 */
public final class TensorArray implements Operand {
  private static final String NAME = "TensorArray";

  private final Output list;
  private final TensorArrayOptions options;

  private TensorArray(Output list, TensorArrayOptions options) {
    this.list = list;
    this.options = options;
  }

  /**
   * Returns the array that a list is, as a function's argument or a loop variable may be.
   *
   * @throws io.millrace.GraphException if it is no list, or nothing is known of its elements
   */
  public static TensorArray of(Operand list) {
    return of(list, TensorArrayOptions.defaults());
  }

  /** Returns the array that a list is, with options of which only {@code dynamicSize} matters. */
  public static TensorArray of(Operand list, TensorArrayOptions options) {
    Output output = Arguments.require(list, "list").asOutput();
    Arguments.require(options, "options");
    if (!output.type().isList() || output.type().refers().isEmpty()) {
      throw Refusal.of(
          NAME,
          output.type().isList()
              ? "nothing is known of the elements of %s"
              : "%s is not a list of tensors",
          output);
    }
    return new TensorArray(output, options);
  }

  /** Returns the array with the same options that a list is, such as what a loop made of this. */
  public TensorArray with(Operand list) {
    return of(list, options);
  }

  /** Returns the list that this is in the graph. */
  @Override
  public Output asOutput() {
    return list;
  }

  private TensorType rows() {
    return list.type().target();
  }

  /** Returns the element type. */
  public DType dtype() {
    return rows().dtype();
  }

  /** Returns what is known of the shape of an element. */
  public Shape elementShape() {
    Shape rows = rows().shape();
    return rows.isRankKnown() ? rows.slice(1, rows.rank()) : rows;
  }

  private Ops tf() {
    return Ops.of(list.graph());
  }

  private Output shape() {
    Shape shape = elementShape();
    return shape.isRankKnown() ? tf().indices(shape.dims()) : tf().constant(-1);
  }

  private Output value(Object value) {
    return tf().operand(NAME, value, dtype());
  }

  private Output index(Object index) {
    Output given = tf().operand(index);
    return given.dtype() == DType.INT64 ? tf().cast(given, DType.INT32) : given;
  }

  private Output indices(Object indices) {
    return ShapeArguments.dims(indices).map(i -> tf().indices(i)).orElseGet(() -> index(indices));
  }

  /**
   * Returns an element.
   *
   * @param index which one, counted from 0
   */
  public Output read(Object index) {
    Arguments.require(index, "index");
    return tf().result(new ListElementOps.TensorListGetItem(dtype()), list, index(index), shape());
  }

  /**
   * Returns the array with another element.
   *
   * @param index which one, counted from 0
   * @param value of the shape of the others
   */
  public TensorArray write(Object index, Object value) {
    Arguments.requireEach("index, value", index, value);
    return with(
        tf().result(
                new ListElementOps.TensorListSetItem(options.dynamicSize()),
                list,
                index(index),
                value(value)));
  }

  /** Returns all elements, {@code [size, ...]}. */
  public Output stack() {
    return tf().result(new ListStackOps.TensorListStack(dtype(), -1), list, shape());
  }

  /**
   * Returns the array of the rows of a tensor, whose number becomes the size.
   *
   * @param value {@code [size, ...]}
   */
  public TensorArray unstack(Object value) {
    Arguments.require(value, "value");
    return with(tf().result(new ListStackOps.TensorListFromTensor(), value(value), shape()));
  }

  /**
   * Returns some elements, {@code [n, ...]}.
   *
   * @param indices which ones, {@code [n]}
   */
  public Output gather(Object indices) {
    Arguments.require(indices, "indices");
    return tf().result(
            new ListScatterOps.TensorListGather(dtype()), list, indices(indices), shape());
  }

  /**
   * Returns the array with other elements in some places; it grows where there is no such place.
   *
   * @param indices which ones, {@code [n]}; of equal ones the last decides
   * @param value {@code [n, ...]}
   */
  public TensorArray scatter(Object indices, Object value) {
    Arguments.requireEach("indices, value", indices, value);
    return with(
        tf().result(
                new ListScatterOps.TensorListScatterIntoExistingList(),
                list,
                value(value),
                indices(indices)));
  }

  /** Returns the elements one after another along their first axis. */
  public Output concat() {
    return tf().result(
            new ListConcatOps.TensorListConcatV2(dtype()),
            list,
            shape(),
            tf().operand(new long[0]));
  }

  /**
   * Returns the array of parts of a tensor along its first axis, whose number becomes the size.
   *
   * @param lengths how many rows each has, all as many
   */
  public TensorArray split(Object value, Object lengths) {
    Arguments.requireEach("value, lengths", value, lengths);
    Output rows =
        ShapeArguments.dims(lengths)
            .map(l -> tf().operand(l))
            .orElseGet(() -> tf().cast(tf().operand(lengths), DType.INT64));
    return with(tf().result(new ListConcatOps.TensorListSplit(), value(value), shape(), rows));
  }

  /** Returns the number of elements, an int32 scalar. */
  public Output size() {
    return tf().result(new ListSizeOps.TensorListLength(), list);
  }

  /** Returns the same array, whose list is another node's. */
  public TensorArray identity() {
    return with(tf().identity(list));
  }

  /** Returns the name and the type of the list. */
  @Override
  public String toString() {
    return "TensorArray " + list;
  }
}
