package io.millrace.spi;

import io.millrace.ir.Cost;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * One primitive bound to memory; never one that {@link Primitive#isPlace is only a place}.
 *
 * <p>An output may have the place of an input only if it {@link Primitive#mayOverwrite may
 * overwrite} that.
 *
 * @param bodies the primitive's programs
 * @param origin the operations of the graph that it does the work of
 */
public record Step(
    Primitive primitive,
    List<Place> inputs,
    List<Place> outputs,
    List<Body> bodies,
    Origin origin) {
  public Step {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    bodies = List.copyOf(bodies);
  }

  /** Makes the step of a primitive without programs. */
  public Step(Primitive primitive, List<Place> inputs, List<Place> outputs, Origin origin) {
    this(primitive, inputs, outputs, List.of(), origin);
  }

  /** Returns the same step at other places. */
  public Step at(UnaryOperator<Place> places) {
    return new Step(
        primitive,
        inputs.stream().map(places).toList(),
        outputs.stream().map(places).toList(),
        bodies.stream().map(body -> body.at(places)).toList(),
        origin);
  }

  /** Returns the same step for a run that may not be ended before it is done. */
  public Step uninterrupted() {
    return bodies.isEmpty()
        ? this
        : new Step(
            primitive, inputs, outputs, bodies.stream().map(Body::uninterrupted).toList(), origin);
  }

  /** Returns this step, and then all that are inside it. */
  public Stream<Step> all() {
    return Stream.concat(
        Stream.of(this), bodies.stream().flatMap(b -> b.steps().stream()).flatMap(Step::all));
  }

  /** Returns an estimate of the work; of a loop that of one turn. */
  public Cost cost() {
    return primitive.cost(
        inputs.stream().map(Place::type).toList(), outputs.stream().map(Place::type).toList());
  }

  /** Returns the only output. */
  public Place output() {
    return outputs.get(0);
  }
}
