package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Value;
import io.millrace.type.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Computes equal values once. Random numbers too: they are a function of their counter and seeds,
 * so that equal ones are meant to be equal.
 */
final class ShareEqual implements Pass {
  private record Key(Primitive primitive, List<Value> inputs, List<TensorType> types) {}

  @Override
  public String name() {
    return "share-equal";
  }

  @Override
  public Program apply(Program program) {
    Rewrite rewrite = new Rewrite(program);
    Map<Key, Instruction> seen = new HashMap<>();
    for (Instruction old : program.instructions()) {
      Instruction instruction = rewrite.updated(old);
      Key key =
          new Key(
              instruction.primitive(),
              instruction.inputs(),
              instruction.outputs().stream().map(Value::type).toList());
      Instruction first = seen.putIfAbsent(key, instruction);
      if (first == null) {
        rewrite.add(instruction);
      } else {
        for (int i = 0; i < old.outputs().size(); i++) {
          rewrite.replace(old.outputs().get(i), first.outputs().get(i));
        }
      }
    }
    return rewrite.build();
  }
}
