package io.millrace.reference;

import io.millrace.ir.Primitive;
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
      Number value = Numbers.of(dtype, move.fill().get().bits());
      for (long i = 0; i < output.shape().size(); i++) {
        Numbers.set(builder, dtype, i, value);
      }
    }
    for (Primitive.Move.Piece piece : move.pieces()) {
      Literal input = inputs.get(piece.input());
      Numbers.forEach(
          piece.extent(),
          at -> {
            Number value = Numbers.get(input, piece.source().element(at));
            Numbers.set(builder, dtype, piece.target().element(at), value);
          });
    }
    return builder.build();
  }
}
