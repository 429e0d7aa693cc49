package io.millrace.compiler.passes;

import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Puts branches of choices into the program around them. */
final class Branches {
  private Branches() {}

  /** Adds the instructions of a branch, and returns what stands for the choice's outputs. */
  static List<Value> inline(Rewrite rewrite, ControlParts choice, Program branch) {
    Map<Value, Value> outside = new HashMap<>();
    Map<Resource, Value> held = new HashMap<>();
    choice.carried().forEach(c -> held.put(c.resource(), c.first()));
    for (Instruction inner : branch.instructions()) {
      if (inner.primitive() instanceof Primitive.Feed feed) {
        outside.put(inner.output(), choice.fed().get(feed.slot()).value());
      } else if (inner.primitive() instanceof Primitive.Read read) {
        outside.put(inner.output(), Objects.requireNonNull(held.get(read.resource())));
      } else {
        rewrite.add(rewrite.copy(inner, outside));
      }
    }
    branch
        .updates()
        .forEach(u -> held.put(u.resource(), Objects.requireNonNull(outside.get(u.value()))));
    branch.checks().forEach(c -> rewrite.check(Objects.requireNonNull(outside.get(c))));
    List<Value> results = new ArrayList<>();
    choice.carried().forEach(c -> results.add(Objects.requireNonNull(held.get(c.resource()))));
    branch.fetches().forEach(f -> results.add(Objects.requireNonNull(outside.get(f))));
    return results;
  }
}
