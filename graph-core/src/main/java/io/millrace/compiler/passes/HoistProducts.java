package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.type.Literal;
import io.millrace.type.Shape;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Multiplies all rows that a loop scans by a matrix that stays the same before the loop, in one
 * product, where constants say that it turns as often as there are rows.
 */
final class HoistProducts implements Pass {
  /** How much larger a product may be than the rows: it is written and read once more. */
  private static final long MOST_GROWTH = 16;

  @Override
  public String name() {
    return "hoist-products";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Value, Literal> constants = KnownLoop.constants(program);
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      if (instruction.primitive() instanceof Control.Repeat) {
        instruction = hoisted(rewrite, ControlParts.of(instruction), constants).together();
      }
      rewrite.add(instruction);
    }
    return rewrite.build();
  }

  private static ControlParts hoisted(
      Rewrite rewrite, ControlParts parts, Map<Value, Literal> constants) {
    Program turn = parts.programs().get(0);
    TurnValues values = new TurnValues(parts);
    if (turn.instructions().stream().noneMatch(i -> isProduct(i, values))
        || !KnownLoop.fills(parts, constants)) {
      return parts;
    }
    List<ControlParts.Fed> fed = new ArrayList<>(parts.fed());
    List<Instruction> inside = new ArrayList<>();
    for (Instruction inner : turn.instructions()) {
      if (isProduct(inner, values)) {
        int slot = parts.freeSlot() + fed.size();
        fed.add(product(rewrite, inner, values, slot));
        inside.add(
            new Instruction(new Primitive.Feed(slot), List.of(), inner.outputs(), inner.origin()));
      } else {
        inside.add(inner);
      }
    }
    return parts.withPrograms(List.of(turn.with(inside))).withFed(fed);
  }

  /** Returns whether this multiplies a row by what stays the same. */
  private static boolean isProduct(Instruction instruction, TurnValues values) {
    return instruction.primitive() instanceof Primitive.Contract contract
        && !contract.transposeA()
        && instruction.output().type().shape().dim(0) == 1
        && instruction.output().type().bytes()
            <= MOST_GROWTH * instruction.inputs().get(0).type().bytes()
        && values.scanned(instruction.inputs().get(0)).isPresent()
        && values.kept(instruction.inputs().get(1)).isPresent();
  }

  /** Adds the product of all rows, which the loop then scans. */
  private static ControlParts.Fed product(
      Rewrite rewrite, Instruction inner, TurnValues values, int slot) {
    ControlParts.Fed rows = values.scanned(inner.inputs().get(0)).orElseThrow();
    TensorType left = inner.inputs().get(0).type();
    TensorType right = inner.inputs().get(1).type();
    TensorType result = inner.output().type();
    long turns = rows.value().type().shape().dim(0);
    long height = Math.multiplyExact(turns, left.shape().dim(1));
    Value a =
        rewrite.reshaped(
            rows.value(), left.withShape(Shape.of(1, height, left.shape().dim(2))), inner.origin());
    Value b =
        rewrite.reshaped(
            values.kept(inner.inputs().get(1)).orElseThrow().value(), right, inner.origin());
    Value all = rewrite.fresh(result.withShape(Shape.of(1, height, result.shape().dim(2))));
    rewrite.add(new Instruction(inner.primitive(), List.of(a, b), List.of(all), inner.origin()));
    TensorType stack = result.withShape(Shape.of(turns).concat(result.shape()));
    return new ControlParts.Fed(slot, rows.walk(), rewrite.reshaped(all, stack, inner.origin()));
  }
}
