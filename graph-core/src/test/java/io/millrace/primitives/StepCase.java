package io.millrace.primitives;

import io.millrace.ir.Origin;
import io.millrace.ir.Primitive;
import io.millrace.reference.ReferenceInterpreter;
import io.millrace.spi.Place;
import io.millrace.spi.Step;
import io.millrace.type.Literal;
import io.millrace.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * One step for a device to run, whose results are compared with the reference's.
 *
 * @param inPlace the input in whose place the first output is, or -1
 * @param tolerance how near the results must come
 */
public record StepCase(
    Primitive primitive,
    List<Literal> inputs,
    List<TensorType> outputs,
    int inPlace,
    Tolerance tolerance) {
  /** Copies the lists. */
  public StepCase {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Returns a step whose results must have the reference's bits. */
  public static StepCase of(Primitive primitive, List<Literal> inputs, TensorType... outputs) {
    return new StepCase(primitive, inputs, List.of(outputs), -1, Tolerance.BITS);
  }

  /** Returns the same step with its first output in the place of an input. */
  public StepCase inPlaceOf(int input) {
    return new StepCase(primitive, inputs, outputs, input, tolerance);
  }

  /** Returns the same step, with another tolerance. */
  public StepCase within(Tolerance other) {
    return new StepCase(primitive, inputs, outputs, inPlace, other);
  }

  /** Returns the same step with this value at some places of an input. */
  public StepCase with(int input, double value, LongPredicate places) {
    Literal literal = inputs.get(input);
    Literal.Builder builder = new Literal.Builder(literal.type());
    for (long i = 0; i < literal.size(); i++) {
      builder.setDouble(i, places.test(i) ? value : literal.getDouble(i));
    }
    List<Literal> changed = new ArrayList<>(inputs);
    changed.set(input, builder.build());
    return new StepCase(primitive, changed, outputs, inPlace, tolerance);
  }

  /** Returns the reference's results. */
  public List<Literal> wanted() {
    return ReferenceInterpreter.evaluate(primitive, inputs, outputs);
  }

  /** Fails unless these are the results, within the tolerance. */
  public void check(List<Literal> results, String about) {
    List<Literal> wanted = wanted();
    for (int i = 0; i < wanted.size(); i++) {
      tolerance.check(this, wanted.get(i), results.get(i), this + "\n" + about);
    }
  }

  /** Returns the step, whose inputs are fed and whose outputs are fetched. */
  public Step step() {
    List<Place> sources = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      sources.add(new Place(Place.Space.FEED, i, 0, inputs.get(i).type()));
    }
    List<Place> targets = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      targets.add(
          inPlace >= 0 && i == 0
              ? new Place(Place.Space.FEED, inPlace, 0, outputs.get(i))
              : new Place(Place.Space.FETCH, i, 0, outputs.get(i)));
    }
    return new Step(primitive, sources, targets, Origin.of("test"));
  }

  @Override
  public String toString() {
    return primitive + " of " + inputs.stream().map(Literal::type).toList() + " to " + outputs;
  }
}
