package io.millrace.compiler.passes;

import io.millrace.ir.Control;
import io.millrace.ir.Instruction;
import io.millrace.ir.Primitive;
import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.ir.Value;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Leaves out what choices and loops carry, give or are fed for nothing: outputs that nobody uses,
 * and what only they need. A loop that then neither scans nor collects has no capacity any more.
 */
final class TrimControl implements Pass {
  @Override
  public String name() {
    return "trim-inside";
  }

  @Override
  public Program apply(Program program) {
    Set<Value> used = new HashSet<>(program.fetches());
    used.addAll(program.checks());
    program.updates().forEach(u -> used.add(u.value()));
    program.instructions().forEach(i -> used.addAll(i.inputs()));
    return program.with(
        program.instructions().stream()
            .map(i -> i.primitive() instanceof Control ? trimmed(ControlParts.of(i), used) : i)
            .toList());
  }

  private static Instruction trimmed(ControlParts parts, Set<Value> used) {
    ControlParts giving =
        parts.withGiven(parts.given().stream().filter(g -> used.contains(g.value())).toList());
    Set<Resource> carried = new HashSet<>();
    parts.carried().stream()
        .filter(c -> used.contains(c.last()))
        .forEach(c -> carried.add(c.resource()));
    Set<Primitive> sources = sources(giving, carried);
    // What a turn reads, an earlier turn must have updated, which may need more.
    while (carried.addAll(read(sources))) {
      sources = sources(giving, carried);
    }
    Set<Primitive> all = sources;
    Instruction trimmed =
        giving
            .withCarried(
                parts.carried().stream().filter(c -> carried.contains(c.resource())).toList())
            .withFed(
                parts.fed().stream()
                    .filter(f -> all.contains(new Primitive.Feed(f.slot())))
                    .toList())
            .together();
    boolean same =
        trimmed.inputs().equals(parts.instruction().inputs())
            && trimmed.outputs().equals(parts.instruction().outputs());
    return same ? parts.instruction() : trimmed;
  }

  /** Returns what the programs need to find, if this is carried. */
  private static Set<Primitive> sources(ControlParts parts, Set<Resource> carried) {
    Set<Primitive> sources = new HashSet<>();
    for (Program program : parts.programs()) {
      List<Program.Update> updates =
          program.updates().stream().filter(u -> carried.contains(u.resource())).toList();
      Set<Value> fetches = new HashSet<>(program.fetches().subList(0, parts.answers()));
      parts.given().forEach(g -> fetches.add(program.fetches().get(g.fetch())));
      RemoveDead.live(program.instructions(), List.copyOf(fetches), updates, program.checks())
          .forEach(i -> sources.add(i.primitive()));
    }
    return sources;
  }

  private static List<Resource> read(Set<Primitive> sources) {
    return sources.stream()
        .filter(Primitive.Read.class::isInstance)
        .map(p -> ((Primitive.Read) p).resource())
        .toList();
  }
}
