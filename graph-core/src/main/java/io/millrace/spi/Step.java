package io.millrace.spi;

import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import java.util.List;

/**
 * One primitive bound to memory. Never Feed, Constant, Read or Reshape: those are only places.
 *
 * <p>An output may have the place of an input only in a Map, and only if that input is walked in
 * the output's own order, or in a Scatter, and only that of the base.
 *
 * @param origin the operations of the graph that it does the work of
 */
public record Step(Primitive primitive, List<Place> inputs, List<Place> outputs, Origin origin) {
  public Step {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Returns the only output. */
  public Place output() {
    return outputs.get(0);
  }
}
