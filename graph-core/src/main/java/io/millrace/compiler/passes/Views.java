package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.ir.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets loops walk a tensor's transpose, slice or reversal in place of a copy of it; where others
 * need the copy too, or more than two loops do, it stays.
 */
final class Views implements Pass {
  private static final int MOST_LOOPS = 2;

  @Override
  public String name() {
    return "views";
  }

  @Override
  public Program apply(Program program) {
    Users users = new Users(program);
    Map<Value, Instruction> moves = new HashMap<>();
    List<Instruction> instructions = new ArrayList<>();
    for (Instruction old : program.instructions()) {
      Instruction instruction =
          Nest.of(old).map(l -> walked(l, moves, users).in(old, old.origin())).orElse(old);
      if (isView(instruction)
          && users.onlyLoops(instruction.output())
          && users.nests(instruction.output()) <= MOST_LOOPS) {
        moves.put(instruction.output(), instruction);
      }
      instructions.add(instruction);
    }
    return new RemoveDead().apply(program.with(instructions));
  }

  /** Returns whether an instruction only walks its input in another order. */
  private static boolean isView(Instruction instruction) {
    if (!(instruction.primitive() instanceof Primitive.Move move) || move.pieces().size() != 1) {
      return false;
    }
    Primitive.Move.Piece piece = move.pieces().get(0);
    return piece.extent().size() == instruction.output().type().shape().size()
        && piece.target().isDense(piece.extent());
  }

  private static Nest walked(Nest nest, Map<Value, Instruction> moves, Users users) {
    NestBuilder builder = new NestBuilder(nest.domain());
    List<FunctionCopy.Item> arguments = new ArrayList<>();
    for (int i = 0; i < nest.operands().size(); i++) {
      Value operand = users.root(nest.operands().get(i));
      View view = nest.views().get(i);
      for (Instruction move = moves.get(operand); move != null; move = moves.get(operand)) {
        Primitive.Move.Piece piece = ((Primitive.Move) move.primitive()).pieces().get(0);
        Optional<Coordinates> coordinates = Coordinates.of(view, nest.domain(), piece.extent());
        if (coordinates.isEmpty()) {
          break;
        }
        view = coordinates.get().through(piece.source(), nest.domain().rank());
        operand = users.root(move.inputs().get(piece.input()));
      }
      arguments.add(builder.operand(operand, view));
    }
    return builder.build(builder.copy(nest.function(), arguments, builder::index));
  }
}
