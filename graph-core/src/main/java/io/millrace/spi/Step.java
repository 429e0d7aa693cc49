package io.millrace.spi;

import io.millrace.ir.Cost;
import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import java.util.List;

/**
 * One primitive bound to memory; never one that {@link Primitive#isPlace is only a place}.
 *
 * <p>An output may have the place of an input only if it {@link Primitive#mayOverwrite may
 * overwrite} that.
 *
 * @param origin the operations of the graph that it does the work of
 */
public record Step(Primitive primitive, List<Place> inputs, List<Place> outputs, Origin origin) {
  public Step {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Returns an estimate of the work. */
  public Cost cost() {
    return primitive.cost(
        inputs.stream().map(Place::type).toList(), outputs.stream().map(Place::type).toList());
  }

  /** Returns the only output. */
  public Place output() {
    return outputs.get(0);
  }
}
