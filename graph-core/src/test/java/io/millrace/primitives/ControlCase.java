package io.millrace.primitives;

import io.millrace.ir.Program;
import io.millrace.ir.Resource;
import io.millrace.type.Literal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program with programs inside, and what a run of it gives.
 *
 * @param state what each resource holds before
 * @param fetches what is fetched, unless the run fails
 * @param after what each resource holds afterwards
 * @param failure what a run that fails says
 */
public record ControlCase(
    String name,
    Program program,
    List<Literal> feeds,
    Map<Resource, Literal> state,
    List<Literal> fetches,
    Map<Resource, Literal> after,
    Optional<String> failure) {

  static ControlCase of(String name, Program program, List<Literal> feeds, List<Literal> fetches) {
    return new ControlCase(name, program, feeds, Map.of(), fetches, Map.of(), Optional.empty());
  }

  static ControlCase fails(String name, Program program, List<Literal> feeds, String failure) {
    return new ControlCase(
        name, program, feeds, Map.of(), List.of(), Map.of(), Optional.of(failure));
  }

  ControlCase with(Map<Resource, Literal> before, Map<Resource, Literal> now) {
    return new ControlCase(name, program, feeds, before, fetches, now, failure);
  }

  @Override
  public String toString() {
    return name;
  }
}
