package io.millrace.reference;

import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.type.DType;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.List;

/** Computes Move. */
final class Moves {
  private Moves() {}

  static Literal move(Primitive.Move move, List<Literal> inputs, TensorType output) {
    DType dtype = output.dtype();
    Literal.Builder builder = new Literal.Builder(output);
    if (move.fill().isPresent()) {
      ScalarFunction.Constant fill = move.fill().get();
      Number value = dtype.isFloating() ? (Number) fill.asDouble() : (Number) fill.bits();
      for (long i = 0; i < output.shape().size(); i++) {
        Elements.set(builder, dtype, i, value);
      }
    }
    for (Primitive.Move.Piece piece : move.pieces()) {
      Literal input = inputs.get(piece.input());
      Elements.forEach(
          piece.extent(),
          at -> {
            Number value = Elements.get(input, piece.source().element(at));
            Elements.set(builder, dtype, piece.target().element(at), value);
          });
    }
    return builder.build();
  }
}
