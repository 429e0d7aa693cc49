package io.millrace.compiler.lowering;

import io.millrace.Output;
import io.millrace.ir.Primitive;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import io.millrace.op.RuleException;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tensors of which each row is a tensor of its own, because a turn of a loop made it that was
 * written out. The rows may differ in shape, or have no value; then they are no tensor, but what
 * loops take row by row.
 */
final class Rows {
  private final Map<Output, List<Place>> rows = new HashMap<>();

  /** Makes a tensor these rows, of which there are some. */
  void put(Output output, List<Place> places) {
    rows.put(output, List.copyOf(places));
  }

  /** Returns the rows of a tensor, or null if it has none of their own. */
  @Nullable List<Place> of(Output output) {
    return rows.get(output);
  }

  /** Returns the values of all rows. */
  List<Value> values() {
    return rows.values().stream().flatMap(Rows::values).toList();
  }

  /** Returns the values of some tensors, and of their rows. */
  static Stream<Value> values(List<Place> places) {
    return places.stream().flatMap(p -> p.frame().held(p.output()));
  }

  /** Returns whether the rows of a tensor differ, so that they are no tensor. */
  boolean differ(Output output) {
    List<Place> places = rows.get(output);
    return places != null && differ(places);
  }

  private static boolean differ(List<Place> places) {
    return places.stream().anyMatch(p -> !p.hasValue())
        || places.stream().map(Place::type).distinct().count() > 1;
  }

  /** Returns what is known of the type of a tensor that has rows of their own. */
  Optional<TensorType> type(Output output) {
    return Optional.ofNullable(rows.get(output))
        .map(
            places ->
                differ(places)
                    ? output.type().withShape(Shape.unknown())
                    : stacked(places.get(0).type(), places.size()));
  }

  /** Returns the type of a stack. */
  static TensorType stacked(TensorType row, long count) {
    long[] dims = new long[row.shape().rank() + 1];
    dims[0] = count;
    System.arraycopy(row.shape().dims(), 0, dims, 1, dims.length - 1);
    return row.withShape(Shape.of(dims));
  }

  /** Returns the type of a row of a stack. */
  static TensorType row(TensorType stack) {
    return stack.withShape(stack.shape().slice(1, stack.shape().rank()));
  }

  /** Returns what stacks the rows of a tensor. */
  Primitive.Move stack(Output output) {
    List<Place> places = Objects.requireNonNull(rows.get(output));
    if (differ(places)) {
      throw new RuleException(
          "the rows of %s differ in shape, so that they are no tensor: %s"
              .formatted(output, places.stream().map(Place::type).distinct().toList()));
    }
    Shape row = places.get(0).value().type().shape();
    List<Primitive.Move.Piece> pieces = new ArrayList<>();
    for (int i = 0; i < places.size() && row.size() > 0; i++) {
      View target = View.of(i * row.size(), row.strides());
      pieces.add(new Primitive.Move.Piece(i, row, View.dense(row), target));
    }
    return new Primitive.Move(pieces, Optional.empty());
  }

  /** Returns what takes one row out of a stack of this type. */
  static Primitive.Move pick(TensorType stack, long index) {
    Shape row = row(stack).shape();
    View source = View.of(index * row.size(), row.strides());
    Primitive.Move.Piece piece = new Primitive.Move.Piece(0, row, source, View.dense(row));
    return new Primitive.Move(row.size() == 0 ? List.of() : List.of(piece), Optional.empty());
  }
}
