package io.millrace.ops.list;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.Inference;
import io.millrace.op.Lowering;
import io.millrace.op.RuleException;
import io.millrace.ops.Ops;
import io.millrace.ops.index.Indexing;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What operations on lists have in common. A list is lowered to the stack of its elements, unless
 * none was set and their shape is not known; elements that were not set are zeros.
 */
final class ListTypes {
  private ListTypes() {}

  /**
   * Requires a type to be one of elements, as lists hold tensors.
   *
   * @throws IllegalArgumentException if it is one of handles
   */
  static void requireHeld(DType dtype) {
    if (dtype != null && dtype.isHandle()) {
      throw new IllegalArgumentException("lists hold tensors, but no " + dtype);
    }
  }

  /** Requires a type to be one of elements, or of lists. */
  static void requireHeldOrList(DType dtype) {
    if (dtype != DType.VARIANT) {
      requireHeld(dtype);
    }
  }

  /** Returns the type of lists of which nothing is known. */
  static TensorType any() {
    return new TensorType(DType.VARIANT, Shape.scalar(), Optional.empty());
  }

  /** Returns what stands for a list of so many elements, of none of which anything is known. */
  static Value unmade(long size) {
    return Value.unmade(new TensorType(DType.VARIANT, Shape.of(size), Optional.empty()));
  }

  /**
   * Returns what is known of an input that becomes an element: a list counts as the stack of its
   * own elements, so that a list of lists is a stack of stacks.
   */
  static Optional<TensorType> held(Inference in, int input) {
    TensorType type = in.type(input);
    return type.isList() ? type.refers() : Optional.of(type);
  }

  /** Returns the type of an element of a list of lists. */
  static TensorType inner(Inference in, int input) {
    return anyRows(in, input).map(rows -> TensorType.list(elementType(rows))).orElse(any());
  }

  /** Returns the type of a list of so many elements, -1 for any, of a shape. */
  static TensorType list(DType dtype, long size, Shape element) {
    return TensorType.list(new TensorType(dtype, Shape.of(size).concat(element)));
  }

  /**
   * Returns the shape that an input says elements have, a vector with -1 for any, or just -1; as
   * far as that is known before anything runs.
   */
  static Shape element(Inference in, int input) {
    return element(in, input, in.known(input));
  }

  /** Returns the shape that an input says elements have, which a run is asked for if need be. */
  static Shape asked(Inference in, int input) {
    return element(in, input, in.constant(input));
  }

  private static Shape element(Inference in, int input, Optional<Literal> value) {
    Shape shape = in.shape(input);
    in.require(
        !shape.isRankKnown() || shape.rank() <= 1,
        "element_shape must be a vector, or -1 for any, but has shape %s",
        shape);
    if (value.isEmpty()) {
      return shape.isRankKnown() && shape.rank() == 1 ? in.ofRank(shape.dim(0)) : Shape.unknown();
    }
    long[] dims = value.get().toLongs();
    if (value.get().type().shape().rank() == 0) {
      in.require(dims[0] == -1, "element_shape must be a vector, or -1 for any, not %d", dims[0]);
      return Shape.unknown();
    }
    in.require(
        Arrays.stream(dims).allMatch(d -> d >= -1),
        "element_shape must have extents of 0 or more, or -1 for any, not %s",
        Arrays.toString(dims));
    return Shape.of(dims);
  }

  /** Returns what is known of the elements of a list stacked, of which it must have this type. */
  static TensorType rows(Inference in, int input, DType dtype) {
    TensorType rows = in.type(input).refers().orElse(new TensorType(dtype, Shape.unknown()));
    in.require(rows.dtype() == dtype, "the list holds %s, not %s", rows.dtype(), dtype);
    return rows;
  }

  /** Returns what is known of the elements of a list stacked, if anything is. */
  static Optional<TensorType> anyRows(Inference in, int input) {
    return in.type(input).refers();
  }

  /** Returns what is known of the elements that these are stacked. */
  static TensorType elementType(TensorType rows) {
    return rows.withShape(element(rows));
  }

  /** Returns what is known of the shape of the elements that these are stacked. */
  static Shape element(TensorType rows) {
    Shape shape = rows.shape();
    return shape.isRankKnown() ? shape.slice(1, shape.rank()) : shape;
  }

  /** Returns how many elements these are stacked, -1 if that is not known. */
  static long size(TensorType rows) {
    return rows.shape().isRankKnown() ? rows.shape().dim(0) : Shape.UNKNOWN;
  }

  /** Returns what is known of elements of both shapes. */
  static Shape fitting(Inference in, Shape element, Shape other, String what) {
    in.require(
        element.isCompatibleWith(other),
        "the list has elements of shape %s, which %s %s does not fit",
        element,
        what,
        other);
    return element.merge(other);
  }

  /**
   * Returns the elements of a list stacked.
   *
   * @param like what the operation knows of their type, as for elements that were never set
   */
  static Value stack(Lowering to, int input, TensorType like) {
    Value list = to.input(input);
    if (list.isMade()) {
      return list;
    }
    Optional<TensorType> element = list.type().refers();
    Shape known = element.map(TensorType::shape).orElse(Shape.unknown());
    Shape merged = known.isCompatibleWith(like.shape()) ? known.merge(like.shape()) : known;
    if (list.type().shape().rank() == 0) {
      throw new RuleException("the optional has no value");
    }
    long size = size(list);
    if (!merged.isFullyDefined()) {
      throw new RuleException(
          "no element of the list, which has %d, was set, and their shape, %s, is not known: give an element shape"
              .formatted(size, merged));
    }
    return Indexing.filled(to, like.withShape(Shape.of(size).concat(merged)), 0);
  }

  /** Returns the number of elements of a list that is lowered to this. */
  static long size(Value list) {
    return list.type().shape().dim(0);
  }

  /** Returns the row of this number of a stack; out of range it is zeros. */
  static Value row(Lowering to, Value stack, Value index) {
    Shape shape = stack.type().shape();
    Value picked = Indexing.gather(to, stack, 1, to.reshape(index, Shape.of(1)));
    return to.reshape(picked, shape.slice(1, shape.rank()));
  }

  /** Returns the rows of a stack from one on. */
  static Value rows(Lowering to, Value stack, long from, long count) {
    Shape shape = stack.type().shape().with(0, count);
    return to.view(
        stack, shape, View.of(from * stack.type().shape().strides()[0], shape.strides()));
  }

  /** Returns the rows of two stacks, one after the other. */
  static Value joined(Lowering to, Value first, Value second) {
    Shape one = first.type().shape();
    Shape other = second.type().shape();
    if (one.dim(0) == 0 || other.dim(0) == 0) {
      return one.dim(0) == 0 ? second : first;
    }
    Shape shape = one.with(0, one.dim(0) + other.dim(0));
    List<Primitive.Move.Piece> pieces =
        List.of(
            new Primitive.Move.Piece(0, one, View.dense(one), View.of(0, shape.strides())),
            new Primitive.Move.Piece(
                1, other, View.dense(other), View.of(one.size(), shape.strides())));
    return to.emit(
        new Primitive.Move(shape.size() == 0 ? List.of() : pieces, Optional.empty()),
        List.of(first, second),
        first.type().withShape(shape));
  }

  /** Returns the shape of elements as a tensor: what is left of a shape without its first axes. */
  static Output elementShape(Ops tf, Output stacked, int axes) {
    Shape shape = stacked.shape();
    return shape.isFullyDefined()
        ? tf.indices(shape.slice(axes, shape.rank()).dims())
        : tf.slice(tf.shape(stacked), new int[] {axes}, new int[] {-1});
  }

  /** Returns an element shape as a tensor, -1 for any. */
  static Output shape(Ops tf, Shape shape) {
    return shape.isRankKnown() ? tf.indices(shape.dims()) : anyShape(tf);
  }

  /** Returns the element shape that says nothing. */
  static Output anyShape(Ops tf) {
    return tf.constant(-1);
  }

  /** Returns a list with as many elements as another one. */
  static Output resizedLike(Ops tf, Output list, Output other) {
    return tf.result(
        new ListSizeOps.TensorListResize(),
        list,
        tf.result(new ListSizeOps.TensorListLength(), other));
  }

  /** Returns a stack with as many rows as wished: without its last ones, or with zeros behind. */
  static Value resized(Lowering to, Value stack, long size) {
    long before = size(stack);
    if (size <= before) {
      return rows(to, stack, 0, size);
    }
    TensorType more = stack.type().withShape(stack.type().shape().with(0, size - before));
    return joined(to, stack, Indexing.filled(to, more, 0));
  }
}
