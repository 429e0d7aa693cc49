package io.millrace.cuda.kernels;

import io.millrace.cuda.command.JoinedLaunches;
import io.millrace.cuda.command.Launch;
import io.millrace.cuda.command.StepContext;
import io.millrace.cuda.loops.StridedCopy;
import io.millrace.ir.Primitive;
import io.millrace.ir.ScalarFunction;
import io.millrace.spi.Place;
import io.millrace.type.Elements;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes the commands of Move: one for all pieces of a kind, after one that fills the output if
 * there are elements that no piece covers. A single piece in a filled output is copied in one pass
 * over the output.
 */
public final class MoveCommands {
  private MoveCommands() {}

  public static void add(StepContext context, Primitive.Move move) {
    Place output = context.step().output();
    long size = output.type().shape().size();
    int bytes = output.type().dtype().bytes();
    if (size == 0) {
      return;
    }
    List<Primitive.Move.Piece> pieces =
        move.pieces().stream().filter(p -> p.extent().size() > 0).toList();
    long covered = pieces.stream().mapToLong(p -> p.extent().size()).sum();
    if (move.fill().isPresent() && covered < size) {
      ScalarFunction.Constant constant = move.fill().get();
      long pattern = Elements.repeated(constant.type(), constant.bits());
      if (pieces.size() == 1) {
        Primitive.Move.Piece piece = pieces.get(0);
        FilledCopy copy =
            new FilledCopy(StridedCopy.of(piece, bytes).inLargestUnit(size), size * bytes, pattern);
        if (copy.isPossible()) {
          copy.add(context, context.input(piece.input()), context.output(0));
          return;
        }
      }
      FilledCopy.fill(context, context.output(0), size * bytes, pattern);
    }
    List<Launch> copies = new ArrayList<>();
    for (Primitive.Move.Piece piece : pieces) {
      StridedCopy copy = StridedCopy.of(piece, bytes).inLargestUnit(0);
      copies.add(PieceCopy.of(context, copy, context.input(piece.input()), context.output(0)));
    }
    JoinedLaunches.together(copies).forEach(context::add);
  }
}
