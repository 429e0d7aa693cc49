package io.millrace.compiler.passes;

import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import java.util.List;

/** The passes that every program goes through, in order. */
public final class Passes {
  /** All passes, in the order in which they are applied. */
  public static final List<Pass> ALL =
      List.of(
          new RemoveDead(),
          new TrimControl(),
          // Before anything is fused: what stays the same is then part of what does not.
          new Hoist(),
          new FoldConstants(),
          new KnownInside(),
          new Simplify(),
          new ShareEqual(),
          new RowsByTurn(),
          new HoistProducts(),
          new SinkSums(),
          new OptimizeInside(),
          new SelectCheap(),
          // Before sums are fused with what makes their terms.
          new AddRows(),
          new TrimControl(),
          new Views(),
          new FuseNests("fuse-maps", Primitive.Map.class),
          new FuseNests("fuse-reduce", Primitive.Reduce.class),
          // What a gradient states again in smaller operations is equal only now.
          new ShareEqual(),
          new FuseSiblings(),
          new MergeAxes(),
          new Simplify(),
          new RemoveDead());

  private Passes() {}

  /** Applies all passes and adds a line for each that changed something. */
  public static Program apply(Program program, List<String> changed) {
    Program current = program;
    for (Pass pass : ALL) {
      Program next = pass.apply(current);
      if (!next.equals(current)) {
        changed.add(
            String.format(
                "%-14s %d instructions, then %d",
                pass.name(), current.instructions().size(), next.instructions().size()));
      }
      current = next;
    }
    return current;
  }
}
